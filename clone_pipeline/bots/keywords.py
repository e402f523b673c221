"""Words that a bot stays away from: found whole, by their beginning, or anywhere."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from importlib import resources
from typing import Annotated, Literal

from pydantic import AfterValidator, StringConstraints

Match = Literal["word", "prefix", "substring"]

# Signs that are not seen and would split a word.
_UNSEEN = {ord(sign): None for sign in "\u00ad\u200b\u200c\u200d\u2060\ufeff"}


def normal(text: str) -> str:
    """`text` as keywords are compared: composed, in lower case, without signs that are not seen."""
    return unicodedata.normalize("NFKC", text).translate(_UNSEEN).casefold()


def _seen(term: str) -> str:
    if not normal(term).strip():
        raise ValueError("it has no sign that can be seen; remove it")
    return term


Term = Annotated[str, StringConstraints(min_length=1, max_length=200), AfterValidator(_seen)]


def first_hit(texts: Iterable[str], terms: Sequence[str], *, match: Match) -> str:
    r"""The first term that stands in one of `texts`, in whatever case; "" if none does.

    Args:
        texts: of any length.
        terms: taken literally; a space in one stands for any white space.
        match: `word` as HotShotBot finds keywords (`\bTERM\b`), `prefix` as ssi-bot does
            (`\bTERM`: "plant" is found in "plants"), `substring` as VTX's filter does.
    """
    if not terms:
        return ""
    pattern = _pattern(tuple(terms), match)
    found = (pattern.search(normal(text)) for text in texts)
    return next((hit.group() for hit in found if hit), "")


@cache
def default_negative() -> tuple[str, ...]:
    """The default list of slurs and words of hate; inflected forms stand in it by themselves."""
    file = resources.files("clone_pipeline.bots").joinpath("negative_keywords.txt")
    lines = (line.strip() for line in file.read_text(encoding="utf-8").splitlines())
    return tuple(line for line in lines if line and not line.startswith("#"))


@lru_cache(maxsize=256)
def _pattern(terms: tuple[str, ...], match: Match) -> re.Pattern[str]:
    longest = sorted({normal(term).strip() for term in terms}, key=lambda term: (-len(term), term))
    words = "|".join(r"\s+".join(re.escape(part) for part in term.split()) for term in longest)
    before = "" if match == "substring" else r"(?<!\w)"
    after = r"(?!\w)" if match == "word" else ""
    return re.compile(f"{before}(?:{words}){after}")
