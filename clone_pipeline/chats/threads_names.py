"""Whom a line of a group chat speaks to: names at its start, mentions, and a name as last word."""

import re
from collections.abc import Sequence
from functools import lru_cache

_MARKS = "@:,;.!?>()[]{}<*\"'-–—…¿¡：，、！？"
_MENTION = re.compile(r"@(\w[\w.|-]*)")
_FIRST_WORD = re.compile(r"\w[\w|^`-]*")
_SHORT = 4  # words of a line whose last word may be a name: "thanks Ben"
# Words that begin sentences so often that as a name they would say nothing.
_ORDINARY_WORDS = """
    a all and any but can do does for has he her his how i in is it me my no not of oh ok on she so
    the they this to we what when where who why will yes you der die das du er es ich ihr ist ja man
    nein sie so und was wer wie wir wo el la los las que si un una y yo tu il elle et je le les nous
    on ou oui une vous
"""
_ORDINARY = frozenset(_ORDINARY_WORDS.split())


def addressees(authors: Sequence[str], names: Sequence[str], texts: Sequence[str]) -> list[str]:
    """Whom each line speaks to, by the author's id; "" where it names none of the authors.

    A name counts as the line's first word ("Anna: yes", "@anna yes", "Anna, yes", "Anna yes"),
    behind an @ anywhere, and as the last word of a line of at most four ("thanks Anna"); elsewhere
    it is more often spoken of than spoken to. A name's first word stands for it unless two share
    it. Case does not matter.

    Args:
        authors: each line's author id.
        names: each line's author's shown name.
        texts: each line's words.
    """
    known = _known(dict(zip(authors, names, strict=True)))
    find = known.get
    found: list[str] = []
    for author, text in zip(authors, texts, strict=True):
        words = text.split(None, 1)
        whom = find(words[0].strip(_MARKS).lower(), "") if words else ""
        if not whom and len(words) == 2:
            if "@" in text:
                mentions = _MENTION.findall(text)
                whom = next((known[w] for m in mentions if (w := _bare(m)) in known), "")
            elif words[1].count(" ") < _SHORT - 1:
                whom = find(words[1].rpartition(" ")[2].strip(_MARKS).lower(), "")
        found.append("" if whom == author else whom)
    return found


def _known(names: dict[str, str]) -> dict[str, str]:
    """The author that each word calls; words that call two are left out."""
    known: dict[str, str] = {}
    for author, name in names.items():
        for word in _callings(name or author):
            known[word] = author if known.get(word, author) == author else ""
    return known


@lru_cache(1 << 14)
def _callings(name: str) -> frozenset[str]:
    words = {_bare(name), _bare(name.split(None, 1)[0]) if name.strip() else ""}
    if found := _FIRST_WORD.search(name):
        words.add(_bare(found[0]))
    return frozenset(word for word in words if len(word) > 1) - _ORDINARY


def _bare(word: str) -> str:
    return word.strip(_MARKS).lower()
