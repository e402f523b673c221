"""What a run's messages repeat: floods of one author, exact and near copies of long texts."""

from collections.abc import Iterator, Sequence
from itertools import compress
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from clone_pipeline.chats.copies import Flood, Marks, Seen, marks_of
from clone_pipeline.chats.likeness import Alike, Bands, bands_of

Flags = NDArray[np.bool_]


class Traces(NamedTuple):
    """What copies of some texts are known by, all in the texts' order.

    Attributes:
        lengths: in characters.
        marks: one a text, where floods or exact copies are looked for.
        bands: those of texts that are long enough, where near copies are looked for.
    """

    lengths: NDArray[np.int32]
    marks: Marks | None
    bands: Bands | None


def traces_of(texts: Sequence[str], *, marks: bool, near: int | None) -> Traces:
    """The traces of texts: pure.

    Args:
        texts: none is "".
        marks: whether floods or exact copies are looked for.
        near: letters and digits from which near copies are looked for; None looks for none.
    """
    return Traces(
        np.fromiter(map(len, texts), dtype=np.int32, count=len(texts)),
        marks_of(texts) if marks else None,
        None if near is None else bands_of(texts, least=near),
    )


class Copies:
    """Finds copies of what was given before, batch by batch.

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
        self._alike = Alike() if near else None
        self._least = least

    def __call__(
        self, traces: Traces, author_ids: Sequence[str], left: Flags
    ) -> Iterator[tuple[str, Flags]]:
        """Reasons and the texts they hold for; the caller takes those out of `left` at once.

        Args:
            traces: of some texts.
            author_ids: who wrote each.
            left: which of the texts there still are.
        """
        if traces.marks is not None:
            places = np.flatnonzero(left)
            if self._flood is not None:
                authors = list(compress(author_ids, left.tolist()))
                yield "spam", _at(places[self._flood.add(traces.marks[places], authors)], left)
            if self._seen is not None:
                long = places[traces.lengths[places] >= self._least]
                yield "exact_duplicate", _at(long[self._seen.add(traces.marks[long])], left)
        if self._alike is not None and traces.bands is not None:
            near = left[traces.bands.places]
            known = self._alike.add(traces.bands.marks[near])
            yield "near_duplicate", _at(traces.bands.places[near][known], left)


def _at(places: NDArray[np.int64], left: Flags) -> Flags:
    """Those of the places that are left, as flags."""
    flags = np.zeros_like(left)
    flags[places] = True
    return flags & left
