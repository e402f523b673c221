"""Batches that were sent to an endpoint and are not over, and the requests that wait in them.

All that a later run needs to find a batch again and to keep its answers is in the journal's file
before the batch exists. A batch is known by its mark, which it carries at the endpoint too.
"""

import asyncio
import fcntl
import sqlite3
import time
from collections.abc import AsyncIterator, Sequence
from concurrent.futures import Future
from contextlib import asynccontextmanager
from dataclasses import dataclass

from clone_pipeline.llm.asking import Request
from clone_pipeline.llm.journal import Journal, plain_of
from clone_pipeline.llm.journal_packing import Packed, pack
from clone_pipeline.llm.journal_rows import (
    Answered,
    label_id,
    request_id,
    shown_key,
    stored_key,
    write_reply,
)

_LOCK_SECONDS = 0.05  # between two looks whether another process is done
_AWAIT = """
insert into awaited values (?, ?, ?, ?, ?) on conflict do update set batch = excluded.batch
    where (select host from batches where mark = awaited.batch) is not ?
"""


@dataclass(frozen=True, slots=True)
class OpenBatch:
    """A batch that is not over.

    Attributes:
        mark: its name here, and in its metadata at the endpoint.
        batch_id: the endpoint's name for it; None until it is known to exist.
        created: when it was begun, in seconds since 1970.
    """

    mark: str
    batch_id: str | None
    created: float


@dataclass(frozen=True, slots=True)
class Question:
    """A request on its way into a batch."""

    key: str
    request: Request
    answer_format: str


def begin(
    journal: Journal, mark: str, host: str, questions: Sequence[Question]
) -> Future[set[str]]:
    """Keep what a batch will hold, before it is sent.

    Returns:
        The keys that belong to it: not those that another batch at `host` holds, nor those that
        were answered.
    """
    rows = [
        (stored_key(q.key), pack(plain_of(q.request, q.answer_format)), q.request.step)
        for q in questions
    ]
    return journal.write(lambda connection: _begin(connection, mark, host, rows))


def _begin(
    connection: sqlite3.Connection, mark: str, host: str,
    rows: Sequence[tuple[bytes | str, Packed, str]],
) -> set[str]:  # fmt: skip
    begun = (mark, host, None, time.time_ns() // 1_000_000)
    connection.execute("insert into batches values (?, ?, ?, ?)", begun)
    taken = set()
    for key, packed, step in rows:
        if connection.execute("select 1 from exchanges where key = ?", (key,)).fetchone():
            continue
        request, label = (
            request_id(connection, packed),
            label_id(connection, step, packed.model, host),
        )
        row = (key, mark, request, packed.vote, label)
        if connection.execute(_AWAIT, (*row, host)).rowcount:
            taken.add(shown_key(key))
    return taken


def name(journal: Journal, mark: str, batch_id: str) -> Future[None]:
    """Keep the endpoint's name of a batch."""
    query = "update batches set batch_id = ? where mark = ?"
    return journal.write(lambda connection: _run(connection, query, batch_id, mark))


def _run(connection: sqlite3.Connection, query: str, *values: str) -> None:
    connection.execute(query, values)


def open_batches(journal: Journal, host: str) -> list[OpenBatch]:
    """The batches at `host` that are not over, the oldest first."""
    query = "select mark, batch_id, created from batches where host = ? order by created"
    return [
        OpenBatch(mark, batch_id, created / 1000)
        for mark, batch_id, created in journal.read(query, host)
    ]


def awaited(journal: Journal, mark: str) -> list[str]:
    """The keys in a batch that are not answered yet."""
    rows = journal.read("select key from awaited where batch = ?", mark)
    return [shown_key(row[0]) for row in rows]


def is_awaited(journal: Journal, key: str, host: str) -> bool:
    """Whether a batch at `host` that is not over holds this question."""
    query = "select 1 from awaited join batches on batch = mark where key = ? and host = ?"
    return bool(journal.read(query, stored_key(key), host))


def is_unnamed(journal: Journal, mark: str) -> bool:
    """Whether a batch was begun, but is not known to exist."""
    return bool(journal.read("select 1 from batches where mark = ? and batch_id is null", mark))


def model_of(journal: Journal, mark: str) -> str:
    """The model that a batch asks; empty if it holds nothing any more."""
    query = "select model from awaited join labels on label = id where batch = ? limit 1"
    rows = journal.read(query, mark)
    return str(rows[0][0]) if rows else ""


def keep(journal: Journal, mark: str, answers: Sequence[Answered]) -> Future[list[Answered]]:
    """Move answered questions of a batch to the exchanges, in one transaction.

    Returns:
        Those that were still awaited: what another process kept before is not counted again.
    """
    return journal.write(lambda connection: _keep(connection, mark, answers))


def _keep(connection: sqlite3.Connection, mark: str, answers: Sequence[Answered]) -> list[Answered]:
    kept = []
    for answer in answers:
        key = stored_key(answer.key)
        query = "delete from awaited where key = ? and batch = ? returning request, vote, label"
        if rows := connection.execute(query, (key, mark)).fetchall():
            request, vote, label = rows[0]
            write_reply(connection, key, request, vote, label, answer)
            kept.append(answer)
    return kept


def end(journal: Journal, mark: str) -> Future[None]:
    """Forget a batch that is over, and what it left unanswered."""
    return journal.write(lambda connection: _end(connection, mark))


def _end(connection: sqlite3.Connection, mark: str) -> None:
    connection.execute("delete from awaited where batch = ?", (mark,))
    connection.execute("delete from batches where mark = ?", (mark,))


@asynccontextmanager
async def submitting(journal: Journal, *, wait: bool = True) -> AsyncIterator[bool]:
    """Hold the lock under which batches are begun, sent and named.

    Who holds it knows that a batch without a name is of a process that is gone. The lock is free
    again when its holder is gone, however it went.

    Yields:
        Whether it is held; always so if `wait`.
    """
    with journal.path.with_name(f"{journal.path.name}.batch").open("a") as file:
        held = _locked(file.fileno())
        while wait and not held:
            await asyncio.sleep(_LOCK_SECONDS)
            held = _locked(file.fileno())
        yield held


def _locked(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
