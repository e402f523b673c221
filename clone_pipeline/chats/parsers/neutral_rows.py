"""The rows of a JSONL, CSV or Parquet file, as they are written, never the whole file at once."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from clone_pipeline.chats.parsers.csv_rows import csv_rows
from clone_pipeline.chats.parsers.text_lines import TextLines
from clone_pipeline.chats.partly import Losses
from clone_pipeline.settings import Fault, FaultyInput

FIX = "Every row needs `author` and `text`; `timestamp` is ISO 8601 or left out."
BATCH_ROWS = 4096

_UNREADABLE = (pa.ArrowException, ValueError, OverflowError, KeyError)


def parquet_columns(path: Path) -> list[str]:
    """The names of a Parquet file's columns; none if it is broken."""
    try:
        return list(pq.read_schema(path).names)
    except (pa.ArrowException, OSError, ValueError):
        return []


def rows_of(
    path: Path, source_file: str, losses: Losses, columns: frozenset[str]
) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """The file's rows with their numbers from 1; what can't be read is a loss.

    Args:
        path: Parquet, lines of JSON, or CSV.
        source_file: its name in messages to the user.
        losses: where rows that can't be read are counted.
        columns: those that a Parquet file is read for.

    Raises:
        FaultyInput: a Parquet file that is broken from its start.
    """
    with path.open("rb") as file:
        start = file.read(4)
    if start == b"PAR1":
        yield from _parquet_rows(path, source_file, losses, columns)
        return
    lines = TextLines(path, Losses(source_file))
    if next((line for line in lines if line.strip()), "").lstrip().startswith("{"):
        yield from _json_rows(path, losses)
    else:
        yield from csv_rows(path, losses, fix=FIX)


def _parquet_rows(
    path: Path, source_file: str, losses: Losses, columns: frozenset[str]
) -> Iterator[tuple[int, Mapping[str, Any]]]:
    number = 0
    try:
        with pq.ParquetFile(path) as file:
            used = [name for name in file.schema_arrow.names if name in columns]
            for batch in file.iter_batches(BATCH_ROWS, columns=used):
                for row in _rows(batch, losses):
                    number += 1
                    if row:
                        yield number, row
    except (pa.ArrowException, OSError, ValueError) as error:
        found = f"a broken Parquet file ({error})"
        if not number:
            raise FaultyInput([Fault(source_file, found, "Write it again.")]) from None
        losses.note(f"{found}, of which {number} rows were read", "Write it again.")


def _rows(batch: pa.RecordBatch, losses: Losses) -> Iterator[dict[str, Any]]:
    """The rows of a batch; one with a value that Python does not know is lost, and empty."""
    try:
        yield from batch.to_pylist()
    except _UNREADABLE as error:
        if batch.num_rows == 1:
            losses.lose(f"a row with {error}", FIX)
            yield {}
            return
        for at in range(batch.num_rows):
            yield from _rows(batch.slice(at, 1), losses)


def _json_rows(path: Path, losses: Losses) -> Iterator[tuple[int, Mapping[str, Any]]]:
    lines = TextLines(path, losses)
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line, strict=False)
        except (ValueError, RecursionError) as error:
            losses.lose(f"line {number} that is no JSON ({error})", FIX)
            continue
        if isinstance(row, dict):
            yield number, _whole_characters(row) if "\\u" in line else row
        else:
            losses.lose(f"line {number} that is no JSON object", FIX)
    lines.tell()


def _whole_characters(row: dict[str, Any]) -> dict[str, Any]:
    """The row without halves of surrogate pairs, which no file can hold."""
    return {
        key: value.encode("utf-8", "replace").decode() if isinstance(value, str) else value
        for key, value in row.items()
    }
