"""Overlapping exports: which rows of the table are the same message, and which version stays."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from clone_pipeline.chats.columns import Times
from clone_pipeline.chats.parsers import neutral
from clone_pipeline.chats.partly import digest
from clone_pipeline.tables import Stored

Rows = NDArray[np.int64]

_NEVER = -(1 << 62)
_NO_TIME = -(1 << 63)


class _Facts(NamedTuple):
    """What tells messages of one id apart, one entry a row: codes, microseconds, flags."""

    channels: Rows
    authors: Rows
    times: Rows
    neutral: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Merge:
    """What becomes of rows whose ids occur several times.

    Attributes:
        dropped: the rows that are left out, ascending.
        renamed: other ids for rows that share theirs with a message of another chat.
        answers: {(source file, channel id): {id: other id}} for replies there.
    """

    dropped: Rows = field(default_factory=lambda: np.array([], dtype=np.int64))
    renamed: Mapping[int, str] = field(default_factory=dict)
    answers: Mapping[tuple[str, str], Mapping[str, str]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        """Whether anything is to be done."""
        return bool(len(self.dropped) or self.renamed)


def repeated(hashes: Sequence[NDArray[np.int64]]) -> tuple[Rows, Rows]:
    """The rows whose id occurs more than once, ascending, and the hashes of their ids.

    Needs 16 bytes for each row of the table while it looks.
    """
    every = np.concatenate([np.array([], dtype=np.int64), *hashes])
    ordered = np.sort(every)
    twice = np.unique(ordered[1:][ordered[1:] == ordered[:-1]])
    del ordered
    rows = np.flatnonzero(np.isin(every, twice)) if len(twice) else twice
    return rows, every[rows]


def merge(stored: Stored, rows: Rows, hashes: Rows, edited: Sequence[tuple[Rows, Times]]) -> Merge:
    """Decide about the rows that share an id.

    Of one message the version that was edited last stays, else the one that was read last; of
    messages without a time the first, for their order is all that they have.

    Args:
        stored: the table.
        rows: those that `repeated` found, with the hashes of their ids.
        hashes: equal for equal ids.
        edited: rows and times of all messages that were edited.
    """
    if not len(rows):
        return Merge()
    facts = _facts(stored, rows)
    late = _edits(rows, edited)
    order = np.lexsort((rows, hashes))
    starts = np.append(0, np.flatnonzero(np.diff(hashes[order])) + 1)
    sizes = np.diff(starts, append=len(order))
    first, second = (order[starts[sizes == 2] + step] for step in (0, 1))
    same = _same(first, second, facts)
    stays = same & _stays(first, second, facts, late)
    dropped = [first[stays], second[same & ~stays]]
    others = [(place, place) for place in second[~same].tolist()]
    for start, size in zip(starts[sizes > 2].tolist(), sizes[sizes > 2].tolist(), strict=True):
        gone, apart = _standing(order[start : start + size].tolist(), facts, late)
        dropped.append(np.array(gone, dtype=np.int64))
        others += apart
    renamed, answers = _named(stored, [(int(rows[one]), int(rows[by])) for one, by in others])
    return Merge(np.sort(rows[np.concatenate(dropped)]), renamed, answers)


def _standing(
    group: list[int], facts: _Facts, late: Rows
) -> tuple[list[int], list[tuple[int, int]]]:
    """Of three or more rows with one id: those that are dropped, and those of other messages.

    Each of the latter comes with the row that stands for its message.
    """
    standing: list[list[int]] = []
    dropped = []
    for place in group:
        for versions in standing:
            other = versions[0]
            if _same(np.array(other), np.array(place), facts):
                stays = bool(_stays(np.array(other), np.array(place), facts, late))
                dropped.append(other if stays else place)
                versions.insert(0 if stays else 1, place)
                break
        else:
            standing.append([place])
    return dropped, [(one, versions[0]) for versions in standing[1:] for one in versions]


def _same(one: Rows, other: Rows, facts: _Facts) -> NDArray[np.bool_]:
    """Whether equal ids mean one message; files of two chats may number their messages alike."""
    same_channel = facts.channels[one] == facts.channels[other]
    equal = (facts.authors[one] == facts.authors[other]) & (facts.times[one] == facts.times[other])
    where = same_channel | (facts.times[one] != _NO_TIME)
    return np.asarray((same_channel & ~facts.neutral[one]) | (where & equal))


def _stays(one: Rows, other: Rows, facts: _Facts, late: Rows) -> NDArray[np.bool_]:
    """Whether the other version, which was read later, stays."""
    return np.asarray((late[other] >= late[one]) & (facts.times[other] != _NO_TIME))


def applied(stored: Stored, merge: Merge) -> Iterator[pa.Table]:
    """The table as it is after merging."""
    start = 0
    for group in stored.groups():
        rows = range(start, start + group.num_rows)
        start += group.num_rows
        group = _renamed(group, rows, merge)
        low, high = np.searchsorted(merge.dropped, [rows.start, rows.stop])
        if low < high:
            keep = np.ones(len(rows), dtype=bool)
            keep[merge.dropped[low:high] - rows.start] = False
            group = group.filter(pa.array(keep))
        yield group


def _renamed(group: pa.Table, rows: range, merge: Merge) -> pa.Table:
    if any(row in merge.renamed for row in rows):
        ids = group["message_id"].to_pylist()
        ids = [merge.renamed.get(row, own) for row, own in zip(rows, ids, strict=True)]
        place = group.schema.get_field_index("message_id")
        group = group.set_column(place, group.schema.field(place), pa.array(ids, pa.string()))
    if merge.answers:
        where = zip(group["source_file"].to_pylist(), group["channel_id"].to_pylist(), strict=True)
        told = [
            answer and merge.answers.get(place, {}).get(answer, answer)
            for place, answer in zip(where, group["reply_to"].to_pylist(), strict=True)
        ]
        place = group.schema.get_field_index("reply_to")
        group = group.set_column(place, group.schema.field(place), pa.array(told, pa.string()))
    return group


def _edits(rows: Rows, edited: Sequence[tuple[Rows, Times]]) -> Rows:
    """When each of the rows was edited, in microseconds."""
    found = np.full(len(rows), _NEVER)
    for places, times in edited:
        wanted = np.isin(places, rows, assume_unique=True)
        found[np.searchsorted(rows, places[wanted])] = times[wanted].astype(np.int64)
    return found


def _facts(stored: Stored, rows: Rows) -> _Facts:
    codes: dict[tuple[str, ...], int] = {}
    parts: list[list[NDArray[Any]]] = []
    for table in _taken(stored, rows, ("platform", "channel_id", "author_id", "timestamp")):
        platforms = table["platform"].to_pylist()
        channels = zip(platforms, table["channel_id"].to_pylist(), strict=True)
        authors = [("author", each) for each in table["author_id"].to_pylist()]
        times = table["timestamp"].cast(pa.int64()).fill_null(_NO_TIME)
        parts.append(
            [
                np.array([codes.setdefault(each, len(codes)) for each in channels]),
                np.array([codes.setdefault(each, len(codes)) for each in authors]),
                times.to_numpy(),
                np.array([each == neutral.NAME for each in platforms]),
            ]
        )
    return _Facts(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def _named(
    stored: Stored, others: Sequence[tuple[int, int]]
) -> tuple[dict[int, str], dict[tuple[str, str], dict[str, str]]]:
    """New ids for messages whose id another chat's message has, and for the replies to them.

    Args:
        stored: the table.
        others: each row of such a message, with the row that stands for it.
    """
    rows = np.array(sorted({row for row, _ in others}), dtype=np.int64)
    columns = ("message_id", "channel_id", "author_id", "timestamp", "source_file")
    taken = [row for part in _taken(stored, rows, columns) for row in part.to_pylist()]
    facts = dict(zip(rows.tolist(), taken, strict=True))
    renamed: dict[int, str] = {}
    answers: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
    for row, by in others:
        stands, own = facts[by], facts[row]
        told = (stands["channel_id"], stands["author_id"] or "", str(stands["timestamp"]))
        renamed[by] = f"{stands['message_id']}~{digest(*told)}"
        answers[own["source_file"], own["channel_id"]][own["message_id"]] = renamed[by]
    return renamed, answers


def _taken(stored: Stored, rows: Rows, columns: Sequence[str]) -> Iterator[pa.Table]:
    start = 0
    for group in stored.groups(columns):
        low, high = np.searchsorted(rows, [start, start + group.num_rows])
        if low < high:
            yield group.take(pa.array(rows[low:high] - start))
        start += group.num_rows
