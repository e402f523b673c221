"""The journal of model answers: what was paid for is never lost and never asked again.

A SQLite file in WAL mode with synchronous=FULL (https://www.sqlite.org/pragma.html): a committed
answer survives kill -9 and a power cut. Answers that arrive together are committed together by
one thread, so that sixty slots do not pay for sixty disk flushes. Several processes may open it;
each waits for the other's commit, which takes milliseconds.
"""

import dataclasses
import hashlib
import queue
import sqlite3
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import orjson

from clone_pipeline.llm.asking import Request
from clone_pipeline.settings import Fault, FaultyInput

_SCHEMA = """
create table if not exists answers (
    key text primary key, host text not null, request text not null, reply text not null,
    created text not null
)
"""
_PUT = "insert or ignore into answers (key, host, request, reply, created) values (?, ?, ?, ?, ?)"


def key(request: Request, *, answer_format: str) -> str:
    """The digest of all that determines the answer; neither the host nor the key is part of it.

    Args:
        request: what is asked, the vote's number included.
        answer_format: the endpoint's way of answering, such as "chat".
    """
    return hashlib.sha256(_as_json(request, answer_format)).hexdigest()


@dataclass(frozen=True, slots=True)
class _Entry:
    row: tuple[str, str, str, str, str]
    stored: Future[None]


class Journal:
    """Answers by key, in one file; `with Journal(path) as journal` closes it whole.

    Args:
        path: the file; it and its folder are made if absent.
        wait_seconds: how long to wait for another process that is writing.

    Raises:
        FaultyInput: the file is no journal or can't be opened.
    """

    def __init__(self, path: Path, *, wait_seconds: float = 600.0) -> None:
        self.path = path
        self._lock = threading.Lock()
        self._waiting: queue.SimpleQueue[_Entry | None] = queue.SimpleQueue()
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            writing = _open(path, wait_seconds)
            self._reading = _open(path, wait_seconds)
        except sqlite3.DatabaseError as error:
            fix = "Move the file away (its answers will be asked for again) or free the disk."
            raise FaultyInput([Fault(str(path), str(error), fix)]) from error
        self._writer = threading.Thread(
            target=_write_all, args=(writing, self._waiting), name="journal", daemon=True
        )
        self._writer.start()

    def get(self, key: str) -> str | None:
        """The endpoint's reply as it came, JSON; None if this was never answered."""
        row = self._first("select reply from answers where key = ?", key)
        return row[0] if row else None

    def put(
        self, key: str, request: Request, reply_json: str, *, answer_format: str = "chat",
        host: str = "",
    ) -> Future[None]:  # fmt: skip
        """Keep an exchange. It is durable once the future has a result: wait for that.

        If the key is already there, the answer that was first stays.
        """
        if not self._writer.is_alive():
            raise RuntimeError(f"the journal {self.path} is closed")
        row = (key, host, _as_json(request, answer_format).decode(), reply_json, _now())
        entry = _Entry(row, Future())
        self._waiting.put(entry)
        return entry.stored

    def exchange(self, key: str) -> tuple[dict[str, Any], dict[str, Any]] | None:
        """The request and the reply of `key`, for a person who wants to see what was said."""
        row = self._first("select request, reply from answers where key = ?", key)
        return (orjson.loads(row[0]), orjson.loads(row[1])) if row else None

    def __len__(self) -> int:
        return int(self._first("select count(*) from answers")[0])

    def close(self) -> None:
        """Commit what was put, then close; safe to call twice."""
        if self._writer.is_alive():
            self._waiting.put(None)
            self._writer.join()
        with self._lock:
            self._reading.close()

    def _first(self, query: str, *values: str) -> Any:
        with self._lock:
            return self._reading.execute(query, values).fetchone()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def _as_json(request: Request, answer_format: str) -> bytes:
    plain = {f.name: getattr(request, f.name) for f in dataclasses.fields(request)}
    plain |= {"temperature": float(request.temperature), "top_p": float(request.top_p)}
    plain |= {"extra": dict(request.extra), "answer_format": answer_format}
    return orjson.dumps(plain, option=orjson.OPT_SORT_KEYS)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def _open(path: Path, wait_seconds: float) -> sqlite3.Connection:
    """A connection in WAL mode; switching to it does not honour the busy timeout, so try again."""
    deadline = time.monotonic() + wait_seconds
    connection = sqlite3.connect(
        path, timeout=wait_seconds, isolation_level=None, check_same_thread=False
    )
    while True:
        try:
            for pragma in ("journal_mode=wal", "synchronous=full", "fullfsync=on"):
                connection.execute(f"pragma {pragma}")
            connection.execute(_SCHEMA)
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        else:
            return connection


def _write_all(connection: sqlite3.Connection, waiting: "queue.SimpleQueue[_Entry | None]") -> None:
    """Commit all that has arrived, then tell those who wait; again until None arrives."""
    for batch, is_last in _batches(waiting):
        told = [entry for entry in batch if entry.stored.set_running_or_notify_cancel()]
        try:
            with _transaction(connection):
                connection.executemany(_PUT, [entry.row for entry in batch])
        except sqlite3.Error as error:
            for entry in told:
                entry.stored.set_exception(error)
        else:
            for entry in told:
                entry.stored.set_result(None)
        if is_last:
            connection.close()
            return


def _batches(
    waiting: "queue.SimpleQueue[_Entry | None]",
) -> Iterator[tuple[list[_Entry], bool]]:
    while True:
        arrived = [waiting.get()]
        while not waiting.empty():
            arrived.append(waiting.get_nowait())
        yield [entry for entry in arrived if entry is not None], None in arrived


@contextmanager
def _transaction(connection: sqlite3.Connection) -> Iterator[None]:
    connection.execute("begin immediate")
    try:
        yield
        connection.execute("commit")
    except sqlite3.Error:
        connection.execute("rollback")
        raise
