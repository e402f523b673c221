r"""Chats as VTX's training texts: `¶{bias}:> text`, a line a message, a file a channel.

The format is that of VTX's preparation of Discord exports: newlines within a message stay. A blank
line stands between two conversations. Lines of Reddit, which hold a whole chain each, are those of
formats/bias_lines.py; `read` knows both.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from clone_pipeline.formats import bias_lines
from clone_pipeline.formats.bias_lines import Said, digits_for
from clone_pipeline.formats.files import write_whole
from clone_pipeline.records import Turn
from clone_pipeline.settings import Fault, FaultyInput

_ITEM = re.compile(r"¶([0-9]+):> ")
_BLANK_LINES = re.compile(r"\n(?:[^\S\n]*\n)+")
_BIAS = re.compile(r"[1-9][0-9]{16,18}")


def write(conversations: Iterable[Sequence[Said]], path: Path) -> int:
    """Write the conversations one after another; returns how many there are."""
    texts = [text(conversation) for conversation in conversations]
    write_whole(path, ["\n\n".join(texts), "\n"] if texts else [])
    return len(texts)


def parse(path: Path) -> list[list[Said]]:
    """The conversations of a file, of chats or of Reddit.

    Raises:
        FaultyInput: something in it is none.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="\n") as file:
            return read(file.read())
    except ValueError as error:
        fix = "Give a file of lines that begin with ¶, a number and :>."
        raise FaultyInput([Fault(str(path), str(error), fix)]) from None


def text(conversation: Iterable[Said]) -> str:
    """The messages, a line each; texts as `clean` gives them."""
    return "\n".join(f"¶{said.bias}:> {said.text}" for said in conversation)


def read(written: str) -> list[list[Said]]:
    r"""The conversations of a text: those of blocks, or of lines that hold a chain each.

    Raises:
        ValueError: it does not begin with a message.
    """
    blocks = [block for block in written.strip("\n").split("\n\n") if block]
    return [found for block in blocks for found in _read_block(block)]


def clean(said: str) -> str:
    """`said` as it may stand here: as in a line of Reddit, without blank lines."""
    return _BLANK_LINES.sub("\n", bias_lines.clean(said)).strip()


def of_turns(turns: Iterable[Turn], *, bias_of: Callable[[Turn], str]) -> list[Said]:
    """A conversation's turns, without those that are empty when clean."""
    said = [Said(bias_of(turn), clean(turn.text)) for turn in turns]
    return [each for each in said if each.text]


def biases(personas: Mapping[str, str], *, seed: int) -> Callable[[Turn], str]:
    """A function that gives a turn's bias, the same for all that one author said.

    That of a persona, else the author's id if it can be one (a Discord id), else digits of its
    own.

    Args:
        personas: biases by persona key.
        seed: of the digits.
    """

    def bias_of(turn: Turn) -> str:
        known = personas.get(turn.persona or "") or turn.persona or turn.author_id
        return known if _BIAS.fullmatch(known) else digits_for(seed, known)

    return bias_of


def _read_block(block: str) -> list[list[Said]]:
    if not _ITEM.match(block):
        raise ValueError(f"{block[:60]!r} is no message with a bias")
    lines = block.split("\n")
    if any(len(_ITEM.findall(line)) > 1 for line in lines):
        return [bias_lines.parse(line) for line in lines]
    said: list[Said] = []
    for line in lines:
        if found := _ITEM.match(line):
            said.append(Said(found[1], line[found.end() :]))
        else:
            said[-1] = Said(said[-1].bias, f"{said[-1].text}\n{line}")
    return [said]
