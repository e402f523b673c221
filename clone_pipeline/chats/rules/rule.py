"""What a rule of cleaning is: a change of a text, or a reason to leave a text out."""

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

# Rounds in which changes follow one another: what one leaves may be what another looks for.
ROUNDS = 8

_EMPTY_LINES = re.compile(r"\n{3,}")
_SHELLS = re.compile(r"[ \t]?(?:\(<>\)|\(\)|<>|\[\])")


class Change(NamedTuple):
    """A rule that changes texts.

    Attributes:
        name: the key of the settings that switches it.
        sign: what every text has that it changes, `NOT_ASCII`, or "" if there is no such thing.
        apply: gives the changed text, or an equal one.
    """

    name: str
    sign: str
    apply: Callable[[str], str]


class Drop(NamedTuple):
    """A rule that leaves texts out.

    Attributes:
        reason: under which they are counted.
        places: those of the texts to leave out; empty texts are gone already, never among them.
    """

    reason: str
    places: Callable[[Sequence[str]], Sequence[int]]


# Not ASCII: the sign of changes that look for no single character.
NOT_ASCII = "\x80"
_MARKS = frozenset("@:`>\t" + NOT_ASCII)


def marked(texts: Sequence[str], changes: Sequence[Change]) -> list[int]:
    """The places of all texts that the changes, or those of calls, can change, and of others."""
    if not {sign[:1] for _, sign, _ in changes} <= _MARKS:
        return [place for place, text in enumerate(texts) if text]
    return [
        place
        for place, text in enumerate(texts)
        if "@" in text
        or ":" in text
        or "`" in text
        or ">" in text
        or "\t" in text
        or not text.isascii()
    ]


def bring_to_rest(texts: list[str], changes: Sequence[Change]) -> None:
    """Apply the changes to each text, in turn, until none changes it or `ROUNDS` times.

    A text that is changed is stripped too.
    """
    live: Sequence[int] = range(len(texts))
    for _ in range(ROUNDS):
        live = sorted(_applied(texts, changes, live))
        if not live:
            break


def _applied(texts: list[str], changes: Sequence[Change], live: Sequence[int]) -> set[int]:
    """Apply each change once to the texts at `live` that have its sign: those it changed."""
    touched = set()
    signed = {sign: _signed(texts, sign, live) for sign in {change.sign for change in changes}}
    for _name, sign, apply in changes:
        for place in signed[sign]:
            text = texts[place]
            if (changed := apply(text)) != text:
                texts[place] = changed.strip()
                touched.add(place)
    return touched


def _signed(texts: Sequence[str], sign: str, live: Sequence[int]) -> list[int]:
    """The places in `live` of texts with the sign; its first character is looked for first."""
    first = sign[:1]
    if sign == NOT_ASCII:
        found = [place for place in live if not texts[place].isascii()]
    elif len(live) < len(texts):
        found = [place for place in live if first in texts[place]]
    else:
        found = [place for place, text in enumerate(texts) if first in text]
    return [place for place in found if sign in texts[place]] if len(sign) > 1 else found


def closed(text: str) -> str:
    """The text without the gaps that a removal leaves: blanks, empty lines and brackets."""
    if "()" in text or "<>" in text or "[]" in text:
        text = _SHELLS.sub("", text)
    while "  " in text:
        text = text.replace("  ", " ")
    if "\n" in text:
        text = _EMPTY_LINES.sub("\n\n", text.replace(" \n", "\n").replace("\n ", "\n"))
    return text.strip()
