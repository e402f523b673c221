"""The journal's file: its tables, its versions, and what is said when it can't be used.

Write-ahead log and synchronous=FULL (https://www.sqlite.org/pragma.html): what was committed
survives kill -9 and a power cut.
"""

import sqlite3
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from clone_pipeline.llm import journal_takeover
from clone_pipeline.settings import Fault, FaultyInput

VERSION = 2

_TABLES = """
create table texts (id integer primary key, digest blob not null unique, content blob not null);
create table requests (
    id integer primary key, digest blob not null unique, skeleton blob not null
);
create table labels (
    id integer primary key, step text not null, model text not null, host text not null,
    unique (step, model, host)
);
create table exchanges (
    key blob primary key, request integer not null, vote integer not null,
    label integer not null, created integer not null, prompt_tokens integer not null,
    completion_tokens integer not null, cost real not null, reply blob not null
);
create table ledger (
    label integer not null, day integer not null, requests integer not null,
    held integer not null, prompt_tokens integer not null, completion_tokens integer not null,
    cost real not null, primary key (label, day)
) without rowid;
create table facts (name text primary key, value text not null) without rowid;
create table batches (
    mark text primary key, host text not null, batch_id text, created integer not null
) without rowid;
create table awaited (
    key blob primary key, batch text not null, request integer not null, vote integer not null,
    label integer not null
) without rowid;
create view answers as
    select case typeof(key) when 'blob' then lower(hex(key)) else key end as key, step, model, host,
        strftime('%Y-%m-%dT%H:%M:%fZ', created / 1000.0, 'unixepoch') as created,
        prompt_tokens, completion_tokens, cost
    from exchanges join labels on labels.id = exchanges.label;
"""


def open_file(path: Path, wait_seconds: float) -> sqlite3.Connection:
    """A connection to a journal of this version; an absent file is made, an older one taken over.

    Raises:
        FaultyInput: it is no journal, is damaged, was written by a newer version, or can't be
            written.
    """
    connection = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(
            path, timeout=wait_seconds, isolation_level=None, check_same_thread=False
        )
        _prepare(connection, path, wait_seconds)
    except (sqlite3.Error, OSError, FaultyInput) as error:
        if connection is not None:
            connection.close()
        raise error if isinstance(error, FaultyInput) else fault(path, error) from error
    return connection


def _prepare(connection: sqlite3.Connection, path: Path, wait_seconds: float) -> None:
    """Pragmas and tables; switching to WAL does not honour the busy timeout, so try again."""
    deadline = time.monotonic() + wait_seconds
    while True:
        try:
            for pragma in ("journal_mode=wal", "synchronous=full", "fullfsync=on"):
                connection.execute(f"pragma {pragma}")
            break
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > deadline:
                raise
            time.sleep(0.05)
    connection.execute("pragma cache_size=-16384")
    if _version(connection) != VERSION:
        _upgrade(connection, path)


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("pragma user_version").fetchone()[0])


def _upgrade(connection: sqlite3.Connection, path: Path) -> None:
    """Make the tables, and take over what an older version wrote, in one transaction."""
    taken = 0
    with transaction(connection):
        version = _version(connection)  # another process may have been quicker
        if version > VERSION:
            fix = "Update clone-pipeline, or move the file away (its answers will be asked again)."
            raise FaultyInput([Fault(str(path), f"a journal of version {version}", fix)])
        if version == VERSION:
            return
        old = journal_takeover.rename_older(connection)
        if old is None:
            fix = "Move the file away: a journal is made in its place."
            raise FaultyInput([Fault(str(path), "a database that is no journal", fix)])
        for statement in filter(str.strip, _TABLES.split(";\n")):
            connection.execute(statement)
        if old:
            taken = journal_takeover.take_over(connection, str(path))
        connection.execute(f"pragma user_version={VERSION}")
    if taken:
        journal_takeover.shrink(connection, str(path))


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """All that is done inside, or nothing of it."""
    connection.execute("begin immediate")
    try:
        yield
        connection.execute("commit")
    finally:
        if connection.in_transaction:
            connection.execute("rollback")


@contextmanager
def faults_of(path: Path) -> Iterator[None]:
    """Have the errors of reading and writing name the file and what to do.

    Raises:
        FaultyInput: SQLite or zlib failed.
    """
    try:
        yield
    except (sqlite3.Error, zlib.error) as error:
        raise fault(path, error) from error


def fault(path: Path, error: Exception) -> FaultyInput:
    """What a user is told about `error`."""
    found = str(error)
    if isinstance(error, zlib.error):
        found = f"a damaged entry ({found})"
    return FaultyInput([Fault(str(path), found, _fix(error))])


def _fix(error: Exception) -> str:
    code = getattr(error, "sqlite_errorcode", None)
    kind = code & 0xFF if isinstance(code, int) else None
    if kind == sqlite3.SQLITE_FULL:
        return "The disk is full: free some and run again; the answers so far are kept."
    if kind == sqlite3.SQLITE_IOERR:
        return (
            "The disk is full, takes no larger file, or fails: free some or mend it, and run "
            "again; the answers so far are kept."
        )
    if kind in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return "Another process is writing to it: stop that one, or run again when it is done."
    if kind in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM):
        return "Let this user write to the file and its folder."
    if isinstance(error, OSError):
        return "Let this user make files in the folder."
    return (
        "Put a copy of the file back, or save what is left with `sqlite3 FILE .recover`; or move "
        "it away: then its answers are asked, and paid, for again."
    )
