"""The one thread of a journal that writes: what arrives together is committed together."""

import queue
import sqlite3
import threading
import zlib
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from clone_pipeline.llm.journal_file import fault, transaction

Made = TypeVar("Made")
_NO_ROW = (ArithmeticError, TypeError, ValueError)  # what was submitted can't be a row of a table


@dataclass(frozen=True, slots=True)
class _Work:
    do: Callable[[sqlite3.Connection], Any]
    done: "Future[Any]"


class Writer:
    """Runs what it is given in transactions of its own connection, in order.

    So sixty slots do not pay for sixty disk flushes.

    Args:
        connection: used by nobody else.
        path: named in messages.
    """

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self._path = path
        self._arrived: queue.SimpleQueue[_Work | None] = queue.SimpleQueue()
        self._thread = threading.Thread(
            target=self._write_all, args=(connection,), name="journal", daemon=True
        )
        self._thread.start()

    def submit(self, do: Callable[[sqlite3.Connection], Made]) -> "Future[Made]":
        """Have `do` run in a transaction; its result is there once that is committed.

        The future gets a `FaultyInput` if the file can't be written, or what `do` raises; then
        nothing was written for it, but what was submitted beside it is.
        """
        if not self._thread.is_alive():
            raise RuntimeError(f"the journal {self._path} is closed")
        work = _Work(do, Future())
        self._arrived.put(work)
        return work.done

    def close(self) -> None:
        """Commit what was submitted and close the connection; safe to call twice."""
        if self._thread.is_alive():
            self._arrived.put(None)
            self._thread.join()

    def _write_all(self, connection: sqlite3.Connection) -> None:
        for group, is_last in self._groups():
            for work in group:
                work.done.set_running_or_notify_cancel()
            self._write(connection, group)
            if is_last:
                connection.close()
                return

    def _write(self, connection: sqlite3.Connection, group: list[_Work]) -> None:
        """Write works together; where one of them can't be written, the others all the same."""
        try:
            with transaction(connection):
                made = [work.do(connection) for work in group]
        except (sqlite3.Error, zlib.error, *_NO_ROW) as error:
            if len(group) > 1 and not isinstance(error, sqlite3.OperationalError):
                for work in group:
                    self._write(connection, [work])
                return
            for work in group:
                if not work.done.cancelled():
                    work.done.set_exception(self._told(error))
        else:
            for work, result in zip(group, made, strict=True):
                if not work.done.cancelled():
                    work.done.set_result(result)

    def _told(self, error: Exception) -> Exception:
        return error if isinstance(error, _NO_ROW) else fault(self._path, error)

    def _groups(self) -> Iterator[tuple[list[_Work], bool]]:
        while True:
            arrived = [self._arrived.get()]
            while not self._arrived.empty():
                arrived.append(self._arrived.get_nowait())
            yield [work for work in arrived if work is not None], None in arrived
