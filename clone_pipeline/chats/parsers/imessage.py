"""iMessage and SMS: chat.db of macOS Messages, and sms.db of an iPhone's backup.

Apple does not document the database. Source of its meaning: imessage-exporter
(github.com/ReagentX/imessage-exporter, docs/tables and imessage-database/src/tables/messages).
It is opened read-only and immutable: nothing of the user's is changed, and nothing beside it made.
"""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from sys import intern

from clone_pipeline.chats.parsers.beside import Beside
from clone_pipeline.chats.parsers.imessage_content import content_of
from clone_pipeline.chats.parsers.imessage_rows import Row, rows_of, tables_of
from clone_pipeline.chats.parsers.json_objects import moment
from clone_pipeline.chats.partly import Losses
from clone_pipeline.records import Message
from clone_pipeline.settings import Fault, FaultyInput

NAME = "imessage"

_MAGIC = b"SQLite format 3\0"
_NEEDED = frozenset({"guid", "date", "is_from_me", "handle_id"})
_SCHEMA = re.compile(rb'CREATE TABLE "?message"? ?\(.{0,4000}\bhandle_id\b', re.DOTALL)
_SINCE = datetime(2001, 1, 1, tzinfo=UTC)
_GROUP = 43
_MOST_SECONDS = 100_000_000_000
_COPY = "Quit Messages and copy chat.db anew, with `sqlite3 chat.db \"VACUUM INTO 'copy.db'\"`."


def matches(path: Path, head: bytes) -> bool:
    """Whether it is an SQLite database with Messages' tables, or was one before it broke."""
    if not head.startswith(_MAGIC):
        return False
    try:
        with closing(_opened(path)) as database:
            tables = tables_of(database)
    except (sqlite3.Error, ValueError):
        return bool(_SCHEMA.search(head))
    return tables.get("message", frozenset()) >= _NEEDED and "handle" in tables


def parse(path: Path, *, source_file: str, beside: Beside) -> Iterator[Message]:
    """Every message of the database in the order of time; reactions and notices are of kind system.

    Yields:
        Messages whose author is the phone number or address that the database has; it names
        nobody. Its owner has the `author_id` "me" on every number and address.

    Raises:
        FaultyInput: the database is broken, or has no table of messages.
        PartlyRead: last of all, if a message can't be read or a log of newer ones lies beside it.
    """
    losses = Losses(source_file)
    strange = 0
    log = beside(PurePosixPath(source_file).name + "-wal")
    try:
        if log is not None and log.stat().st_size:
            losses.note("a database whose newest messages are in the -wal file beside it", _COPY)
        with closing(_opened(path)) as database:
            tables = tables_of(database)
            if not tables.get("message", frozenset()) >= _NEEDED:
                raise sqlite3.DatabaseError("no table of messages")
            for row in rows_of(database, tables):
                strange += bool(row.date) and _time(row.date) is None
                yield _message(row, source_file)
    except (sqlite3.Error, OSError, ValueError) as error:  # names and messages of SQLite's own
        fault = Fault(source_file, f"a database that can't be read ({error})", _COPY)
        raise FaultyInput([fault]) from None
    if strange:
        losses.note(f"impossible times, of {strange} messages", _COPY)
    losses.tell()


def _opened(path: Path) -> sqlite3.Connection:
    uri = path.absolute().as_uri() + "?mode=ro&immutable=1"
    database = sqlite3.connect(uri, uri=True, isolation_level=None)
    database.text_factory = lambda raw: raw.decode("utf-8", "replace")
    database.execute("PRAGMA trusted_schema = OFF")
    return database


def _message(row: Row, source_file: str) -> Message:
    kind, words = content_of(row)
    author_id, author = _author(row)
    channel_id = row.chat_identifier or row.handle or f"chat {row.chat}"
    return Message(
        message_id=f"{NAME}:{row.guid or f'row {row.number}'}",
        platform=NAME,
        channel_id=intern(channel_id),
        channel=intern(row.chat_name or channel_id),
        timestamp=_time(row.date),
        author_id=intern(author_id),
        author=intern(author),
        persona=None,
        kind=kind,
        text=words,
        reply_to=f"{NAME}:{row.answers}" if row.answers else None,
        source_file=source_file,
        edited=_time(row.edited or row.retracted),
    )


def _author(row: Row) -> tuple[str, str]:
    if row.is_from_me:
        return "me", row.own_address or row.account.partition(":")[2] or "me"
    known = row.handle or ("" if row.chat_style == _GROUP else row.chat_identifier) or "unknown"
    return known, known


def _time(value: int) -> datetime | None:
    """Since 2001, in seconds before macOS 10.13 and in nanoseconds from then on."""
    if not value:
        return None
    return moment(value, per_second=1 if abs(value) < _MOST_SECONDS else 10**9, since=_SINCE)
