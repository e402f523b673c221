"""Texts that were said before, exactly or nearly: their marks are kept, 8 bytes each.

A mark is 64 bits of a hash, so that two of a million different texts have the same one once in
37 million runs.
"""

from collections.abc import Sequence

import numpy as np
import xxhash
from numpy.typing import NDArray

Marks = NDArray[np.uint64]
Flags = NDArray[np.bool_]


class Seen:
    """Marks that were given before; 8 bytes a mark, twice that while two runs are merged.

    They lie in sorted runs, each at least twice as long as the next, so that a mark is merged a
    few times and looked up in a few places, however many there are.
    """

    def __init__(self) -> None:
        self._runs: list[Marks] = []

    def __len__(self) -> int:
        """How many marks are held."""
        return sum(map(len, self._runs))

    def add(self, marks: Marks) -> Flags:
        """Whether each mark was given before, earlier in `marks` too; then all are held."""
        order = np.argsort(marks, kind="stable")
        ordered = marks[order]
        known = np.zeros(len(marks), dtype=np.bool_)
        known[1:] = ordered[1:] == ordered[:-1]
        for run in self._runs:
            places = np.searchsorted(run, ordered)
            places[places == len(run)] = 0
            known |= run[places] == ordered
        if len(new := ordered[~known]):
            self._keep(new)
        found = np.empty_like(known)
        found[order] = known
        return found

    def _keep(self, new: Marks) -> None:
        while self._runs and len(self._runs[-1]) < 2 * len(new):
            new = np.concatenate((self._runs.pop(), new))
            new.sort()
        self._runs.append(new)


def marks_of(texts: Sequence[str]) -> Marks:
    """The mark of each text: the same on every machine, in every run."""
    digest = xxhash.xxh3_64_intdigest
    try:
        marks = list(map(digest, map(str.encode, texts)))
    except UnicodeEncodeError:  # half of a pair of surrogates, as broken exports have them
        marks = [digest(text.encode("utf-8", "surrogatepass")) for text in texts]
    return np.array(marks, dtype=np.uint64)


class Flood:
    """Finds texts that one author writes again and again.

    Memory is that of `window` messages.

    Args:
        repeats: how many times are too many, at least 2.
        window: messages, of whomever, within which they lie.
    """

    def __init__(self, *, repeats: int, window: int) -> None:
        self._before = repeats - 1
        self._window = window
        self._marks: Marks = np.empty(0, dtype=np.uint64)
        self._authors: list[str] = []

    def add(self, marks: Marks, authors: Sequence[str]) -> list[int]:
        """The places of messages that are the `repeats`-th of their kind in the window, or more.

        Args:
            marks: of the texts, in the messages' order.
            authors: who wrote each.
        """
        old, before = len(self._marks), self._before
        every = np.concatenate((self._marks, marks))
        who = [*self._authors, *authors]
        self._marks, self._authors = every[-self._window :], who[-self._window :]
        ordered = np.sort(every)
        often = ordered[before:][ordered[before:] == ordered[:-before]]
        if not len(often):
            return []
        told: dict[tuple[int, str], list[int]] = {}
        found = []
        for place in np.flatnonzero(np.isin(every, often)).tolist():
            places = told.setdefault((int(every[place]), who[place]), [])
            places.append(place)
            if len(places) > before and place - places[-1 - before] < self._window:
                found.append(place)
        return [place - old for place in found if place >= old]
