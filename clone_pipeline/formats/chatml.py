r"""ChatML as text: `<|im_start|>user\nTEXT<|im_end|>\n<|im_start|>assistant\nTEXT<|im_end|>\n`.

As https://github.com/openai/openai-python/blob/release-v0.28.0/chatml.md describes it, and as the
chat templates of many models write it. A blank line stands between two conversations. No text can
forge a turn, as template tokens in it are defused.
"""

import re
from collections.abc import Iterable
from pathlib import Path

from clone_pipeline.formats.files import write_whole
from clone_pipeline.formats.openai_messages import ROLES
from clone_pipeline.formats.talked import Content, Unfit, content_of
from clone_pipeline.settings import Fault, FaultyInput

START, END = "<|im_start|>", "<|im_end|>"

_TURN = re.compile(r"<\|im_start\|>([a-z]+)\n(.*?)<\|im_end\|>", re.DOTALL)


def write(contents: Iterable[Content], path: Path) -> int:
    """Write the conversations in the same order; returns how many there are."""
    texts = [text(content) for content in contents]
    write_whole(path, ["\n".join(texts)])
    return len(texts)


def parse(path: Path) -> list[Content]:
    """The conversations of a file.

    Raises:
        FaultyInput: a conversation that is none, the first 20 of them.
    """
    with path.open(encoding="utf-8-sig", newline="\n") as file:
        written = file.read()
    contents, faults = [], []
    for number, block in enumerate(blocks(written), 1):
        try:
            contents.append(content(block))
        except Unfit as reason:
            where = f"{path}, conversation {number}"
            faults.append(Fault(where, str(reason), "Mend the conversation."))
    if faults:
        raise FaultyInput(faults[:20])
    return contents


def text(content: Content) -> str:
    """A conversation's text, with a line feed at its end."""
    turns = content["conversations"]
    return "".join(f"{START}{ROLES[t['from']]}\n{t['value']}{END}\n" for t in turns)


def blocks(written: str) -> list[str]:
    """The conversations of a text, which blank lines outside of turns part."""
    pieces = re.split(r"(?<=<\|im_end\|>)\s*\n\s*\n\s*(?=<\|im_start\|>)", written.strip())
    return [piece for piece in pieces if piece]


def content(written: str) -> Content:
    """One conversation's text as ShareGPT has it.

    Raises:
        Unfit: "unknown_shape" (something stands outside of the turns), and what `content_of`
            refuses.
    """
    between = _TURN.sub("", written)
    if between.strip():
        raise Unfit("unknown_shape")
    return content_of(_TURN.findall(written))
