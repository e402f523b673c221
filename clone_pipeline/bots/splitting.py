"""Long replies in pieces that a platform takes, cut where a person would."""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Literal

from clone_pipeline.bots.graphemes import is_border

Unit = Literal["characters", "utf16"]

DISCORD_LIMIT = 2000  # characters of a message: discord.com/developers/docs/resources/message
_LEAST_SHARE = 3  # a piece is at least a third full before a better place counts

_TICKS, _TAIL = "```", "\n```"
_LEAST_FENCED = 64  # with less room code blocks are cut like other text
_FENCE = re.compile(r"```(?:([\w+#.-]{0,20})\n)?.*?```", re.DOTALL)
_WHOLE = re.compile(
    r"(?<!`)`[^`\n]{1,400}`(?!`)|\[[^\]\n]{1,400}\]\([^)\s]{1,1500}\)|<[@#:/a-z][^>\s]{1,100}>|https?://\S+"
)
_BREAKS = (
    re.compile(r"\n[^\S\n]*\n\s*"),
    re.compile(r"\n+"),
    re.compile(r"[.!?…]+[\"'”’)\]*_]*\s+|[。！？]+[」』”）]*"),
    re.compile(r"\s+|[、，；：]"),
)


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece: `body` is of the text, `head` and `tail` open and close a code block around it."""

    body: str
    head: str = ""
    tail: str = ""

    def shown(self) -> str:
        """What is sent."""
        return f"{self.head}{self.body}{self.tail}"


@dataclass(frozen=True, slots=True)
class _Block:
    """A code block too long for a piece; it may be cut between `first` and `last`."""

    start: int
    end: int
    head: str

    @property
    def first(self) -> int:
        return self.start + len(self.head)

    @property
    def last(self) -> int:
        return self.end - len(_TICKS)

    def holds(self, place: int) -> bool:
        return self.first <= place <= self.last


def split(text: str, *, limit: int = DISCORD_LIMIT, unit: Unit = "characters") -> list[str]:
    """The messages that say `text`; none blank, none above `limit`. No text: no message."""
    shown = (piece.shown().strip("\n").rstrip() for piece in pieces(text, limit=limit, unit=unit))
    return [each for each in shown if each.strip()]


def pieces(text: str, *, limit: int = DISCORD_LIMIT, unit: Unit = "characters") -> list[Piece]:
    """`text` in pieces whose bodies joined are `text`.

    Cut behind a paragraph, else a line, else a sentence, else a word, else between characters.
    Links, mentions, inline code and characters of several code points stay whole where they fit
    in a piece; so do code blocks, and a longer one is closed and opened again.

    Args:
        text: any.
        limit: longest piece with its head and tail, at least 1.
        unit: what `limit` counts: code points, or UTF-16 units as Telegram does.

    Raises:
        ValueError: `limit` is below 1, or below 2 with UTF-16.
    """
    if limit < (2 if unit == "utf16" else 1):
        raise ValueError(f"no piece can be as short as {limit}")
    return list(_pieces(text, limit, unit))


def _pieces(text: str, limit: int, unit: Unit) -> Iterator[Piece]:
    reach = _reach(text, unit)
    blocks, torn = _spans(text, limit, reach)
    breaks = [[match.end() for match in each.finditer(text)] for each in _BREAKS]
    start = 0
    while start < len(text):
        inside = next((block for block in blocks if block.holds(start)), None)
        head = inside.head if inside else ""
        end = reach(start, limit - len(head))
        near = [block for block in blocks if block.start < end and start < block.end]
        if end < len(text):
            end = reach(start, limit - len(head) - (len(_TAIL) if near else 0))
            end = _cut(text, start, end, torn, breaks)
        cut = end < len(text) and any(block.holds(end) for block in near)
        tail = (_TICKS if text[end - 1] == "\n" else _TAIL) if cut else ""
        yield Piece(text[start:end], head, tail)
        start = end


def _cut(text: str, start: int, end: int, torn: bytearray, breaks: Sequence[Sequence[int]]) -> int:
    """The best place to cut in (start, end]."""

    def allowed(place: int) -> bool:
        return not torn[place] and is_border(text, place)

    for least in (start + (end - start) // _LEAST_SHARE, start):
        for places in breaks:
            for at in range(bisect_right(places, end) - 1, -1, -1):
                if places[at] <= least:
                    break
                if allowed(places[at]):
                    return places[at]
    between = range(end, start, -1)
    within = next((place for place in between if allowed(place)), None)
    return within or next((place for place in between if is_border(text, place)), end)


def _spans(
    text: str, limit: int, reach: Callable[[int, int], int]
) -> tuple[list[_Block], bytearray]:
    """Code blocks that are too long for a piece, and where a cut would tear something apart."""
    blocks: list[_Block] = []
    found = [match.span() for match in _WHOLE.finditer(text)]
    whole = [(start, end) for start, end in found if reach(start, limit) >= end]
    for match in _FENCE.finditer(text) if limit >= _LEAST_FENCED else ():
        start, end = match.span()
        if reach(start, limit) >= end:
            whole.append((start, end))
            continue
        head = f"{_TICKS}{match[1] or ''}\n"
        opened = head if text.startswith(head, start) else _TICKS
        blocks.append(_Block(start, end, head))
        whole += [(start, start + len(opened) + 1), (end - len(_TICKS) - 1, end)]
    torn = bytearray(len(text) + 1)
    for start, end in whole:
        torn[start + 1 : end] = b"\1" * (end - start - 1)
    return blocks, torn


def _reach(text: str, unit: Unit) -> Callable[[int, int], int]:
    """How far a piece of so many units reaches from a place."""
    if unit == "characters":
        return lambda start, units: min(len(text), start + units)
    sums = list(accumulate((1 + (each > "\uffff") for each in text), initial=0))
    return lambda start, units: bisect_right(sums, sums[start] + units) - 1
