"""Overlapping exports: which rows of the table are the same message, and which version stays."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
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
        answers: {source file: {id: other id}} for replies in the same file.
    """

    dropped: Rows = field(default_factory=lambda: np.array([], dtype=np.int64))
    renamed: Mapping[int, str] = field(default_factory=dict)
    answers: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

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
    borders = np.flatnonzero(np.diff(hashes[order])) + 1
    dropped: list[int] = []
    others: list[int] = []
    for group in np.split(order, borders):
        standing = _standing(group.tolist(), facts, late, dropped)
        others += standing[1:]
    renamed, answers = _named(stored, rows[np.sort(np.array(others, dtype=np.int64))])
    return Merge(np.sort(rows[np.array(dropped, dtype=np.int64)]), renamed, answers)


def _standing(
    group: list[int], facts: _Facts, late: Mapping[int, int], dropped: list[int]
) -> list[int]:
    """The places of the different messages among rows of one id; versions that go are dropped."""
    standing: list[int] = []
    for place in group:
        for number, other in enumerate(standing):
            if _same(other, place, facts):
                newer = late.get(place, _NEVER) >= late.get(other, _NEVER)
                stays = newer and facts.times[place] != _NO_TIME
                dropped.append(other if stays else place)
                standing[number] = place if stays else other
                break
        else:
            standing.append(place)
    return standing


def _same(one: int, other: int, facts: _Facts) -> bool:
    """Whether equal ids mean one message; files of two chats may number their messages alike."""
    same_channel = facts.channels[one] == facts.channels[other]
    if same_channel and not facts.neutral[one]:
        return True
    where = same_channel or facts.times[one] != _NO_TIME
    same = facts.authors[one] == facts.authors[other] and facts.times[one] == facts.times[other]
    return bool(where and same)


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
        sources = group["source_file"].to_pylist()
        answers = group["reply_to"].to_pylist()
        told = [
            answer and merge.answers.get(source, {}).get(answer, answer)
            for source, answer in zip(sources, answers, strict=True)
        ]
        place = group.schema.get_field_index("reply_to")
        group = group.set_column(place, group.schema.field(place), pa.array(told, pa.string()))
    return group


def _edits(rows: Rows, edited: Sequence[tuple[Rows, Times]]) -> dict[int, int]:
    """When the rows were edited, by their place among `rows`; microseconds."""
    found: dict[int, int] = {}
    for places, times in edited:
        wanted = np.isin(places, rows, assume_unique=True)
        at = np.searchsorted(rows, places[wanted])
        found.update(zip(at.tolist(), times[wanted].astype(np.int64).tolist(), strict=True))
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


def _named(stored: Stored, rows: Rows) -> tuple[dict[int, str], dict[str, dict[str, str]]]:
    """New ids for rows whose id another chat's message has, and the same for replies to them."""
    renamed: dict[int, str] = {}
    answers: dict[str, dict[str, str]] = defaultdict(dict)
    start = 0
    for table in _taken(stored, rows, ("message_id", "source_file")):
        ids, sources = table["message_id"].to_pylist(), table["source_file"].to_pylist()
        for row, own, source in zip(rows[start:].tolist(), ids, sources, strict=False):
            renamed[row] = answers[source][own] = f"{own}~{digest(source)}"
        start += len(ids)
    return renamed, answers


def _taken(stored: Stored, rows: Rows, columns: Sequence[str]) -> Iterator[pa.Table]:
    start = 0
    for group in stored.groups(columns):
        low, high = np.searchsorted(rows, [start, start + group.num_rows])
        if low < high:
            yield group.take(pa.array(rows[low:high] - start))
        start += group.num_rows


def writers(stored: Stored) -> Counter[tuple[str, str | None, str]]:
    """How many messages each has written, by platform, persona's key and shown name."""
    columns = ["platform", "persona", "author"]
    found: Counter[tuple[str, str | None, str]] = Counter()
    for group in stored.groups(columns):
        counts = group.group_by(columns).aggregate([([], "count_all")])
        for row in counts.to_pylist():
            found[row["platform"], row["persona"], row["author"] or ""] += row["count_all"]
    return found


def weeks(stored: Stored) -> dict[str, dict[np.datetime64, int]]:
    """Messages a week by persona's key, or "others"; those without a time are left out."""
    counts: dict[str, dict[np.datetime64, int]] = defaultdict(lambda: defaultdict(int))
    for group in stored.groups(["timestamp", "persona"], dictionaries=["persona"]):
        table = group.filter(pc.is_valid(group["timestamp"]))
        persona = pc.fill_null(table["persona"].cast(pa.string()), "others")
        days = table["timestamp"].cast(pa.timestamp("us")).to_numpy().astype("datetime64[D]")
        week = (days.astype(np.int64) + 3) // 7
        for name in pc.unique(persona).to_pylist():
            ours = pc.equal(persona, name).to_numpy()
            for number, count in zip(*np.unique(week[ours], return_counts=True), strict=True):
                counts[name][np.datetime64(int(number) * 7 + 3, "D")] += int(count)
    return counts
