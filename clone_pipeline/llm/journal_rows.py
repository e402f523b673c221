"""Exchanges as rows: what is written inside a transaction of the journal, and how keys look."""

import hashlib
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from clone_pipeline.llm.journal_packing import Packed, compress, skeleton_of

DAY_MS = 86_400_000

_EXCHANGE = "insert into exchanges values (?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict do nothing"
_LEDGER = """
insert into ledger values (?, ?, ?, ?, ?, ?, ?) on conflict do update set
    requests = requests + excluded.requests, held = held + excluded.held,
    prompt_tokens = prompt_tokens + excluded.prompt_tokens,
    completion_tokens = completion_tokens + excluded.completion_tokens,
    cost = cost + excluded.cost
"""


@dataclass(frozen=True, slots=True)
class Spent:
    """What came of one question; tokens as counted by the endpoint, cost in its currency."""

    requests: int = 1
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cost: float = 0.0


@dataclass(frozen=True, slots=True)
class Row:
    """An exchange that is ready to be written; `created` in ms since 1970, UTC."""

    key: bytes | str
    packed: Packed
    reply: bytes
    step: str
    host: str
    created: int
    spent: Spent


def stored_key(key: str) -> bytes | str:
    """A digest in hexadecimal as its bytes, half as long; any other key as it is."""
    if len(key) != 64:
        return key
    try:
        short = bytes.fromhex(key)
    except ValueError:
        return key
    return short if short.hex() == key else key


def shown_key(key: bytes | str) -> str:
    """The key as `stored_key` was given it."""
    return key.hex() if isinstance(key, bytes) else key


def write_exchanges(connection: sqlite3.Connection, rows: Sequence[Row]) -> None:
    """Keep several exchanges; see `write_exchange`."""
    for row in rows:
        write_exchange(connection, row)


def write_exchange(connection: sqlite3.Connection, row: Row) -> None:
    """Keep an exchange; if its key is there, the first reply stays, but what it cost is counted."""
    request = request_id(connection, row.packed)
    label = label_id(connection, row.step, row.packed.model, row.host)
    write_reply(connection, row.key, request, row.packed.vote, label, row)


def write_reply(
    connection: sqlite3.Connection, key: bytes | str, request: int, vote: int, label: int,
    row: "Row | Answered",
) -> None:  # fmt: skip
    """Keep the reply to a request that is already stored, and count it."""
    spent = row.spent
    tokens = (spent.prompt_tokens, spent.completion_tokens, spent.cost)
    values = (key, request, vote, label, row.created, *tokens, compress(row.reply))
    held = connection.execute(_EXCHANGE, values).rowcount
    day = row.created // DAY_MS
    connection.execute(_LEDGER, (label, day, spent.requests, held, *tokens))


@dataclass(frozen=True, slots=True)
class Answered:
    """A reply whose request has been waiting in the file; `created` in ms since 1970, UTC."""

    key: str
    reply: bytes
    created: int
    spent: Spent


def request_id(connection: sqlite3.Connection, packed: Packed) -> int:
    """The number of a request without its vote, stored if it is new."""

    def number_of(text: bytes) -> int:
        return _stored_once(connection, "texts", "content", text)

    return _stored_once(connection, "requests", "skeleton", skeleton_of(packed, number_of))


def _stored_once(connection: sqlite3.Connection, table: str, column: str, content: bytes) -> int:
    digest = hashlib.blake2b(content, digest_size=16).digest()
    found = connection.execute(f"select id from {table} where digest = ?", (digest,)).fetchone()
    if found:
        return int(found[0])
    insert = f"insert into {table} (digest, {column}) values (?, ?)"
    return connection.execute(insert, (digest, compress(content))).lastrowid or 0


def label_id(connection: sqlite3.Connection, step: str, model: str, host: str) -> int:
    """The number of who was asked for what."""
    names = (step, model, host)
    query = "select id from labels where step = ? and model = ? and host = ?"
    if found := connection.execute(query, names).fetchone():
        return int(found[0])
    insert = "insert into labels (step, model, host) values (?, ?, ?)"
    return connection.execute(insert, names).lastrowid or 0


def remember(connection: sqlite3.Connection, name: str, value: str) -> None:
    """Keep a fact; the last one of a name stays."""
    query = "insert into facts values (?, ?) on conflict do update set value = excluded.value"
    connection.execute(query, (name, value))
