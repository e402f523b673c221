"""The rows of Messages' database, whatever its version: columns that are missing are empty."""

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

Tables = Mapping[str, frozenset[str]]


class Row(NamedTuple):
    """A message with its sender, its chat and its first attachment, as the database has them.

    Ids and numbers are 0, texts "" where there is none. `deleted_from` is the chat from which its
    owner deleted it. Fields stand in the order of `_COLUMNS`.
    """

    number: int
    guid: str
    text: str
    body: bytes
    subject: str
    date: int
    edited: int
    retracted: int
    is_from_me: bool
    own_address: str
    account: str
    item_type: int
    group_title: str
    reaction: int
    balloon: str
    is_audio: bool
    is_system: bool
    answers: str
    handle: str
    chat: int
    chat_identifier: str
    chat_name: str
    chat_style: int
    attachment: int
    mime: str
    file_name: str
    is_sticker: bool
    deleted_from: int


def tables_of(database: sqlite3.Connection) -> Tables:
    """The columns of the tables that are used, as far as they are there; views are none."""
    names = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    found = {name for (name,) in names if name in _KNOWN}
    return {
        name: frozenset(row[1] for row in database.execute(f"PRAGMA table_info({name})"))
        for name in sorted(found)
    }


def rows_of(database: sqlite3.Connection, tables: Tables) -> Iterator[Row]:
    """Every message, oldest first, once each.

    Raises:
        sqlite3.Error: the database is broken.
    """
    for values in database.execute(query(tables)):
        yield Row._make(shape(value) for shape, value in zip(_FIELDS, values, strict=True))


# What is selected of each table, by the name it has in the query, in the order of `Row`.
_COLUMNS = {
    "m": (
        "guid text attributedBody subject date date_edited date_retracted is_from_me"
        " destination_caller_id account item_type group_title associated_message_type"
        " balloon_bundle_id is_audio_message is_system_message thread_originator_guid"
    ),
    "h": "id",
    "j": "chat_id",
    "c": "chat_identifier display_name style",
    "f": "attachment_id",
    "a": "mime_type transfer_name is_sticker",
    "d": "chat_id",
}
_LINKS = {
    "j": ("chat_message_join", "chat_id"),
    "f": ("message_attachment_join", "attachment_id"),
    "d": ("chat_recoverable_message_join", "chat_id"),
}
_LINKED = {
    "h": ("handle", "m", "handle_id"),
    "c": ("chat", "j", "chat_id"),
    "a": ("attachment", "f", "attachment_id"),
}
# SQLite makes an index for the join only if both sides are declared to be numbers.
_NUMBER = "CAST(message_id AS INTEGER) AS number"
_KNOWN = {"message", *(link[0] for link in (*_LINKS.values(), *_LINKED.values()))}


def query(tables: Tables) -> str:
    """The query for what is there; the rest is NULL. Of several links the first counts."""
    there = {"m": tables["message"]}
    joins = ""
    for alias, (table, target) in _LINKS.items():
        if {"message_id", target} <= tables.get(table, frozenset()):
            first = f"SELECT {_NUMBER}, MIN({target}) AS {target} FROM {table} GROUP BY 1"
            joins += f" LEFT JOIN ({first}) {alias} ON {alias}.number = m.ROWID"
            there[alias] = frozenset({target})
    for alias, (table, source, target) in _LINKED.items():
        if table in tables and target in there.get(source, frozenset()):
            joins += f" LEFT JOIN {table} {alias} ON {alias}.ROWID = {source}.{target}"
            there[alias] = tables[table]
    chosen = ", ".join(
        f"{alias}.{column}" if column in there.get(alias, frozenset()) else "NULL"
        for alias, columns in _COLUMNS.items()
        for column in columns.split()
    )
    return f"SELECT m.ROWID, {chosen} FROM message m{joins} ORDER BY m.date, m.ROWID"


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _bytes(value: Any) -> bytes:
    return value if isinstance(value, bytes) else b""


def _number(value: Any) -> int:
    if isinstance(value, float):
        return int(value) if abs(value) < 1e20 else 0
    return value if isinstance(value, int) else 0


def _flag(value: Any) -> bool:
    return _number(value) != 0


# SQLite's columns hold anything, whatever their declared type.
_SHAPES: Mapping[type, Callable[[Any], Any]] = {
    int: _number,
    str: _text,
    bool: _flag,
    bytes: _bytes,
}
_FIELDS = [_SHAPES[kind] for kind in Row.__annotations__.values()]
