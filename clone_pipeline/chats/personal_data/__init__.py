"""Personal data that patterns and checksums can find, as spans of a text.

What is looked for follows the recognisers of Presidio (microsoft/presidio, MIT), whose engine
and language models are not needed for it; each module names those it goes back to.
"""

import functools
import re

from clone_pipeline.chats.personal_data.addresses import EMAIL, IP, MAC
from clone_pipeline.chats.personal_data.finding import (
    Finder,
    Look,
    MaskKind,
    Span,
    compact,
    digits_of,
)  # fmt: skip
from clone_pipeline.chats.personal_data.hints import EVERY
from clone_pipeline.chats.personal_data.identities import IDENTITIES
from clone_pipeline.chats.personal_data.keys import KEYS
from clone_pipeline.chats.personal_data.money import ACCOUNT, CARD, IBAN, WALLET
from clone_pipeline.chats.personal_data.phones import PHONES
from clone_pipeline.chats.personal_data.streets import ADDRESS
from clone_pipeline.chats.regions import ANYWHERE, Regions

__all__ = ["FINDERS", "KINDS", "MaskKind", "Span", "find", "folded", "normal"]

# The first that finds something has it.
FINDERS: tuple[Finder, ...] = (
    *KEYS, EMAIL, IBAN, CARD, WALLET, MAC, IP, *IDENTITIES, ACCOUNT, *PHONES, ADDRESS,
)  # fmt: skip
KINDS: tuple[MaskKind, ...] = tuple(dict.fromkeys(finder.kind for finder in FINDERS))

# What any find holds: ordinary talk is passed in one cheap search.
PREFILTER = re.compile(
    r"[0-9@:=\u0660-\u0669\u06f0-\u06f9\u0966-\u096f\uff10-\uff20]|-----|是|为|為|は"
)
_PLACEHOLDER = re.compile(r"\[[A-Z]{2,8}_[0-9]{1,9}\]")
_WIDE = re.compile(
    "[\u00a0\u2007\u202f\u2010-\u2013\u2212\u0660-\u0669\u06f0-\u06f9\u0966-\u096f"
    "\uff0b\uff0d-\uff1a\uff1d\uff20]"
)
_FOLDED = str.maketrans(
    {
        **{chr(start + n): str(n) for start in (0x660, 0x6F0, 0x966, 0xFF10) for n in range(10)},
        **dict.fromkeys("\u00a0\u2007\u202f", " "),
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2212\uff0d", "-"),
        **dict(zip("\uff0b\uff0e\uff1a\uff1d\uff20\uff0f", "+.:=@/", strict=True)),
    }
)


def folded(text: str) -> str:
    """`text` with plain digits, hyphens and spaces for their wide, Arabic and other forms.

    As long as `text`: what stands at a place of the one stands there in the other.
    """
    return text if text.isascii() or not _WIDE.search(text) else text.translate(_FOLDED)


def find(
    text: str,
    regions: Regions = ANYWHERE,
    *,
    kinds: frozenset[MaskKind] | None = None,
    hints: int = EVERY,
) -> list[tuple[int, int, MaskKind]]:
    """What is personal in a folded text: (start, end, kind), in order, none over another."""
    if not PREFILTER.search(_PLACEHOLDER.sub("", text) if "[" in text else text):
        return []
    found: list[tuple[int, int, MaskKind]] = []
    look, taken = Look(text), bytearray(len(text))
    for finder in _of(kinds, hints):
        if finder.gate(look):
            for start, end in finder.find(look, regions):
                if taken.find(1, start, end) < 0:
                    taken[start:end] = b"\1" * (end - start)
                    found.append((start, end, finder.kind))
    return sorted(found)


@functools.cache
def _of(kinds: frozenset[MaskKind] | None, hints: int) -> tuple[Finder, ...]:
    wanted = (finder for finder in FINDERS if kinds is None or finder.kind in kinds)
    return tuple(finder for finder in wanted if finder.hints & hints)


def normal(kind: str, original: str) -> str:
    """Equal for all spellings of one datum."""
    text = folded(original)
    if kind == "PHONE":
        digits = digits_of(text)
        abroad = "+" if text.startswith(("+", "(+")) or digits.startswith("00") else ""
        return abroad + (digits.removeprefix("00") if abroad else digits)
    if kind in {"IBAN", "CARD", "MAC", "ID", "ACCOUNT"}:
        return compact(text)
    if kind in {"KEY", "WALLET"}:
        return original
    return " ".join(text.casefold().split())
