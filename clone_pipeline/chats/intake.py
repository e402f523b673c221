"""What parsers give -> the table of messages: whose it is, masked, in the project's time."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from clone_pipeline.chats.accounts import Names
from clone_pipeline.chats.columns import Columns, Times, Where, Who, strings
from clone_pipeline.chats.identifiers import masked_message_id, masked_name
from clone_pipeline.chats.looking import looked, only_links
from clone_pipeline.chats.personal_places import ChatMasks
from clone_pipeline.records import MESSAGES, TIME, Message, to_table
from clone_pipeline.tables import Growing, of_columns

# Stored as dictionaries: columns in which values come again and again.
REPETITIVE = (
    *("platform", "channel_id", "channel", "author_id", "author", "persona", "kind"),
    *("source_file", "conversation"),
)
# Some programs write the first or the last time that they can tell for one that they do not know.
_FIRST, _LAST = np.datetime64("0001-01-03", "us"), np.datetime64("9999-12-29", "us")


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
        masks: ChatMasks,
        zone: ZoneInfo | None = None,
    ) -> None:
        """Add messages of one file; `zone` is that of times which have none of their own."""
        batch = replace(batch, times=self._possible(batch.times, source_file))
        edited = np.flatnonzero(~np.isnat(batch.edited))
        self.edited.append((edited + self._table.rows, batch.edited[edited]))
        hashes = map(hash, batch.message_id.to_pylist())
        self.hashes.append(np.fromiter(hashes, dtype=np.int64, count=len(batch)))
        self._table.add(self._finished(batch, source_file, masks, zone))

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
        self, batch: Columns, source_file: str, masks: ChatMasks, zone: ZoneInfo | None
    ) -> pa.Table:
        people = [self._person(batch.platform, who) for who in batch.who]
        channels = [self._channel(batch.platform, where) for where in batch.where]
        texts, kinds = _masked(looked(batch, masks.look), masks)
        size = len(batch)
        conversation = pa.nulls(size, pa.string())
        if batch.conversation:
            shown = [each and masked_name(each, self._mask) for each in batch.conversation]
            conversation = pa.array(shown, pa.string())
        return of_columns(
            {
                "message_id": self._shown_ids(batch),
                "platform": pa.repeat(batch.platform, size),
                "channel_id": _spread([each[0] for each in channels], batch.where_codes),
                "channel": _spread([each[1] for each in channels], batch.where_codes),
                "timestamp": _utc(batch.times, zone),
                "author_id": _spread([each[1] for each in people], batch.who_codes),
                "author": _spread([each[2] for each in people], batch.who_codes),
                "persona": _spread([each[0] for each in people], batch.who_codes),
                "kind": kinds,
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

    def _shown_replies(self, batch: Columns) -> pa.StringArray:
        if batch.numbered:
            return batch.reply_to
        return strings(each and self._shown_id(each) for each in batch.reply_to.to_pylist())

    def _shown_ids(self, batch: Columns) -> pa.StringArray:
        if batch.numbered:
            return batch.message_id
        return strings(map(self._shown_id, batch.message_id.to_pylist()))

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


def _masked(batch: Columns, masks: ChatMasks) -> tuple[pa.StringArray, pa.StringArray]:
    """Texts with placeholders, and kinds: a text that is nothing but links is a link."""
    if not batch.personal:
        return batch.text, batch.kind
    places = [place for place, _ in batch.personal]
    at = pa.array(places, pa.int64())
    given = zip(batch.text.take(at).to_pylist(), batch.personal, strict=True)
    texts = [masks.replaced(text, found) for text, (_, found) in given]
    kinds = [
        "link" if kind == "text" and only_links(text) else kind
        for kind, text in zip(batch.kind.take(at).to_pylist(), texts, strict=True)
    ]
    here = np.zeros(len(batch), dtype=np.bool_)
    here[places] = True
    return (
        pc.replace_with_mask(batch.text, pa.array(here), strings(texts)),
        pc.replace_with_mask(batch.kind, pa.array(here), strings(kinds)),
    )


def _spread(values: Sequence[str | None], codes: NDArray[np.int32]) -> pa.Array:
    return pa.array(values, pa.string()).take(pa.array(codes))


def _utc(times: Times, zone: ZoneInfo | None) -> pa.Array:
    """UTC; clock times of `zone` are moved, those that a clock shows twice to the earlier one."""
    given = pa.array(times)
    if zone is None:
        return given.cast(pa.timestamp("us")).cast(TIME)
    local = pc.assume_timezone(given, str(zone), ambiguous="earliest", nonexistent="latest")
    return local.cast(TIME)
