"""Journals of version 1, one table of plain JSON: everything in them is taken over."""

import logging
import sqlite3
from datetime import datetime
from typing import Any

import orjson

from clone_pipeline.llm.journal_packing import pack
from clone_pipeline.llm.journal_rows import Row, Spent, stored_key, write_exchange

log = logging.getLogger("clone_pipeline.journal")

_COLUMNS = ["key", "host", "request", "reply", "created"]
_MANY = 20_000  # entries from which the work takes seconds


def rename_older(connection: sqlite3.Connection) -> bool | None:
    """Put version 1's table aside; False if the file is empty, None if it is something else."""
    tables = {row[0] for row in connection.execute("select name from sqlite_master")}
    if not tables:
        return False
    columns = [row[1] for row in connection.execute("pragma table_info(answers)")]
    if columns != _COLUMNS:
        return None
    connection.execute("alter table answers rename to answers_1")
    return True


def take_over(connection: sqlite3.Connection, name: str) -> int:
    """Move all of version 1's entries, within the caller's transaction; how many there were."""
    count = int(connection.execute("select count(*) from answers_1").fetchone()[0])
    if count >= _MANY:
        log.info(f"{name}: {count:,} answers are written anew in the compact format, once")
    for key, host, request, reply, created in connection.execute(
        f"select {', '.join(_COLUMNS)} from answers_1 order by rowid"
    ):
        moment = int(datetime.fromisoformat(created).timestamp() * 1000)
        packed = pack(orjson.loads(request))
        row = Row(stored_key(key), packed, reply.encode(), "", host, moment, _counted(reply))
        write_exchange(connection, row)
    connection.execute("drop table answers_1")
    return count


def shrink(connection: sqlite3.Connection, name: str) -> None:
    """Give the room of the old table back to the disk, if the disk has room to do it."""
    try:
        connection.execute("vacuum")
        connection.execute("pragma wal_checkpoint(truncate)")
    except sqlite3.OperationalError as error:
        log.info(f"{name} keeps its old size for now ({error}): clone-pipeline journal prune")


def _counted(reply: str) -> Spent:
    """What version 1 kept of tokens: the endpoint's own count; prices were not kept."""
    try:
        data: Any = orjson.loads(reply)
        usage = data["usage"]
        return Spent(1, int(usage["prompt_tokens"]), int(usage["completion_tokens"]))
    except (orjson.JSONDecodeError, KeyError, TypeError, ValueError):
        return Spent()
