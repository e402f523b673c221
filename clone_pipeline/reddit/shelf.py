"""The shelf: what was fetched of Reddit, durable before it is used, never fetched twice.

A SQLite file in WAL mode with synchronous=FULL (https://www.sqlite.org/pragma.html), for its
owner's eyes only: what is in it is not masked. What is erased is overwritten (secure_delete).
"""

import dataclasses
import sqlite3
import time
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from clone_pipeline.durable import locked
from clone_pipeline.reddit.things import Gone, Thing, emptied
from clone_pipeline.settings import Fault, FaultyInput

_COLUMNS = [field.name for field in dataclasses.fields(Thing)]
_ALL = ", ".join(_COLUMNS)
_SCHEMA = """
create table if not exists items (
    item_id text primary key, thread_id text not null, parent_id text, subreddit text not null,
    created integer not null, score integer not null, author text not null, title text not null,
    text text not null, url text not null, permalink text not null, edited integer, gone text,
    checked real not null, misses integer not null default 0
);
create index if not exists items_by_thread on items (thread_id);
create index if not exists items_by_time on items (subreddit, created);
create index if not exists items_by_check on items (subreddit, checked, created, item_id)
    where gone is null;
create index if not exists items_by_author on items (author collate nocase);
create table if not exists stretches (
    kind text not null, subreddit text not null, low integer not null, high integer not null,
    cursor text, ended integer not null
);
create table if not exists trees (thread_id text primary key, complete integer not null);
create table if not exists stubs (
    thread_id text not null, kind text not null, id text not null, vain integer not null,
    open integer not null, primary key (thread_id, kind, id)
) without rowid;
create table if not exists dumps (
    name text primary key, size integer not null, modified integer not null, digest text not null,
    subreddits text not null
);
create table if not exists stale (
    subreddit text not null, thread_id text not null, primary key (subreddit, thread_id)
) without rowid;
create table if not exists facts (name text primary key, value text not null) without rowid;
"""


class Shelf:
    """Reddit's things by id, and what is known to be complete; see `open_shelf`."""

    def __init__(self, path: Path, db: sqlite3.Connection) -> None:
        self.path = path
        self.db = db

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All of the block is kept, or nothing."""
        self.db.execute("begin immediate")
        try:
            yield
        except BaseException:
            self.db.execute("rollback")
            raise
        self.db.execute("commit")

    @contextmanager
    def alone(self) -> Iterator[None]:
        """One at a time asks Reddit for this project, whatever runs beside."""
        with locked(self.path.with_suffix(".lock")):
            yield

    def add(self, things: Iterable[Thing], *, checked: float) -> int:
        """Put what is not yet there; how many were new.

        What is there stays as it is: a dump brings nothing back that was erased.
        """
        marks = ", ".join("?" * (len(_COLUMNS) + 1))
        rows = [(*(getattr(thing, name) for name in _COLUMNS), checked) for thing in things]
        put = f"insert or ignore into items ({_ALL}, checked) values ({marks})"
        before = self.db.total_changes
        self.db.executemany(put, rows)
        return self.db.total_changes - before

    def submissions(self, subreddit: str, *, start: int, end: int) -> list[Thing]:
        """Those created from `start` to before `end`, the oldest first."""
        where = "subreddit = ? and created >= ? and created < ? and item_id = thread_id"
        return self.select(f"{where} order by created, item_id", subreddit.lower(), start, end)

    def comments(self, thread_id: str) -> list[Thing]:
        """All comments of a thread that are held, the oldest first."""
        return self.select(
            "thread_id = ? and item_id != thread_id order by created, item_id", thread_id
        )

    def select(self, where: str, *values: str | int | float) -> list[Thing]:
        """The things of this SQL condition."""
        rows = self.db.execute(f"select {_ALL} from items where {where}", values)
        return [Thing(*row) for row in rows]

    def replace(self, thing: Thing) -> None:
        """Take over the new content of a thing that is held; its day's table is stale now."""
        sets = ", ".join(f"{name} = ?" for name in _COLUMNS[2:])
        values = [getattr(thing, name) for name in _COLUMNS[2:]]
        self.db.execute(f"update items set {sets} where item_id = ?", (*values, thing.item_id))
        stale = (thing.subreddit, thing.thread_id)
        self.db.execute("insert or ignore into stale values (?, ?)", stale)

    def erase(self, thing: Thing, reason: Gone) -> None:
        """Keep only that there was something."""
        self.replace(emptied(thing, reason))

    def forget(self, authors: Collection[str]) -> list[Thing]:
        """Erase all that these users wrote; what was erased, as it was."""
        erased: list[Thing] = []
        for name in authors:
            erased += self.select("author = ? collate nocase and gone is null", name)
        with self.transaction():
            for thing in erased:
                self.erase(thing, "author_opted_out")
        return erased

    def touch(self, item_ids: Sequence[str], *, checked: float) -> None:
        """Note that these were looked at now."""
        rows = [(checked, item_id) for item_id in item_ids]
        self.db.executemany("update items set checked = ? where item_id = ?", rows)

    def fact(self, name: str) -> str | None:
        """What was noted under `name`."""
        row = self.db.execute("select value from facts where name = ?", (name,)).fetchone()
        return row[0] if row else None

    def note(self, name: str, value: str, *, once: bool = False) -> None:
        """Note a fact; with `once`, the first one stays."""
        if self.fact(name) != value and not (once and self.fact(name)):
            self.db.execute("insert or replace into facts values (?, ?)", (name, value))


@contextmanager
def open_shelf(path: Path, *, wait_seconds: float = 600.0) -> Iterator[Shelf]:
    """The shelf in the file `path`; it and its folder are made if absent.

    Raises:
        FaultyInput: the file is no shelf or can't be opened.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.touch(mode=0o600)
    try:
        db = _opened(path, wait_seconds)
    except sqlite3.DatabaseError as error:
        fix = "Move the file away (Reddit is fetched again) or free the disk."
        raise FaultyInput([Fault(str(path), str(error), fix)]) from error
    with closing(db):
        yield Shelf(path, db)
        db.execute("pragma wal_checkpoint(truncate)")


def _opened(path: Path, wait_seconds: float) -> sqlite3.Connection:
    """A connection in WAL mode; switching to it does not honour the busy timeout, so try again."""
    deadline = time.monotonic() + wait_seconds
    db = sqlite3.connect(path, timeout=wait_seconds, isolation_level=None)
    while True:
        try:
            for pragma in (
                "journal_mode=wal", "synchronous=full", "fullfsync=on", "secure_delete=on",
            ):  # fmt: skip
                db.execute(f"pragma {pragma}")
            db.executescript(_SCHEMA)
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > deadline:
                db.close()
                raise
            time.sleep(0.05)
        else:
            return db
