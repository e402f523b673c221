"""Questions that ask nearly the same: exact, and fast by an inverted index of their rare words.

Two questions are as alike as the share of their words that both hold (Jaccard of their words but
articles, inflections aside). They are not alike at all, however many words they share, if they
differ in a number, in code or signs, in a denial, in the kind of question (who, when, how many), in
a word such as "before" or "after", or in what is quoted or written like a name. Names in another
order differ too, for "from A to B" is not "from B to A".
"""

import math
from collections import Counter, defaultdict
from collections.abc import Sequence

from clone_pipeline.qa.profiles import Profile, profile

# Two questions that are not the same text are at most so alike.
MOST = 0.99


def likeness(one: str, other: str) -> float:
    """How alike two questions are, 0 to 1; 1 only if they are equal but for case and blanks."""
    a, b = profile(one), profile(other)
    if a.key != b.key:
        return 0.0
    if a.text == b.text:
        return 1.0
    if not _same_names(a, b):
        return 0.0
    return _shared(frozenset(a.words), frozenset(b.words))


def twins(questions: Sequence[str], *, threshold: float) -> list[int | None]:
    """For each question the place of the first kept one that it repeats; None: it is kept.

    A question repeats an earlier one that was kept if they share a word and their `likeness` is at
    least `threshold`; or if they are equal. The result is that of comparing each with each.

    Args:
        questions: in order of precedence.
        threshold: 0 to 1; above `MOST` only equal ones repeat. Below 0.5 it is slow.
    """
    profiles = [profile(question) for question in questions]
    rare = _by_rarity(profiles)
    held = [frozenset(words) for words in rare]
    longest = max(map(len, rare), default=0)
    equal: dict[tuple[int, str], int] = {}
    keys: dict[tuple[str, ...], int] = {}
    index: defaultdict[tuple[int, int, int], list[int]] = defaultdict(list)
    found: list[int | None] = []
    for place, (this, words) in enumerate(zip(profiles, rare, strict=True)):
        least, most = _sizes(len(words), threshold, longest)
        key = keys.setdefault(this.key, len(keys))
        prefix = words[: len(words) - least + 1]
        twin = equal.get((key, this.text))
        near = {
            n
            for word in prefix
            for size in range(least, most + 1)
            for n in index.get((key, word, size), ())
            if twin is None or n < twin
        }
        for n in sorted(near):
            if _shared(held[place], held[n]) >= threshold and _same_names(this, profiles[n]):
                twin = n
                break
        found.append(twin)
        if twin is None:
            equal[key, this.text] = place
            for word in prefix:
                index[key, word, len(words)].append(place)
    return found


def _sizes(size: int, threshold: float, longest: int) -> tuple[int, int]:
    """How many words a set holds, least and most, that shares `threshold` with one of `size`."""
    most = longest if threshold * longest <= size else math.floor(size / threshold + 1e-9)
    return math.ceil(threshold * size - 1e-9), most


def _by_rarity(profiles: Sequence[Profile]) -> list[list[int]]:
    """Each question's words as numbers, the rarest first: few questions share the first ones.

    Of two sets that share at least t of their words, the first n - ceil(t n) + 1 words of each
    share one, in any order that is the same for all (prefix filter: Chaudhuri, Ganti and Kaushik
    2006).
    """
    spread = Counter(word for each in profiles for word in each.words)
    rank = {word: n for n, (word, _) in enumerate(sorted(spread.items(), key=lambda w: w[1]))}
    return [sorted(rank[word] for word in each.words) for each in profiles]


def _shared(a: frozenset[object], b: frozenset[object]) -> float:
    both = len(a & b)
    return min(MOST, both / (len(a) + len(b) - both)) if both else 0.0


def _same_names(a: Profile, b: Profile) -> bool:
    named = a.named | b.named
    return [w for w in a.words if w in named] == [w for w in b.words if w in named]
