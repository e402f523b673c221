"""The neutral schema: JSONL, CSV or Parquet, one row a message.

Columns: `author`, `text`, and where known `message_id, timestamp (ISO 8601), channel,
conversation, author_id, reply_to`. Other columns are left alone.
"""

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from clone_pipeline.chats.partly import Losses, Numbered, decoded
from clone_pipeline.records import Message
from clone_pipeline.settings import Fault, FaultyInput

NAME = "neutral"
REQUIRED = ("author", "text")

_LONGEST_FIELD = 1 << 27
_FIX = "Every row needs `author` and `text`; `timestamp` is ISO 8601 or left out."


def matches(path: Path, head: bytes) -> bool:
    """Whether it is Parquet, JSON lines or CSV with the columns `author` and `text`."""
    if head.startswith(b"PAR1"):
        return _has_columns(_parquet_columns(path))
    if b"\0" in head:
        return False
    text = head.decode("utf-8-sig", "replace").lstrip()
    first, newline, _ = text.partition("\n")
    if first.startswith("{"):
        return _is_row(first, whole=bool(newline) or len(head) < 1 << 12)
    return _has_columns(_header(first)[0])


def parse(path: Path, *, source_file: str) -> Iterator[Message]:
    """Every row as a message; a row without a channel is in the channel of the file's name.

    Yields:
        Messages in the file's order. Times without a zone are taken as UTC.

    Raises:
        FaultyInput: the file is no text, or a broken Parquet file.
        PartlyRead: last of all, if a row can't be read.
    """
    losses = Losses(source_file)
    numbered = Numbered(NAME)
    for number, row in _rows(path, source_file, losses):
        try:
            message = _message(row, numbered, path.stem, source_file)
        except ValueError as error:
            losses.lose(f"row {number} with {error}", _FIX)
            continue
        yield message
    losses.tell()


def _is_row(first: str, *, whole: bool) -> bool:
    """Whether the first line is a JSON row; of a line cut short, its keys must be there."""
    try:
        row = json.loads(first)
    except ValueError:
        keys = [f'"{key}"\\s*:' for key in REQUIRED]
        return not whole and all(re.search(key, first) for key in keys)
    return isinstance(row, dict) and _has_columns(row)


def _has_columns(columns: Any) -> bool:
    return set(REQUIRED) <= set(columns)


def _header(first: str) -> tuple[list[str], str]:
    """The names in a CSV's first line and the delimiter between them."""
    delimiter = max(",;\t", key=first.count)
    try:
        names = next(csv.reader([first.rstrip("\r\n")], delimiter=delimiter), [])
    except csv.Error:
        names = []
    return [name.strip().lower() for name in names], delimiter


def _parquet_columns(path: Path) -> list[str]:
    try:
        return list(pq.read_schema(path).names)
    except (pa.ArrowInvalid, OSError):
        return []


def _rows(path: Path, source_file: str, losses: Losses) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """The file's rows with their numbers from 1; lines of JSON that are none are losses."""
    with path.open("rb") as file:
        start = file.read(4)
    if start == b"PAR1":
        yield from enumerate(_parquet_rows(path, source_file), 1)
        return
    text = decoded(path.read_bytes(), source_file=source_file)
    if text.lstrip().startswith("{"):
        yield from _json_rows(text, losses)
    else:
        yield from _csv_rows(text, losses)


def _parquet_rows(path: Path, source_file: str) -> Iterator[Mapping[str, Any]]:
    try:
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches():
                yield from batch.to_pylist()
    except (pa.ArrowInvalid, OSError) as error:
        fault = Fault(source_file, f"a broken Parquet file ({error})", "Write it again.")
        raise FaultyInput([fault]) from None


def _json_rows(text: str, losses: Losses) -> Iterator[tuple[int, Mapping[str, Any]]]:
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError as error:
            losses.lose(f"line {number} that is no JSON ({error})", _FIX)
            continue
        if isinstance(row, dict):
            yield number, _whole_characters(row) if "\\u" in line else row
        else:
            losses.lose(f"line {number} that is no JSON object", _FIX)


def _whole_characters(row: dict[str, Any]) -> dict[str, Any]:
    """The row without halves of surrogate pairs, which no file can hold."""
    return {
        key: value.encode("utf-8", "replace").decode() if isinstance(value, str) else value
        for key, value in row.items()
    }


def _csv_rows(text: str, losses: Losses) -> Iterator[tuple[int, Mapping[str, Any]]]:
    csv.field_size_limit(_LONGEST_FIELD)
    names, delimiter = _header(text.lstrip().partition("\n")[0])
    reader = csv.reader(io.StringIO(text.lstrip(), newline=""), delimiter=delimiter)
    next(reader)
    try:
        for number, cells in enumerate(reader, 1):
            if cells:
                yield number, dict(zip(names, cells, strict=False))
    except csv.Error as error:
        losses.lose(f"line {reader.line_num} that is no CSV ({error}); the rest is unread", _FIX)


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
    return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
