"""Removing answers from a journal, and the texts that none of those left needs."""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass

from clone_pipeline.llm.exchange import MalformedReply, reply_of
from clone_pipeline.llm.journal_file import transaction
from clone_pipeline.llm.journal_listing import Which
from clone_pipeline.llm.journal_packing import decompress, numbers_in
from clone_pipeline.llm.journal_rows import DAY_MS, stored_key

_COUNT_DOWN = f"""
update ledger set held = held - (
    select count(*) from exchanges join gone on gone.id = exchanges.rowid
    where exchanges.label = ledger.label and created / {DAY_MS} = ledger.day
) where label in (select label from exchanges join gone on gone.id = exchanges.rowid)
"""


@dataclass(frozen=True, slots=True)
class Chosen:
    """How many answers were chosen and what they have cost."""

    count: int
    cost: float


def choose(
    connection: sqlite3.Connection, which: Which, *, unreadable: bool = False,
    named: Iterable[str] | None = None, named_at: float = 0.0,
) -> Chosen:  # fmt: skip
    """Put what is to be removed into the temporary table `gone`.

    Args:
        connection: kept for `remove`.
        which: chooses by date, model, host and prompt.
        unreadable: only replies that are no completion, or hold no text.
        named: keys that tables name; then only answers to prompts some of whose answers are named,
            without being named themselves: votes that no table holds any more.
        named_at: when the oldest of those tables was written, in seconds since 1970; an answer
            that came later may be of a run that has not written its tables.
    """
    connection.execute("drop table if exists temp.gone")
    connection.execute("create temp table gone (id integer primary key)")
    condition, values = which.clause()
    if named is not None:
        condition += _unnamed(connection, named)
        values.append(int(named_at * 1000))
    query = f"""
        insert into gone select exchanges.rowid from exchanges join labels on labels.id = label
        where {condition}
    """
    connection.execute(query, values)
    if unreadable:
        _keep_readable(connection)
    row = connection.execute(
        "select count(*), total(cost) from gone join exchanges on exchanges.rowid = gone.id"
    ).fetchone()
    return Chosen(int(row[0]), float(row[1]))


def _unnamed(connection: sqlite3.Connection, named: Iterable[str]) -> str:
    connection.execute("drop table if exists temp.named")
    connection.execute("create temp table named (key blob primary key)")
    rows = ((stored_key(key),) for key in named)
    connection.executemany("insert or ignore into named values (?)", rows)
    return """
        and step <> '' and key not in (select key from named) and step in (
            select step from exchanges join labels on labels.id = label
            where key in (select key from named)
        ) and created < ?
    """


def _keep_readable(connection: sqlite3.Connection) -> None:
    """Take answers that can be read out of `gone`."""
    query = "select gone.id, reply from gone join exchanges on exchanges.rowid = gone.id"
    readable = [(row,) for row, reply in connection.execute(query) if _is_readable(reply)]
    connection.executemany("delete from gone where id = ?", readable)


def _is_readable(reply: bytes) -> bool:
    try:
        read = reply_of(decompress(reply).decode(), journal_key="", from_journal=True)
    except MalformedReply:
        return False
    return bool(read.text.strip())


def remove(connection: sqlite3.Connection) -> None:
    """Remove what `choose` chose, in one transaction, and give its room back to the disk.

    What it has cost stays in the totals.
    """
    with transaction(connection):
        connection.execute(_COUNT_DOWN)
        connection.execute("delete from exchanges where rowid in (select id from gone)")
        connection.execute(
            "delete from requests where id not in (select request from exchanges) "
            "and id not in (select request from awaited)"
        )
        connection.execute("drop table if exists temp.used")
        connection.execute("create temp table used (id integer primary key)")
        skeletons = connection.execute("select skeleton from requests")
        numbers = ((n,) for row in skeletons for n in numbers_in(decompress(row[0])))
        connection.executemany("insert or ignore into used values (?)", numbers)
        connection.execute("delete from texts where id not in (select id from used)")
    connection.execute("vacuum")
    connection.execute("pragma wal_checkpoint(truncate)")
