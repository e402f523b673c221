"""What lies in a journal: totals, single exchanges, all of them one after another."""

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any

import orjson

from clone_pipeline.llm.journal_packing import decompress, unpack
from clone_pipeline.llm.journal_rows import shown_key, stored_key


class By(StrEnum):
    """What sums are made by."""

    PROMPT = "prompt"
    MODEL = "model"
    HOST = "host"
    DAY = "day"


_COLUMNS = {
    By.PROMPT: "step", By.MODEL: "model", By.HOST: "host",
    By.DAY: "date(day * 86400, 'unixepoch')",
}  # fmt: skip
_FIELDS = """
exchanges.rowid, key, step, model, host, created, prompt_tokens, completion_tokens, cost, vote,
request, reply
"""


@dataclass(frozen=True, slots=True)
class Total:
    """What was paid, and what is still kept; `name` is a prompt, model, host or day."""

    name: str
    kept: int
    requests: int
    prompt_tokens: int
    completion_tokens: int
    cost: float


@dataclass(frozen=True, slots=True)
class Which:
    """Chooses exchanges; what is left out does not choose.

    Attributes:
        before: answered before this day, UTC.
        model: who was asked.
        host: who answered.
        prompt: the prompt's name.
    """

    before: date | None = None
    model: str | None = None
    host: str | None = None
    prompt: str | None = None

    def clause(self) -> tuple[str, list[object]]:
        """The condition in SQL and its values."""
        conditions, values = ["1"], list[object]()
        if self.before is not None:
            moment = datetime(self.before.year, self.before.month, self.before.day, tzinfo=UTC)
            conditions.append("created < ?")
            values.append(int(moment.timestamp() * 1000))
        for column, value in (("model", self.model), ("host", self.host), ("step", self.prompt)):
            if value is not None:
                conditions.append(f"{column} = ?")
                values.append(value)
        return " and ".join(conditions), values


@dataclass(frozen=True, slots=True)
class Kept:
    """One exchange, whole; `created` in UTC, ISO 8601."""

    row: int
    key: str
    prompt: str
    model: str
    host: str
    created: str
    prompt_tokens: int
    completion_tokens: int
    cost: float
    request: dict[str, Any]
    reply: str


def total(connection: sqlite3.Connection) -> Total:
    """The sums of the whole journal."""
    query = """
        select '', total(held), total(requests), total(prompt_tokens), total(completion_tokens),
            total(cost)
        from ledger
    """
    name, kept, requests, prompts, answers, cost = connection.execute(query).fetchone()
    return Total(name, int(kept), int(requests), int(prompts), int(answers), cost)


def totals(connection: sqlite3.Connection, by: By) -> list[Total]:
    """Sums by prompt, model or host, the dearest first; by day, the latest first."""
    column = _COLUMNS[by]
    order = "1 desc" if by is By.DAY else "6 desc, 3 desc, 1"
    query = f"""
        select {column}, sum(held), sum(requests), sum(prompt_tokens), sum(completion_tokens),
            sum(cost)
        from ledger join labels on labels.id = label group by {column} order by {order}
    """
    return [Total(*row) for row in connection.execute(query)]


def keys(connection: sqlite3.Connection, beginning: str) -> list[str]:
    """Up to ten keys that begin so."""
    if len(beginning) <= 64 and set(beginning) <= set("0123456789abcdef"):
        first, last = (bytes.fromhex(beginning.ljust(64, digit)) for digit in "0f")
        query = "select key from exchanges where key between ? and ? limit 10"
        return [shown_key(row[0]) for row in connection.execute(query, (first, last))]
    query = "select key from exchanges where key = ?"
    return [shown_key(row[0]) for row in connection.execute(query, (beginning,))]


def exchanges(
    connection: sqlite3.Connection, which: Which, *, latest: int | None = None
) -> Iterator[Kept]:
    """The chosen exchanges in the order in which they came, or the latest ones, latest first."""
    condition, values = which.clause()
    order = "created desc, exchanges.rowid desc limit ?" if latest else "exchanges.rowid"
    query = f"""
        select {_FIELDS} from exchanges join labels on labels.id = label
        where {condition} order by {order}
    """
    return _read(connection, query, [*values, latest] if latest else values)


def exchange(connection: sqlite3.Connection, key: str) -> Kept:
    """The exchange of a key that is there."""
    query = f"select {_FIELDS} from exchanges join labels on labels.id = label where key = ?"
    return next(_read(connection, query, [stored_key(key)]))


def _read(connection: sqlite3.Connection, query: str, values: Sequence[object]) -> Iterator[Kept]:
    @lru_cache(maxsize=4096)
    def text_of(number: int) -> bytes:
        row = connection.execute("select content from texts where id = ?", (number,)).fetchone()
        return decompress(row[0] if row else b"")

    @lru_cache(maxsize=1024)
    def skeleton(number: int) -> bytes:
        row = connection.execute("select skeleton from requests where id = ?", (number,)).fetchone()
        return decompress(row[0] if row else b"")

    for row, key, step, model, host, created, *counted, vote, request, reply in connection.execute(
        query, values
    ):
        when = datetime.fromtimestamp(created / 1000, UTC).isoformat(timespec="milliseconds")
        asked = unpack(skeleton(request), vote, text_of)
        written = decompress(reply).decode()
        prompt_tokens, completion_tokens, cost = counted
        yield Kept(
            row, shown_key(key), step, model, host, when, prompt_tokens, completion_tokens, cost,
            asked, written,
        )  # fmt: skip


def as_line(kept: Kept) -> bytes:
    """An exchange as a line of JSON; a reply that is no JSON stays a string."""
    try:
        reply = orjson.loads(kept.reply)
    except orjson.JSONDecodeError:
        reply = kept.reply
    names = ("key", "prompt", "model", "host", "created", "prompt_tokens", "completion_tokens")
    plain = {name: getattr(kept, name) for name in names}
    return orjson.dumps(plain | {"cost": kept.cost, "request": kept.request, "reply": reply})
