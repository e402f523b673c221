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
    """

    keys: list[Key] = field(default_factory=list)
    scattered: set[int] = field(default_factory=set)
    authors: set[str] = field(default_factory=set)
    gaps: dict[int, list[NDArray[np.float32]]] = field(default_factory=lambda: defaultdict(list))
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
    before = -1
    columns = [*KEYS, "timestamp", "author"]
    for group in stored.groups(columns, dictionaries=[*KEYS, "author"]):
        for names in group["author"].unique().to_pylist():
            survey.authors.add((names or "").casefold())
        codes, times = survey.codes(group), times_of(group)
        for start, stop in runs(codes):
            number = int(codes[start])
            own = times[start:stop]
            if number in last and number != before:
                survey.scattered.add(number)
            if survey.keys[number].part != "untimed":
                first = last.get(number, NO_TIME)
                steps = np.diff(own, prepend=own[0] if first == NO_TIME else first)
                if steps.min(initial=0) < 0 or (own == NO_TIME).any():
                    survey.scattered.add(number)
                if gaps:
                    survey.gaps[number].append((steps[steps > 0] / 1e6).astype(np.float32))
            last[number] = int(own[-1])
            before = number
    return survey


def in_order(
    stored: Stored, survey: Survey, columns: Sequence[str], dictionaries: Sequence[str]
) -> Iterator[tuple[pa.Table, NDArray[np.int32]]]:
    """The rows with the numbers of their keys: each key's rows together and in order of time.

    Keys whose rows are scattered come last; their rows are held in memory and sorted.
    """
    wanted = list(dict.fromkeys([*KEYS, "timestamp", *columns]))
    scattered = np.array(sorted(survey.scattered), dtype=np.int32)
    held: list[pa.Table] = []
    for group in stored.groups(wanted, dictionaries=[*KEYS, *dictionaries]):
        codes = survey.codes(group)
        if len(scattered):
            apart = np.isin(codes, scattered)
            if apart.any():
                held.append(group.filter(pa.array(apart)))
                group, codes = group.filter(pa.array(~apart)), codes[~apart]
        yield group, codes
    if held:
        together = pa.concat_tables(held).unify_dictionaries()
        codes = survey.codes(together)
        order = _sorted(together, codes, survey)
        yield together.take(pa.array(order)), codes[order]


def runs(codes: NDArray[np.int32]) -> Iterator[tuple[int, int]]:
    """Start and end of each run of equal codes."""
    if len(codes):
        borders = [0, *(np.flatnonzero(np.diff(codes)) + 1).tolist(), len(codes)]
        yield from zip(borders, borders[1:], strict=False)


def times_of(group: pa.Table) -> NDArray[np.int64]:
    """Microseconds; `NO_TIME` where there is none."""
    times = group["timestamp"].cast(pa.int64()).fill_null(NO_TIME)
    return np.asarray(times.to_numpy(), dtype=np.int64)


def _sorted(table: pa.Table, codes: NDArray[np.int32], survey: Survey) -> NDArray[np.int64]:
    """Rows by key, then by time where every message of the key has one, else as they stand."""
    times = times_of(table).copy()
    timeless = np.zeros(len(survey.keys), dtype=bool)
    timeless[codes[times == NO_TIME]] = True
    times[timeless[codes]] = 0
    return np.lexsort((np.arange(len(codes)), times, codes))


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
