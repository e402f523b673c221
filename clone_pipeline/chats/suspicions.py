"""What may have been missed: a look at masked texts for what patterns can't be sure of."""

import re
from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

# So many characters around a suspicion are shown, and so many suspicions of a kind.
AROUND = 24
SAMPLES = 3

_LEFT = r"(?<![\w/=#.@<!&\-\[])"
SUSPICIONS = {
    "long numbers": re.compile(_LEFT + r"[0-9](?:[ .\-/]?[0-9]){7,30}(?![0-9\]>])"),
    "words with an @": re.compile(r"(?<![\w.<])[\w.+\-]{1,64}@[\w.\-]{1,64}"),
    "long keys": re.compile(
        r"(?<![\w/\-])(?=[A-Za-z\-_]{0,40}[0-9])(?=[A-Z0-9\-_]{0,40}[a-z])"
        r"(?=[a-z0-9\-_]{0,40}[A-Z])[A-Za-z0-9_\-]{24,200}(?![\w/])"
    ),
    "words of a street": re.compile(
        r"(?i:\b(?:street|road|avenue|stra(?:ß|ss)e|strasse|platz|calle|avenida|rue|via)\b.{0,20}?[0-9])"
    ),
    "pairs of capitalised words": re.compile(
        r"(?<![.!?\n] )(?<=[a-z,] )[A-Z][a-z]{2,15} [A-Z][a-z]{2,15}(?![\w])"
    ),
}  # fmt: skip
# Those that are seldom anything else: the check warns of them.
STRONG = ("long numbers", "words with an @", "long keys")

# Bytes of the longest placeholder.
_LONGEST = 24
_PLACEHOLDER = re.compile(rb"\[([A-Z]{2,8})_[1-9][0-9]{0,8}\]")
_CAPITAL = re.compile(r"[A-ZÀ-ÖØ-Þ]")
_SMALL = re.compile(r"[^\W\d_]")
_DIGIT = re.compile(r"[0-9]")


class Seen(NamedTuple):
    """How often each kind was suspected, and a few places of each, without the datum."""

    counts: Counter[str]
    samples: dict[str, list[str]]


def count_masks(texts: bytes) -> Counter[str]:
    """How many placeholders of each kind are in the bytes of texts."""
    found = (_PLACEHOLDER.match(b"[" + rest[:_LONGEST]) for rest in texts.split(b"[")[1:])
    return Counter(match[1].decode() for match in found if match)


def suspects(texts: Iterable[str]) -> Seen:
    """What may be personal in masked texts all the same.

    A sample shows the words around, and of what is suspected its shape only: 0 for a digit, x
    and X for letters.
    """
    counts: Counter[str] = Counter()
    samples: dict[str, list[str]] = {kind: [] for kind in SUSPICIONS}
    for text in texts:
        for kind, pattern in SUSPICIONS.items():
            for match in pattern.finditer(text):
                counts[kind] += 1
                if len(samples[kind]) < SAMPLES:
                    samples[kind].append(_shown(text, *match.span()))
    return Seen(counts, {kind: found for kind, found in samples.items() if found})


def _shown(text: str, start: int, end: int) -> str:
    before = text[max(0, start - AROUND) : start]
    behind = text[end : end + AROUND]
    words = [_DIGIT.sub("0", piece) for piece in (before, behind)]
    return " ".join(f"{words[0]}«{_shape(text[start:end])}»{words[1]}".split())


def _shape(datum: str) -> str:
    capitals = _CAPITAL.sub("X", datum)
    small = "".join("x" if _SMALL.match(c) and c != "X" else c for c in capitals)
    return _DIGIT.sub("0", small)[:AROUND]
