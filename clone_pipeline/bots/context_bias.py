"""VTX's prompts: `¶BIAS:> text`, a line a message, and an open line for the reply.

A bias is a number of 17 to 19 digits that stands for a person. Training texts of this form are
made by formats/bias.py; VTX's bot puts newlines between the messages.
"""

import re
from collections.abc import Sequence

from clone_pipeline.bots.heard import Heard
from clone_pipeline.bots.transcript import Line, identity
from clone_pipeline.bots.voices import VoiceSettings
from clone_pipeline.formats.lines import unforged

WALL, SHIP = "¶", ":>"

_BIAS = re.compile(r"[1-9][0-9]{16,18}")
_URL = re.compile(r"http\S+")


def prompt(
    lines: Sequence[Line], *, heard: Heard, speaker: VoiceSettings
) -> tuple[str, tuple[str, ...]]:
    """The prompt, and the text that ends the reply.

    A submission is two messages of one person, "title (/r/channel)" and its text; as the opening
    of a comment's thread it is one. A persona's text stands first, said by its bias. Without a
    bias the prompt ends with a bare `¶`: the model chooses who speaks.
    """
    own = speaker.speaks_as()
    shown = [_message(own, speaker.persona)] if speaker.persona.strip() else []
    for line in lines:
        bias = own if line.ours else _bias_of(line.author, own)
        shown += [_message(bias, text) for text in _texts(line, heard, last=line is lines[-1])]
    open_line = WALL if speaker.bias is None else f"{WALL}{own}{SHIP}"
    return "\n".join([*shown, open_line]), (WALL,)


def harmless(text: str) -> str:
    r"""`text` as it may stand in a prompt: URLs as `((url))`, nothing that forges a message.

    As formats/bias_lines.py cleans what models are taught: `¶` becomes the reversed sign `⁋`;
    `:>`, template tokens and a `\n` of two characters get a space inside.
    """
    said = unforged(_URL.sub("((url))", text))
    return said.replace(WALL, "⁋").replace(SHIP, ": >").strip()


def _message(bias: str, text: str) -> str:
    return f"{WALL}{bias}{SHIP} {harmless(text)}"


def _texts(line: Line, heard: Heard, *, last: bool) -> list[str]:
    pictured = "".join(f" (This image appears to be: {each})" for each in line.pictured)
    text = f"{line.text}{pictured}".strip()
    if not line.opening:
        return [text]
    if last:
        return [f"{line.title} (/r/{heard.channel})", *([text] if text else [])]
    return [f"{line.title}\n\n{text}".strip()]


def _bias_of(author: str, own: str) -> str:
    """The author's own digits, or digits that stand for the name; never ours."""
    if _BIAS.fullmatch(author) and author != own:
        return author
    return identity(author)
