"""Messages of one file as columns: what parsers give, some thousands of messages at a time."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

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
    """

    platform: str
    message_id: list[str]
    times: Times
    edited: Times
    who: list[Who]
    who_codes: Codes
    where: list[Where]
    where_codes: Codes
    kind: list[str]
    text: list[str]
    reply_to: list[str | None]
    conversation: list[str | None] | None
    numbered: bool

    def __len__(self) -> int:
        """How many messages there are."""
        return len(self.message_id)


def of_messages(messages: Iterable[Message]) -> Iterator[Columns]:
    """The messages of one file, which are of one platform, `ROWS` at a time."""
    for rows in gathered(messages, most=ROWS):
        yield _columns(rows)


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
        message_id=[message.message_id for message in rows],
        times=times_of([message.timestamp for message in rows]),
        edited=times_of([message.edited for message in rows]),
        who=who,
        who_codes=who_codes,
        where=where,
        where_codes=where_codes,
        kind=[message.kind for message in rows],
        text=[message.text for message in rows],
        reply_to=[message.reply_to for message in rows],
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
    for place, message_id in enumerate(batch.message_id):
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
            kind=cast(Kind, batch.kind[place]),
            text=batch.text[place],
            reply_to=batch.reply_to[place],
            source_file=source_file,
            conversation=batch.conversation[place] if batch.conversation else None,
            login=who.login,
            edited=edited[place],
        )


def _plain_times(times: Times) -> list[datetime | None]:
    return [each and each.replace(tzinfo=UTC) for each in times.tolist()]
