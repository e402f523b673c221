"""A first look at the table of messages: which rows belong together, and whether in order."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from clone_pipeline.tables import Stored

KEYS = ("platform", "channel_id", "conversation", "source_file")
NO_TIME = -(1 << 63)
# Stretches of a key's rows that are merged from the disk; with more, its rows are sorted in memory.
MOST_RUNS = 16


class Key(NamedTuple):
    """What rows must share to be cut into conversations together.

    Attributes:
        part: "given" (the export says what is a conversation, which `name` tells), "timed", or
            "untimed" (then `name` is the file).
    """

    platform: str
    channel_id: str
    part: str
    name: str


class Coded(NamedTuple):
    """A column as its distinct values, None the last, and each row's place among them."""

    values: list[str | None]
    codes: NDArray[np.int64]


@dataclass(slots=True)
class Survey:
    """What the first look found.

    Attributes:
        keys: in order of appearance.
        scattered: numbers of the keys whose rows do not stand together in order of time.
        authors: every author's shown name, in lower case.
        gaps: seconds between a message and the next, by key, if asked for.
        runs: first row and the row behind the last of each stretch of a key's rows that stand
            together in order of time; of scattered keys at most `MOST_RUNS` and one more.
        timeless: numbers of the keys that have rows without a time: these stay as they stand.
    """

    keys: list[Key] = field(default_factory=list)
    scattered: set[int] = field(default_factory=set)
    authors: set[str] = field(default_factory=set)
    gaps: dict[int, list[NDArray[np.float32]]] = field(default_factory=lambda: defaultdict(list))
    runs: dict[int, list[tuple[int, int]]] = field(default_factory=lambda: defaultdict(list))
    timeless: set[int] = field(default_factory=set)
    _numbers: dict[Key, int] = field(default_factory=dict)

    def codes(self, group: pa.Table) -> NDArray[np.int32]:
        """The number of each row's key."""
        columns = [coded_column(group[name]) for name in KEYS]
        timed = ~_missing(group["timestamp"])
        mixed = timed.astype(np.int64)
        for column in columns:
            mixed = mixed * len(column.values) + column.codes
        _, first, inverse = np.unique(mixed, return_index=True, return_inverse=True)
        order = np.argsort(first)
        numbers = np.zeros(len(first), dtype=np.int32)
        for place in order.tolist():
            row = int(first[place])
            values = [column.values[column.codes[row]] or "" for column in columns]
            numbers[place] = self._number(values, timed=bool(timed[row]))
        return numbers[inverse]

    def _number(self, values: Sequence[str], *, timed: bool) -> int:
        platform, channel_id, conversation, source_file = values
        if conversation:
            key = Key(platform, channel_id, "given", conversation)
        elif timed:
            key = Key(platform, channel_id, "timed", "")
        else:
            key = Key(platform, channel_id, "untimed", source_file)
        if key not in self._numbers:
            self._numbers[key] = len(self.keys)
            self.keys.append(key)
        return self._numbers[key]


def surveyed(stored: Stored, *, gaps: bool = False) -> Survey:
    """Look through the table once; memory grows with keys and authors only, but for `gaps`."""
    survey = Survey()
    last: dict[int, int] = {}
    row, before = 0, -1
    columns = [*KEYS, "timestamp", "author"]
    for group in stored.groups(columns, dictionaries=[*KEYS, "author"]):
        for names in group["author"].unique().to_pylist():
            survey.authors.add((names or "").casefold())
        codes, times = survey.codes(group), times_of(group)
        for start, stop in runs(codes):
            number = int(codes[start])
            own = times[start:stop]
            if survey.keys[number].part == "untimed":
                own = np.zeros(stop - start, dtype=np.int64)
            elif (own == NO_TIME).any():
                survey.timeless.add(number)
            elif gaps:
                steps = np.diff(own)
                survey.gaps[number].append((steps[steps > 0] / 1e6).astype(np.float32))
            _note(survey, number, own, row + start, after=last if number == before else None)
            last[number] = int(own[-1])
            before = number
        row += group.num_rows
    survey.scattered = {number for number, found in survey.runs.items() if len(found) > 1}
    return survey


def _note(
    survey: Survey,
    number: int,
    times: NDArray[np.int64],
    row: int,
    *,
    after: dict[int, int] | None,
) -> None:
    """Add the stretches in order of time among rows of a key that stand together."""
    found = survey.runs[number]
    falls = [0, *(np.flatnonzero(np.diff(times) < 0) + 1).tolist(), len(times)]
    for start, stop in zip(falls, falls[1:], strict=False):
        if start == 0 and found and after is not None and times[0] >= after[number]:
            found[-1] = (found[-1][0], row + stop)
        elif len(found) <= MOST_RUNS:
            found.append((row + start, row + stop))


def runs(codes: NDArray[np.int32]) -> Iterator[tuple[int, int]]:
    """Start and end of each run of equal codes."""
    if len(codes):
        borders = [0, *(np.flatnonzero(np.diff(codes)) + 1).tolist(), len(codes)]
        yield from zip(borders, borders[1:], strict=False)


def times_of(group: pa.Table) -> NDArray[np.int64]:
    """Microseconds; `NO_TIME` where there is none."""
    times = group["timestamp"].cast(pa.int64()).fill_null(NO_TIME)
    return np.asarray(times.to_numpy(), dtype=np.int64)


def coded_column(column: pa.ChunkedArray) -> Coded:
    """The column's distinct values, and each row's place among them."""
    combined = column.combine_chunks()
    if not isinstance(combined, pa.DictionaryArray):
        combined = combined.dictionary_encode()
    values = [*combined.dictionary.to_pylist(), None]
    places = combined.indices.fill_null(len(values) - 1).to_numpy(zero_copy_only=False)
    return Coded(values, np.asarray(places, dtype=np.int64))


def _missing(column: pa.ChunkedArray) -> NDArray[np.bool_]:
    return np.asarray(column.is_null().to_numpy(), dtype=bool)
