"""Blanks that are no plain space, and signs that nobody sees."""

import re

# Zero width joiners (U+200C, U+200D) stay: emoji and several scripts are written with them.
_UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]"
)
_ODD = re.compile(
    "[\t\x0b\x0c\x1c-\x1f\x85\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]"
)
_RUNS = re.compile(" {2,}")


def without_odd_spaces(text: str) -> str:
    """Tabs and Unicode's blanks as spaces; signs of no width and control signs left out."""
    return text if text.isprintable() else _ODD.sub(" ", _UNSEEN.sub("", text))


def without_double_spaces(text: str) -> str:
    """Several spaces as one."""
    return _RUNS.sub(" ", text)
