"""The rows of a JSONL, CSV or Parquet file, as they are written."""

import csv
import io
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from clone_pipeline.chats.partly import Losses, decoded
from clone_pipeline.settings import Fault, FaultyInput

_LONGEST_FIELD = 1 << 27
FIX = "Every row needs `author` and `text`; `timestamp` is ISO 8601 or left out."


def header_of(first: str) -> tuple[list[str], str]:
    """The names in a CSV's first line and the delimiter between them."""
    delimiter = max(",;\t", key=first.count)
    try:
        names = next(csv.reader([first.rstrip("\r\n")], delimiter=delimiter), [])
    except csv.Error:
        names = []
    return [name.strip().lower() for name in names], delimiter


def parquet_columns(path: Path) -> list[str]:
    """The names of a Parquet file's columns; none if it is broken."""
    try:
        return list(pq.read_schema(path).names)
    except (pa.ArrowInvalid, OSError):
        return []


def rows_of(
    path: Path, source_file: str, losses: Losses
) -> Iterator[tuple[int, Mapping[str, Any]]]:
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
            losses.lose(f"line {number} that is no JSON ({error})", FIX)
            continue
        if isinstance(row, dict):
            yield number, _whole_characters(row) if "\\u" in line else row
        else:
            losses.lose(f"line {number} that is no JSON object", FIX)


def _whole_characters(row: dict[str, Any]) -> dict[str, Any]:
    """The row without halves of surrogate pairs, which no file can hold."""
    return {
        key: value.encode("utf-8", "replace").decode() if isinstance(value, str) else value
        for key, value in row.items()
    }


def _csv_rows(text: str, losses: Losses) -> Iterator[tuple[int, Mapping[str, Any]]]:
    csv.field_size_limit(_LONGEST_FIELD)
    names, delimiter = header_of(text.lstrip().partition("\n")[0])
    reader = csv.reader(io.StringIO(text.lstrip(), newline=""), delimiter=delimiter)
    next(reader)
    try:
        for number, cells in enumerate(reader, 1):
            if cells:
                yield number, dict(zip(names, cells, strict=False))
    except csv.Error as error:
        losses.lose(f"line {reader.line_num} that is no CSV ({error}); the rest is unread", FIX)
