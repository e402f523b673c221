"""Messages of one file as columns: what parsers give, some thousands of messages at a time."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import NamedTuple, TypeVar, cast

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from clone_pipeline.chats.personal_places import Places
from clone_pipeline.records import Kind, Message

Times = NDArray[np.datetime64]
Codes = NDArray[np.int32]

Value = TypeVar("Value")

ROWS = 4096


class Who(NamedTuple):
    """An author as the export has them."""

    author_id: str
    author: str
    login: str


class Where(NamedTuple):
    """A channel as the export has it."""

    channel_id: str
    channel: str


@dataclass(frozen=True, slots=True)
class Columns:
    """Messages of one file, in its order; all columns are of equal length.

    Attributes:
        message_id: `<platform>:<own id>`.
        times: UTC in microseconds, NaT where unknown.
        edited: the same for the last edit.
        who: the distinct authors; `who_codes` are places in it.
        where: the distinct channels; `where_codes` are places in it.
        numbered: whether every id is a number that a platform gave: nothing personal.
        personal: the places of texts that hold personal data, and where; None before `looked`.
    """

    platform: str
    message_id: pa.StringArray
    times: Times
    edited: Times
    who: list[Who]
    who_codes: Codes
    where: list[Where]
    where_codes: Codes
    kind: pa.StringArray
    text: pa.StringArray
    reply_to: pa.StringArray
    conversation: list[str | None] | None
    numbered: bool
    personal: Places | None = None

    def __len__(self) -> int:
        """How many messages there are."""
        return len(self.message_id)


def of_messages(messages: Iterable[Message]) -> Iterator[Columns]:
    """The messages of one file, which are of one platform, `ROWS` at a time."""
    for rows in gathered(messages, most=ROWS):
        yield _columns(rows)


def joined(batches: Sequence[Columns]) -> Columns:
    """One after the other, as one; at least one, all of one platform and not looked at yet."""
    who, where = [0], [0]
    for batch in batches:
        who.append(who[-1] + len(batch.who))
        where.append(where[-1] + len(batch.where))
    conversations = [batch.conversation or [None] * len(batch) for batch in batches]
    given = any(batch.conversation for batch in batches)
    return replace(
        batches[0],
        message_id=pa.concat_arrays([batch.message_id for batch in batches]),
        times=np.concatenate([batch.times for batch in batches]),
        edited=np.concatenate([batch.edited for batch in batches]),
        who=[each for batch in batches for each in batch.who],
        who_codes=_shifted([batch.who_codes for batch in batches], who),
        where=[each for batch in batches for each in batch.where],
        where_codes=_shifted([batch.where_codes for batch in batches], where),
        kind=pa.concat_arrays([batch.kind for batch in batches]),
        text=pa.concat_arrays([batch.text for batch in batches]),
        reply_to=pa.concat_arrays([batch.reply_to for batch in batches]),
        conversation=[each for listed in conversations for each in listed] if given else None,
        numbered=all(batch.numbered for batch in batches),
    )


def _shifted(codes: Sequence[Codes], by: Sequence[int]) -> Codes:
    moved = [part + start for part, start in zip(codes, by, strict=False)]
    return np.concatenate(moved).astype(np.int32)


def strings(values: Iterable[str | None]) -> pa.StringArray:
    """The values as one column."""
    return pa.array(list(values), pa.string())


def gathered(items: Iterable[Value], *, most: int) -> Iterator[list[Value]]:
    """Lists of `most` items; those before an error come before it is raised."""
    rows: list[Value] = []
    error: Exception | None = None
    try:
        for item in items:
            rows.append(item)
            if len(rows) == most:
                yield rows
                rows = []
    except Exception as told:  # noqa: BLE001, raised again below
        error = told
    if rows:
        yield rows
    if error:
        raise error


def _columns(rows: Sequence[Message]) -> Columns:
    who, who_codes = coded([Who(m.author_id, m.author, m.login) for m in rows])
    where, where_codes = coded([Where(m.channel_id, m.channel) for m in rows])
    conversations = [message.conversation for message in rows]
    return Columns(
        platform=rows[0].platform,
        message_id=strings(message.message_id for message in rows),
        times=times_of([message.timestamp for message in rows]),
        edited=times_of([message.edited for message in rows]),
        who=who,
        who_codes=who_codes,
        where=where,
        where_codes=where_codes,
        kind=strings(message.kind for message in rows),
        text=strings(message.text for message in rows),
        reply_to=strings(message.reply_to for message in rows),
        conversation=conversations if any(conversations) else None,
        numbered=False,
    )


def coded(values: Sequence[Value]) -> tuple[list[Value], Codes]:
    """The distinct values in order of appearance, and the place of each value among them."""
    places: dict[Value, int] = {}
    codes = [places.setdefault(value, len(places)) for value in values]
    return list(places), np.array(codes, dtype=np.int32)


def times_of(times: list[datetime | None]) -> Times:
    """UTC in microseconds; NaT for None."""
    naive = [None if time is None else time.replace(tzinfo=None) for time in times]
    return np.array(naive, dtype="datetime64[us]")


def messages_of(batch: Columns, *, source_file: str) -> Iterator[Message]:
    """The messages of the columns, one by one."""
    times, edited = _plain_times(batch.times), _plain_times(batch.edited)
    kinds, texts, answered = (
        column.to_pylist() for column in (batch.kind, batch.text, batch.reply_to)
    )
    for place, message_id in enumerate(batch.message_id.to_pylist()):
        who, where = batch.who[batch.who_codes[place]], batch.where[batch.where_codes[place]]
        yield Message(
            message_id=message_id,
            platform=batch.platform,
            channel_id=where.channel_id,
            channel=where.channel,
            timestamp=times[place],
            author_id=who.author_id,
            author=who.author,
            persona=None,
            kind=cast(Kind, kinds[place]),
            text=texts[place],
            reply_to=answered[place],
            source_file=source_file,
            conversation=batch.conversation[place] if batch.conversation else None,
            login=who.login,
            edited=edited[place],
        )


def _plain_times(times: Times) -> list[datetime | None]:
    return [each and each.replace(tzinfo=UTC) for each in times.tolist()]
