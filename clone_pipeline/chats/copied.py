"""What a run's messages repeat: floods of one author, exact and near copies of long texts."""

from collections.abc import Iterator, Sequence
from itertools import compress

import numpy as np

from clone_pipeline.chats.copies import Flood, Seen, marks_of
from clone_pipeline.chats.likeness import Alike


class Copies:
    """Finds copies of what was given before, batch by batch; texts that are "" are gone.

    It holds 8 bytes for each long text with `exact`, 24 with `near`.

    Args:
        repeats: an author's same text is spam from this time on; 0 finds none.
        window: messages, of everybody, within which that is counted.
        exact: find long texts that were said before.
        near: find long texts that are nearly the same as one before.
        least: characters from which a text is long; for `near` letters and digits.
    """

    def __init__(self, *, repeats: int, window: int, exact: bool, near: bool, least: int) -> None:
        self._flood = Flood(repeats=repeats, window=window) if repeats else None
        self._seen = Seen() if exact else None
        self._alike = Alike(least=least) if near else None
        self._least = least

    def __call__(
        self, texts: Sequence[str], author_ids: Sequence[str]
    ) -> Iterator[tuple[str, list[int]]]:
        """Reasons and the places they hold for; the caller empties those texts at once."""
        lengths = np.fromiter(map(len, texts), dtype=np.int64, count=len(texts))
        places = np.flatnonzero(lengths)
        if self._flood is not None or self._seen is not None:
            marks = marks_of(list(filter(None, texts)))
        if self._flood is not None:
            authors = list(compress(author_ids, texts))
            flooded = self._flood.add(marks, authors)
            yield "spam", places[flooded].tolist()
        if self._seen is not None:
            long = lengths[places] >= self._least
            seen = places[long][self._seen.add(marks[long])].tolist()
            yield "exact_duplicate", [place for place in seen if texts[place]]
        if self._alike is not None:
            yield "near_duplicate", self._alike.add(texts)
