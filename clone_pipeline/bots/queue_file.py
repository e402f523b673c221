"""The file of the bots' queue and budgets: durable, private, written by bots, read by anybody.

SQLite in WAL mode with synchronous=FULL (https://www.sqlite.org/pragma.html): what is committed
survives kill -9 and a power cut. What is erased is overwritten (secure_delete).
"""

import fcntl
import hashlib
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from clone_pipeline.settings import Fault, FaultyInput

# What is long stands last in a row: SQLite reads a row from its beginning.
_SCHEMA = """
create table if not exists items (
    number integer primary key, platform text not null, bot text not null,
    message_id text not null, channel text not null, author text not null, kind text not null,
    task text not null, ours integer not null, arrived text not null, state text not null,
    held integer not null default 0, reason text not null default '', probability real,
    speaker text not null default '', due text, attempts integer not null default 0, model text,
    nonce text, sent_id text, spoken text, failure text not null default '',
    erased integer not null default 0, text text, heard text not null,
    unique (platform, bot, message_id)
);
create index if not exists items_open on items (bot, platform, held, due)
    where state not in ('silent', 'sent', 'failed', 'uncertain');
create index if not exists items_open_in on items (bot, platform, channel, task)
    where state not in ('silent', 'sent', 'failed', 'uncertain');
create index if not exists items_open_to on items (author, platform, bot, task)
    where state not in ('silent', 'sent', 'failed', 'uncertain');
create index if not exists items_said_in on items (bot, platform, channel, spoken)
    where spoken is not null;
create index if not exists items_said_to on items (author, platform, bot, task, spoken)
    where spoken is not null;
create index if not exists items_said on items (bot, task, spoken) where spoken is not null;
create index if not exists items_heard_in on items (bot, platform, channel, ours, arrived);
create index if not exists items_heard_of on items (author, platform);
create index if not exists items_heard on items (bot, task, arrived, kind);
create index if not exists items_states on items (bot, state);
create index if not exists items_counts on items (bot, platform, task, kind, state);
create index if not exists items_by_message on items (message_id);
create index if not exists items_by_ours on items (sent_id) where sent_id is not null;
create table if not exists steps (
    number integer primary key, item integer not null, at text not null, state text not null,
    note text not null
);
create index if not exists steps_of on steps (item);
create table if not exists stops (
    platform text not null, author text not null, since text not null,
    primary key (platform, author)
) without rowid;
create table if not exists pauses (bot text primary key, since text not null) without rowid;
create table if not exists orders (
    number integer primary key, platform text not null, bot text not null,
    message_id text not null, at text not null
);
create table if not exists spent (
    name text not null, day text not null, characters integer not null, tokens integer not null,
    millionths integer not null, primary key (name, day)
) without rowid;
create table if not exists reserved (
    number integer primary key autoincrement, name text not null, day text not null,
    at text not null, characters integer not null, tokens integer not null,
    millionths integer not null
);
"""
_PRAGMAS = ("journal_mode=wal", "synchronous=full", "fullfsync=on", "secure_delete=on")


class QueueFile:
    """One connection, shared by the threads of a process; see `open_file` and `read_file`."""

    def __init__(self, path: Path, db: sqlite3.Connection) -> None:
        self.path = path
        self.db = db
        self.on_change: Callable[[], None] | None = None
        self._lock = threading.RLock()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All of the block is kept, or nothing; a block within a block is part of the outer one.

        Nothing is awaited inside: other coroutines of the thread would join the transaction.
        """
        with self._lock:
            if self.db.in_transaction:
                yield
                return
            before = self.db.total_changes
            self.db.execute("begin immediate")
            try:
                yield
                self.db.execute("commit")
            except BaseException:
                if self.db.in_transaction:
                    self.db.execute("rollback")
                raise
            changed = self.db.total_changes > before
        if changed and self.on_change:
            self.on_change()

    def run(self, sql: str, *values: Any) -> int:
        """Change something; how many rows were."""
        with self.transaction():
            return self.db.execute(sql, _storable(values)).rowcount

    def rows(self, sql: str, *values: Any) -> list[Any]:
        """All rows of a query."""
        with self._lock:
            return self.db.execute(sql, _storable(values)).fetchall()

    def one(self, sql: str, *values: Any) -> Any:
        """The first value of the first row, None if there is no row."""
        found = self.rows(sql, *values)
        return found[0][0] if found else None


def _storable(values: tuple[Any, ...]) -> list[Any]:
    """Half a surrogate pair, which UTF-8 can't hold, becomes a question mark."""
    return [v.encode("utf-8", "replace").decode() if isinstance(v, str) else v for v in values]


@contextmanager
def open_file(path: Path, *, wait_seconds: float = 600.0) -> Iterator[QueueFile]:
    """The file for those who write: the bots' processes; made if absent, for its owner's eyes.

    Args:
        path: `.private/bots.sqlite` of the project.
        wait_seconds: how long to wait for another process that is writing.

    Raises:
        FaultyInput: the file is no queue or can't be opened.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.touch(mode=0o600)
    try:
        db = _opened(path, wait_seconds)
    except sqlite3.DatabaseError as error:
        fix = "Free the disk, or move the file away (bots then forget what they answered)."
        raise FaultyInput([Fault(str(path), str(error), fix)]) from error
    with closing(db):
        yield QueueFile(path, db)


@contextmanager
def read_file(path: Path, *, wait_seconds: float = 10.0) -> Iterator[QueueFile]:
    """The same file for those who only look; a change is refused by SQLite.

    Raises:
        FaultyInput: there is no such file, or it is no queue.
    """
    if not path.exists():
        fix = "Start one with `clone-pipeline bot`."
        raise FaultyInput([Fault(str(path), "no file: no bot has run in this project yet", fix)])
    uri = f"{path.absolute().as_uri()}?mode=ro"
    db = sqlite3.connect(uri, uri=True, timeout=wait_seconds, check_same_thread=False)
    with closing(db):
        try:
            db.execute("select count(*) from stops")
        except sqlite3.DatabaseError as error:
            fix = "Start a bot with `clone-pipeline bot`: it makes the file, or says what is wrong."
            raise FaultyInput([Fault(str(path), str(error), fix)]) from error
        yield QueueFile(path, db)


@contextmanager
def alone(path: Path, bot: str) -> Iterator[None]:
    """One process runs a bot; the mark is gone when the process is, however it went.

    Raises:
        FaultyInput: another process runs this bot.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    mark = path.with_name(f"{path.stem}.{hashlib.sha256(bot.encode()).hexdigest()[:12]}.lock")
    with mark.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            fix = "Stop the other process first: two of them would answer twice."
            raise FaultyInput([Fault(f"bots.{bot}", "a bot that runs already", fix)]) from error
        yield


def _opened(path: Path, wait_seconds: float) -> sqlite3.Connection:
    """A connection in WAL mode; switching to it does not honour the busy timeout, so try again."""
    deadline = time.monotonic() + wait_seconds
    db = sqlite3.connect(path, timeout=wait_seconds, isolation_level=None, check_same_thread=False)
    while True:
        try:
            for pragma in _PRAGMAS:
                db.execute(f"pragma {pragma}")
            db.executescript(_SCHEMA)
        except sqlite3.DatabaseError as error:
            if "locked" not in str(error) or time.monotonic() > deadline:
                db.close()
                raise
            time.sleep(0.05)
        else:
            return db
