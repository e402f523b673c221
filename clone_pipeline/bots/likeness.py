"""How alike two texts are: so that a bot neither parrots nor repeats itself."""

import math
import re
from collections.abc import Iterable

from clone_pipeline.bots.stop_words import STOP_WORDS

QUOTABLE = 20  # characters: shorter ones stand in other texts by chance

_WORD = re.compile(r"\w+(?:['’]\w+)*")


def repeats(text: str, said: Iterable[str]) -> bool:
    """It equals something that was said, or stands in it word for word (from 20 characters on)."""
    folded = _folded(text)
    return any(
        folded == (other := _folded(each)) or (len(folded) >= QUOTABLE and folded in other)
        for each in said
    )


def tells(text: str, told: Iterable[str]) -> bool:
    """It says one of the texts that the model was told, or a part of one, word for word."""
    folded = _folded(text)
    for each in map(_folded, told):
        if len(each) >= QUOTABLE and each in folded:
            return True
        if len(folded) >= 2 * QUOTABLE and folded in each:
            return True
    return False


def cosine(one: str, other: str) -> float:
    """Likeness of two texts as binary bags of words without stop words: 0 to 1.

    0 where one of them holds stop words only.
    """
    first, second = _bag(one), _bag(other)
    if not first or not second:
        return 0.0
    return len(first & second) / math.sqrt(len(first) * len(second))


def likeness(one: str, other: str) -> float:
    """2 * LCS / (both lengths), LCS the longest common subsequence: 0 to 1, 1 for equal texts.

    Never below difflib's ratio, whose time grows with the cube of what users write; this one's
    with the square, sixty-four characters at a step (Hyyrö 2004, "Bit-parallel LCS-length
    computation revisited").
    """
    if not one or not other:
        return float(one == other)
    places: dict[str, int] = {}
    for place, character in enumerate(one):
        places[character] = places.get(character, 0) | 1 << place
    every = rows = (1 << len(one)) - 1
    for character in other:
        matched = rows & places.get(character, 0)
        rows = (rows + matched | rows - matched) & every
    return 2 * (len(one) - rows.bit_count()) / (len(one) + len(other))


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())


def _bag(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(text.casefold())) - STOP_WORDS
