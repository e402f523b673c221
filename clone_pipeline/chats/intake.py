"""What parsers give -> the table of messages: whose it is, masked, in the project's time."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from clone_pipeline.chats.accounts import Names
from clone_pipeline.chats.columns import ROWS, Columns, Times, Where, Who
from clone_pipeline.chats.identifiers import masked_message_id, masked_name
from clone_pipeline.records import MESSAGES, TIME, Message, to_table
from clone_pipeline.tables import Growing, of_columns

MaskTexts = Callable[[Sequence[str]], list[str]]

# Stored as dictionaries: columns in which values come again and again.
REPETITIVE = (
    *("platform", "channel_id", "channel", "author_id", "author", "persona", "kind"),
    *("source_file", "conversation"),
)
# Some programs write the first or the last time that they can tell for one that they do not know.
_FIRST, _LAST = np.datetime64("0001-01-03", "us"), np.datetime64("9999-12-29", "us")
_LINK_STARTS = frozenset("hHwW< \t\n\r\v\f")
_ONLY_LINKS = re.compile(r"(?:<?(?:https?://|www\.)\S+(?:\s+|\Z))+\Z", re.IGNORECASE)


class Intake:
    """Takes messages into a table, and remembers of each what merging needs: 8 bytes.

    Attributes:
        hashes: of the message ids, one array a batch, in the table's order.
        edited: rows and times of the messages that were edited, one pair a batch.
        impossible: how many messages of each file have a time that no calendar has.
    """

    def __init__(self, table: Growing, names: Names, mask: Callable[[str], str]) -> None:
        self._table = table
        self._names = names
        self._mask = mask
        self._people: dict[tuple[str, Who], tuple[str | None, str, str]] = {}
        self._channels: dict[tuple[str, Where], tuple[str, str]] = {}
        self._ids: dict[str, str] = {}
        self._taken: set[str] = set()
        self.hashes: list[NDArray[np.int64]] = []
        self.impossible: Counter[str] = Counter()
        self.edited: list[tuple[NDArray[np.int64], Times]] = []

    def take(
        self,
        batch: Columns,
        *,
        source_file: str,
        mask_texts: MaskTexts,
        zone: ZoneInfo | None = None,
    ) -> None:
        """Add messages of one file; `zone` is that of times which have none of their own."""
        batch = replace(batch, times=self._possible(batch.times, source_file))
        edited = np.flatnonzero(~np.isnat(batch.edited))
        self.edited.append((edited + self._table.rows, batch.edited[edited]))
        hashes = map(hash, batch.message_id)
        self.hashes.append(np.fromiter(hashes, dtype=np.int64, count=len(batch)))
        self._table.add(self._finished(batch, source_file, mask_texts, zone))

    def _possible(self, times: Times, source_file: str) -> Times:
        """The times; those that no calendar has are unknown."""
        impossible = (times < _FIRST) | (times > _LAST)
        if impossible.any():
            self.impossible[source_file] += int(impossible.sum())
            times = np.where(impossible, np.datetime64("NaT"), times)
        return times

    def take_masked(self, messages: Sequence[Message]) -> None:
        """Add messages that are finished already."""
        ids = map(hash, [each.message_id for each in messages])
        self.hashes.append(np.fromiter(ids, dtype=np.int64, count=len(messages)))
        self._table.add(to_table(messages, MESSAGES))

    def _finished(
        self, batch: Columns, source_file: str, mask_texts: MaskTexts, zone: ZoneInfo | None
    ) -> pa.Table:
        people = [self._person(batch.platform, who) for who in batch.who]
        channels = [self._channel(batch.platform, where) for where in batch.where]
        texts = mask_texts(batch.text)
        size = len(batch)
        conversation = pa.nulls(size, pa.string())
        if batch.conversation:
            shown = [each and masked_name(each, self._mask) for each in batch.conversation]
            conversation = pa.array(shown, pa.string())
        return of_columns(
            {
                "message_id": self._shown_ids(batch.message_id, numbered=batch.numbered),
                "platform": pa.repeat(batch.platform, size),
                "channel_id": _spread([each[0] for each in channels], batch.where_codes),
                "channel": _spread([each[1] for each in channels], batch.where_codes),
                "timestamp": _utc(batch.times, zone),
                "author_id": _spread([each[1] for each in people], batch.who_codes),
                "author": _spread([each[2] for each in people], batch.who_codes),
                "persona": _spread([each[0] for each in people], batch.who_codes),
                "kind": _kinds(batch.kind, texts),
                "text": texts,
                "reply_to": self._shown_replies(batch),
                "source_file": pa.repeat(masked_name(source_file, self._mask), size),
                "conversation": conversation,
            },
            MESSAGES,
        )

    def _person(self, platform: str, who: Who) -> tuple[str | None, str, str]:
        key = (platform, who)
        if key not in self._people:
            self._people[key] = self._names.of(platform, *who)
        return self._people[key]

    def _channel(self, platform: str, where: Where) -> tuple[str, str]:
        key = (platform, where)
        if key not in self._channels:
            self._channels[key] = self._names.channel(platform, *where)
        return self._channels[key]

    def _shown_replies(self, batch: Columns) -> list[str | None]:
        if batch.numbered:
            return batch.reply_to
        return [each and self._shown_id(each) for each in batch.reply_to]

    def _shown_ids(self, ids: Sequence[str], *, numbered: bool) -> Sequence[str]:
        return ids if numbered else [self._shown_id(each) for each in ids]

    def _shown_id(self, message_id: str) -> str:
        """The id with masks: equal ids stay equal, different ones different."""
        if message_id in self._ids:
            return self._ids[message_id]
        masked = masked_message_id(message_id, self._mask)
        if masked == message_id:
            return message_id
        free, number = masked, 1
        while free in self._taken:
            number += 1
            free = f"{masked}~{number}"
        self._taken.add(free)
        self._ids[message_id] = free
        return free


def larger(batches: Iterable[Columns]) -> Iterator[Columns]:
    """The batches of one file, joined until they hold `ROWS` messages.

    Those before an error come before it is raised.
    """
    waiting: list[Columns] = []
    rows = 0
    error: Exception | None = None
    try:
        for batch in batches:
            waiting.append(batch)
            rows += len(batch)
            if rows >= ROWS:
                yield _joined(waiting)
                waiting, rows = [], 0
    except Exception as told:  # noqa: BLE001, raised again below
        error = told
    if waiting:
        yield _joined(waiting)
    if error:
        raise error


def _joined(batches: Sequence[Columns]) -> Columns:
    if len(batches) == 1:
        return batches[0]
    who = np.cumsum([0, *(len(batch.who) for batch in batches)])
    where = np.cumsum([0, *(len(batch.where) for batch in batches)])
    conversations = [batch.conversation or [None] * len(batch) for batch in batches]
    given = any(batch.conversation for batch in batches)
    return replace(
        batches[0],
        message_id=[each for batch in batches for each in batch.message_id],
        times=np.concatenate([batch.times for batch in batches]),
        edited=np.concatenate([batch.edited for batch in batches]),
        who=[each for batch in batches for each in batch.who],
        who_codes=_codes(batch.who_codes + at for batch, at in zip(batches, who, strict=False)),
        where=[each for batch in batches for each in batch.where],
        where_codes=_codes(
            batch.where_codes + at for batch, at in zip(batches, where, strict=False)
        ),
        kind=[each for batch in batches for each in batch.kind],
        text=[each for batch in batches for each in batch.text],
        reply_to=[each for batch in batches for each in batch.reply_to],
        conversation=[each for listed in conversations for each in listed] if given else None,
        numbered=all(batch.numbered for batch in batches),
    )


def _codes(parts: Iterable[NDArray[np.int64]]) -> NDArray[np.int32]:
    return np.concatenate(list(parts)).astype(np.int32)


def _spread(values: Sequence[str | None], codes: NDArray[np.int32]) -> pa.Array:
    return pa.array(values, pa.string()).take(pa.array(codes))


def _utc(times: Times, zone: ZoneInfo | None) -> pa.Array:
    """UTC; clock times of `zone` are moved, those that a clock shows twice to the earlier one."""
    given = pa.array(times)
    if zone is None:
        return given.cast(pa.timestamp("us")).cast(TIME)
    local = pc.assume_timezone(given, str(zone), ambiguous="earliest", nonexistent="latest")
    return local.cast(TIME)


def _kinds(kinds: Sequence[str], texts: Sequence[str]) -> Sequence[str]:
    """The kinds; a text that is nothing but links is a link."""
    linked = [
        place
        for place, text in enumerate(texts)
        if text[:1] in _LINK_STARTS and _ONLY_LINKS.match(text.strip())
    ]
    changed = list(kinds)
    for place in linked:
        if changed[place] == "text":
            changed[place] = "link"
    return changed
