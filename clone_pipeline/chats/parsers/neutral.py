"""The neutral schema: JSONL, CSV or Parquet, one row a message.

Columns: `author`, `text`, and where known `message_id, timestamp (ISO 8601), channel,
conversation, author_id, reply_to`. Other columns are left alone. The schema is our own.
"""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from pathlib import Path, PurePosixPath
from typing import Any

from clone_pipeline.chats.parsers.beside import Beside, nothing_beside
from clone_pipeline.chats.parsers.csv_rows import header_of
from clone_pipeline.chats.parsers.neutral_rows import FIX, parquet_columns, rows_of
from clone_pipeline.chats.parsers.text_lines import text_of
from clone_pipeline.chats.parsers.times import in_utc
from clone_pipeline.chats.partly import Losses, Numbered
from clone_pipeline.records import Message

NAME = "neutral"
REQUIRED = ("author", "text")
COLUMNS = frozenset(
    (*REQUIRED, "message_id", "timestamp", "channel", "conversation", "author_id", "reply_to")
)

_TOKEN = re.compile(r'"(?:[^"\\]++|\\.)*+"|[{}\[\]:]|"', re.DOTALL)


def matches(path: Path, head: bytes) -> bool:
    """Whether it is Parquet, JSON lines or CSV with the columns `author` and `text`."""
    if head.startswith(b"PAR1"):
        return _has_columns(parquet_columns(path))
    text = (text_of(head) or "").lstrip()
    first, newline, _ = text.partition("\n")
    if first.startswith("{"):
        return _is_row(first, whole=bool(newline) or len(head) < 1 << 12)
    return _has_columns(header_of(first)[0])


def parse(path: Path, *, source_file: str, beside: Beside = nothing_beside) -> Iterator[Message]:
    """Every row as a message; a row without a channel is in the channel of the file's name.

    Yields:
        Messages in the file's order. Times without a zone are taken as UTC.

    Raises:
        FaultyInput: a Parquet file that is broken from its start.
        PartlyRead: last of all, if a row can't be read, or bytes that are no UTF-8 were mended.
    """
    losses = Losses(source_file)
    numbered = Numbered(NAME)
    stem = PurePosixPath(source_file).stem
    for number, row in rows_of(path, source_file, losses, COLUMNS):
        try:
            message = _message(row, numbered, stem, source_file)
        except (ValueError, OverflowError) as error:
            losses.lose(f"row {number} with {error}", FIX)
            continue
        yield message
    losses.tell()


def _is_row(first: str, *, whole: bool) -> bool:
    """Whether the first line is a JSON row; of a line cut short, its keys must be there."""
    try:
        row = json.loads(first, strict=False)
    except RecursionError:
        return False
    except ValueError:
        return not whole and _has_columns(_keys(first))
    return isinstance(row, dict) and _has_columns(row)


def _keys(line: str) -> set[str]:
    """The keys of the JSON object in `line`, which may be cut short; not those of inner ones."""
    keys = set()
    depth, last = 0, ""
    for token in _TOKEN.finditer(line):
        sign = token.group()
        if sign == '"':
            break
        if sign == ":" and depth == 1:
            keys.add(last)
        depth += (sign in "{[") - (sign in "}]")
        last = sign[1:-1]
    return keys


def _has_columns(columns: Any) -> bool:
    return set(REQUIRED) <= set(columns)


def _message(row: Mapping[str, Any], numbered: Numbered, stem: str, source_file: str) -> Message:
    author, text = row.get("author"), row.get("text")
    if not isinstance(author, str) or not author.strip():
        raise ValueError("no author")
    if not isinstance(text, str):
        raise ValueError("no text")
    channel = _optional(row, "channel") or stem
    conversation = _optional(row, "conversation")
    time = _time(row.get("timestamp"))
    own_id = _optional(row, "message_id")
    facts = (channel, conversation or "", time.isoformat() if time else "", author, text)
    reply_to = _optional(row, "reply_to")
    return Message(
        message_id=f"{NAME}:{own_id}" if own_id else numbered(*facts),
        platform=NAME,
        channel_id=channel,
        channel=channel,
        timestamp=time,
        author_id=_optional(row, "author_id") or author,
        author=author,
        persona=None,
        kind="text",
        text=text,
        reply_to=f"{NAME}:{reply_to}" if reply_to else None,
        source_file=source_file,
        conversation=conversation,
    )


def _optional(row: Mapping[str, Any], column: str) -> str | None:
    value = row.get(column)
    return None if value is None or value == "" else str(value)


def _time(value: Any) -> datetime | None:
    """UTC; None if nothing stands there.

    Raises:
        ValueError: what stands there is no ISO 8601 time.
    """
    if value is None or value == "":
        return None
    if isinstance(value, datetime):
        time = value
    elif isinstance(value, date):
        time = datetime(value.year, value.month, value.day)
    elif isinstance(value, str):
        time = datetime.fromisoformat(value.strip())
    else:
        raise ValueError(f"the timestamp {value!r}")
    return in_utc(time)
