"""The table of messages in the order of reading: each key's rows together, in order of time."""

from collections.abc import Iterator, Sequence

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from clone_pipeline.chats.survey import KEYS, MOST_RUNS, NO_TIME, Survey, times_of
from clone_pipeline.tables import Stored

Part = tuple[pa.Table, NDArray[np.int32]]


def in_order(
    stored: Stored, survey: Survey, columns: Sequence[str], dictionaries: Sequence[str]
) -> Iterator[Part]:
    """The rows with the numbers of their keys.

    Keys whose rows are scattered come last. Up to `MOST_RUNS` stretches of a key are merged as
    they are read; the rows of a key with more, such as those of channels that alternate in one
    file, are held in memory and sorted.

    Args:
        stored: the table.
        survey: of it.
        columns: that are given besides the time and those of the keys.
        dictionaries: the string columns that are given dictionary-encoded.
    """
    wanted = list(dict.fromkeys([*KEYS, "timestamp", *columns]))
    coded = [*KEYS, *dictionaries]
    held: list[pa.Table] = []
    several = {number for number in survey.scattered if len(survey.runs[number]) > MOST_RUNS}
    apart, sorted_here = (np.array(sorted(each), np.int32) for each in (survey.scattered, several))
    for group in stored.groups(wanted, dictionaries=coded):
        codes = survey.codes(group)
        if len(apart):
            if (here := np.isin(codes, sorted_here)).any():
                held.append(group.filter(pa.array(here)))
            rest = ~np.isin(codes, apart)
            group, codes = group.filter(pa.array(rest)), codes[rest]
        yield group, codes
    for number in sorted(survey.scattered - several):
        runs = [
            stored.rows(start, stop, wanted, dictionaries=coded)
            for start, stop in survey.runs[number]
        ]
        for part in _merged(runs, timed=number not in survey.timeless):
            yield part, np.full(part.num_rows, number, dtype=np.int32)
    if held:
        yield _sorted(pa.concat_tables(held).unify_dictionaries(), survey)


def _merged(runs: Sequence[Iterator[pa.Table]], *, timed: bool) -> Iterator[pa.Table]:
    """Stretches that are each in order of time, as one; as they stand, if they have no times."""
    if not timed:
        for run in runs:
            yield from run
        return
    waiting = {number: part for number, run in enumerate(runs) if (part := next(run, None))}
    while waiting:
        until = min(int(times_of(part)[-1]) for part in waiting.values())
        ready = []
        for number in list(waiting):
            part = waiting[number]
            cut = int(np.searchsorted(times_of(part), until, side="right"))
            ready.append(part.slice(0, cut))
            rest = part.slice(cut) if cut < part.num_rows else next(runs[number], None)
            if rest is None:
                del waiting[number]
            else:
                waiting[number] = rest
        together = pa.concat_tables(ready).unify_dictionaries()
        yield together.take(pa.array(np.argsort(times_of(together), kind="stable")))


def _sorted(table: pa.Table, survey: Survey) -> Part:
    """Rows by key, then by time where every message of the key has one, else as they stand."""
    codes, times = survey.codes(table), times_of(table).copy()
    timeless = np.zeros(len(survey.keys), dtype=bool)
    timeless[codes[times == NO_TIME]] = True
    times[timeless[codes]] = 0
    order = np.lexsort((np.arange(len(codes)), times, codes))
    return table.take(pa.array(order)), codes[order]
