"""Words that mean nothing but laughter, and words that end a conversation."""

import re
from bisect import bisect_right
from collections.abc import Callable, Collection, Sequence
from functools import lru_cache
from itertools import accumulate

NON_RESPONSES = (
    *("lol", "lmao", "lmfao", "rofl", "kek", "gg", "xd", "^"),
    *("ha", "hah", "haha", "hehe", "heh", "hihi", "jaja"),
)
ENDERS = (
    *("gtg", "g2g", "cya", "ttyl", "gn", "see ya", "good night", "goodnight", "talk to you later"),
    *("i'm going to sleep", "im going to sleep", "i am going to sleep", "going to sleep now"),
    *("i'm going to bed", "im going to bed", "i am going to bed", "heading to bed"),
)
# A longer message tells of a goodbye rather than says one: "he said cya and slammed the door ..."
GOODBYE_WORDS = 8
GOODBYE_CHARS = 100

_EDGES = re.compile(r"^[\W_]+|[\W_]+$")
_REPEATED = re.compile(r"(.{1,3}?)\1+")


@lru_cache(maxsize=1 << 16)
def squeezed(text: str) -> str:
    """Lower case, no signs at the edges, repeats taken once: "LOOOL!!" and "lol" are equal."""
    bare = _EDGES.sub("", text.strip().lower()) or text.strip()
    while (shorter := _REPEATED.sub(r"\1", bare)) != bare:
        bare = shorter
    return bare


def goodbye(enders: Collection[str]) -> Callable[[str], bool]:
    """Whether a text holds one of `enders`, as whole words.

    Only texts of at most `GOODBYE_WORDS` words and less than `GOODBYE_CHARS` characters do.
    """
    words = "|".join(re.escape(phrase).replace("'", "['’]") for phrase in enders)
    pattern = re.compile(rf"(?<!\w)(?:{words})(?!\w)", re.IGNORECASE)
    return lambda text: (
        len(text) < GOODBYE_CHARS
        and bool(pattern.search(text))
        and len(text.split()) <= GOODBYE_WORDS
    )


def goodbyes(enders: Collection[str]) -> Callable[[Sequence[str]], list[int]]:
    """A function that gives the places of the goodbyes among many texts, ascending."""
    says_goodbye = goodbye(enders)
    plain = tuple({phrase.lower().replace("’", "'") for phrase in enders})

    def places(texts: Sequence[str]) -> list[int]:
        short = [place for place, text in enumerate(texts) if len(text) < GOODBYE_CHARS]
        lower = [texts[place].lower().replace("’", "'") for place in short]
        ends = list(accumulate(len(text) + 1 for text in lower))
        joined = "\n".join(lower)
        hinted = set()
        for phrase in plain:
            at = joined.find(phrase)
            while at >= 0:
                number = bisect_right(ends, at)
                hinted.add(short[number])
                at = joined.find(phrase, ends[number])
        return sorted(place for place in hinted if says_goodbye(texts[place]))

    return places
