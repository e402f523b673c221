"""The journal of model answers: what was paid for is never lost and never asked again.

One SQLite file, written by one thread (`journal_writing`) in a compact form (`journal_packing`).
Several processes may open it; each waits for the other's commit of milliseconds.
"""

import dataclasses
import hashlib
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

import orjson

from clone_pipeline.funnel import Usage
from clone_pipeline.llm import journal_file
from clone_pipeline.llm.asking import Request
from clone_pipeline.llm.journal_packing import decompress, pack, unpack
from clone_pipeline.llm.journal_rows import Row, Spent, remember, stored_key, write_exchanges
from clone_pipeline.llm.journal_writing import Writer

Made = TypeVar("Made")
_SPENT = """
select total(requests), total(prompt_tokens), total(completion_tokens), total(cost) from ledger
"""
_REQUEST = """
select skeleton, vote, reply from exchanges join requests on requests.id = request where key = ?
"""


def key(request: Request, *, answer_format: str) -> str:
    """The digest of all that determines the answer; neither host, API key nor step is part of it.

    Args:
        request: what is asked, the vote's number included.
        answer_format: the endpoint's way of answering, such as "chat".
    """
    plain = plain_of(request, answer_format)
    return hashlib.sha256(orjson.dumps(plain, option=orjson.OPT_SORT_KEYS)).hexdigest()


def plain_of(request: Request, answer_format: str) -> dict[str, Any]:
    """All that determines the answer, as JSON can hold it."""
    plain = {f.name: getattr(request, f.name) for f in dataclasses.fields(request) if f.compare}
    numbers = {"temperature": float(request.temperature), "top_p": float(request.top_p)}
    return plain | numbers | {"extra": dict(request.extra), "answer_format": answer_format}


@dataclass(frozen=True, slots=True)
class Entry:
    """One exchange; see `Journal.put`."""

    key: str
    request: Request
    reply_json: str
    answer_format: str = "chat"
    host: str = ""
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cost: float = 0.0
    requests: int = 1


class Journal:
    """Answers by key, in one file; `with Journal(path) as journal` closes it whole.

    Args:
        path: it and its folder are made if absent, an older version is taken over.
        wait_seconds: how long to wait for another process that is writing.

    Raises:
        FaultyInput: the file is no journal, is damaged or of a newer version, can't be opened.
    """

    def __init__(self, path: Path, *, wait_seconds: float = 600.0) -> None:
        self.path = path
        self._lock = threading.Lock()
        writing = journal_file.open_file(path, wait_seconds)
        self._reading = journal_file.open_file(path, wait_seconds)
        self._writer = Writer(writing, path)

    def get(self, key: str) -> str | None:
        """The endpoint's reply as it came, JSON; None if this was never answered.

        Raises:
            FaultyInput: the file is damaged; likewise all that reads.
        """
        row = self._first("select reply from exchanges where key = ?", stored_key(key))
        with journal_file.faults_of(self.path):
            return decompress(row[0]).decode() if row else None

    def put(
        self, key: str, request: Request, reply_json: str, *, answer_format: str = "chat",
        host: str = "", prompt_tokens: int = 0, completion_tokens: int = 0, cost: float = 0.0,
        requests: int = 1,
    ) -> Future[None]:  # fmt: skip
        """Keep an exchange. It is durable once the future has a result: wait for that.

        If the key is already there, the answer that was first stays, and the cost is counted.

        Args:
            key: as `key` makes it, of the same `answer_format`.
            request: what was asked; its `step` is kept beside it.
            reply_json: the endpoint's reply as it came.
            answer_format: see `key`.
            host: who answered.
            prompt_tokens: as the endpoint counted them.
            completion_tokens: likewise.
            cost: money paid for it.
            requests: how many were sent for it; 0 for a further choice of one request.

        Returns:
            A future that gets a `FaultyInput` if nothing can be written.
        """
        spent = (prompt_tokens, completion_tokens, cost, requests)
        return self.put_many([Entry(key, request, reply_json, answer_format, host, *spent)])

    def put_many(self, entries: Sequence[Entry]) -> Future[None]:
        """Keep several exchanges in one transaction: all of them, or none."""
        rows = [_row(entry) for entry in entries]
        return self.write(lambda connection: write_exchanges(connection, rows))

    def exchange(self, key: str) -> tuple[dict[str, Any], dict[str, Any]] | None:
        """The request and the reply of `key`, for a person who wants to see what was said."""
        row = self._first(_REQUEST, stored_key(key))
        if row is None:
            return None
        with journal_file.faults_of(self.path):
            skeleton, vote, reply = decompress(row[0]), row[1], decompress(row[2])
        return unpack(skeleton, vote, self._text), orjson.loads(reply)

    def _text(self, number: int) -> bytes:
        row = self._first("select content from texts where id = ?", number) or (b"",)
        with journal_file.faults_of(self.path):
            return decompress(row[0])

    def remember(self, name: str, value: str) -> None:
        """Keep a fact, the last of its name; durable on return, which takes a commit."""
        self.write(lambda connection: remember(connection, name, value)).result()

    def recalled(self, name: str) -> str | None:
        """What was remembered by this name; None if nothing was."""
        row = self._first("select value from facts where name = ?", name)
        return str(row[0]) if row else None

    def spent(self) -> Usage:
        """What all answers that ever came have cost, pruned ones too."""
        requests, prompt_tokens, completion_tokens, cost = self.read(_SPENT)[0]
        return Usage(int(requests), 0, int(prompt_tokens), int(completion_tokens), cost)

    def write(self, do: Callable[..., Made]) -> Future[Made]:
        """Have `do`, given the connection, run in a transaction of the writing thread."""
        return self._writer.submit(do)

    def read(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """The rows of a query; small ones only, for nothing else is read meanwhile."""
        with self._lock, journal_file.faults_of(self.path):
            return self._reading.execute(query, values).fetchall()

    def __len__(self) -> int:
        return int(self.read("select total(held) from ledger")[0][0])

    def close(self) -> None:
        """Commit what was put, then close; safe to call twice."""
        self._writer.close()
        with self._lock:
            self._reading.close()

    def _first(self, query: str, *values: object) -> Any:
        with self._lock, journal_file.faults_of(self.path):
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


def _row(entry: Entry) -> Row:
    return Row(
        stored_key(entry.key),
        pack(plain_of(entry.request, entry.answer_format)),
        entry.reply_json.encode(),
        entry.request.step,
        entry.host,
        time.time_ns() // 1_000_000,
        Spent(entry.requests, entry.prompt_tokens, entry.completion_tokens, entry.cost),
    )
