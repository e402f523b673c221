"""Parquet files that are written and read as their rows come, never held whole."""

import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import xxhash

from clone_pipeline import durable

# Rows that are written together; what is kept in memory of a table that grows.
GROUP_ROWS = 1 << 16


@dataclass(frozen=True, slots=True)
class Stored:
    """A table on the disk, read in batches; one that was never made has no rows.

    Attributes:
        path: a Parquet file, or a folder of them.
        schema: what the table has if it was never made.
    """

    path: Path
    schema: pa.Schema

    def files(self) -> list[Path]:
        """The files that the table consists of, in order."""
        if self.path.is_dir():
            return sorted(self.path.rglob("*.parquet"))
        return [self.path] if self.path.exists() else []

    @property
    def num_rows(self) -> int:
        """How many rows there are."""
        return sum(pq.read_metadata(path).num_rows for path in self.files())

    def groups(
        self, columns: Sequence[str] | None = None, *, dictionaries: Sequence[str] = ()
    ) -> Iterator[pa.Table]:
        """The rows in tables of at most `GROUP_ROWS`.

        Args:
            columns: which; None gives all.
            dictionaries: string columns that are given dictionary-encoded.
        """
        for path in self.files():
            with pq.ParquetFile(path, read_dictionary=list(dictionaries), pre_buffer=False) as file:
                for number in range(file.num_row_groups):
                    yield file.read_row_group(number, columns=list(columns) if columns else None)

    def rows(self, start: int, stop: int, columns: Sequence[str] | None = None,
             *, dictionaries: Sequence[str] = ()) -> Iterator[pa.Table]:  # fmt: skip
        """The rows from `start` to before `stop`, in tables; other row groups are not read."""
        first = 0
        for path in self.files():
            with pq.ParquetFile(path, read_dictionary=list(dictionaries), pre_buffer=False) as file:
                for number in range(file.num_row_groups):
                    size = file.metadata.row_group(number).num_rows
                    low, high = max(start - first, 0), min(stop - first, size)
                    if low < high:
                        group = file.read_row_group(number, list(columns) if columns else None)
                        yield group.slice(low, high - low)
                    first += size


class Growing:
    """A table that is written row group by row group, beside its place."""

    def __init__(self, path: Path, schema: pa.Schema, *, repetitive: Sequence[str]) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        _sweep(path)
        self.path = path
        self.part = _part(path)
        self.schema = schema
        self.rows = 0
        self.head = schema.empty_table()
        self._waiting: list[pa.Table] = []
        self._waits = 0
        self._writer = pq.ParquetWriter(
            self.part,
            schema,
            compression="none",
            use_dictionary=list(repetitive),
            write_statistics=False,
        )

    def add(self, table: pa.Table) -> None:
        """Append rows; columns are cast to the schema's types, others are left out."""
        if not table.num_rows:
            return
        if not self.rows:
            self.head = table.slice(0, 5).select(self.schema.names).cast(self.schema)
        self.rows += table.num_rows
        self._waiting.append(table.select(self.schema.names).cast(self.schema))
        self._waits += table.num_rows
        if self._waits >= GROUP_ROWS:
            self._write(whole=False)

    def finish(self) -> "Grown":
        """Write what waits; the file is whole now, but not at its place yet."""
        self._write(whole=True)
        self._writer.close()
        durable.flush(self.part)
        digest = _digest(self.part)
        return Grown(self.part, self.path, self.rows, digest, self.head)

    def abandon(self) -> None:
        """Leave no trace of the table."""
        # What a full disk left half done can't be closed either; the first error is what counts.
        with suppress(OSError, pa.ArrowException):
            self._writer.close()
        self.part.unlink(missing_ok=True)

    def _write(self, *, whole: bool) -> None:
        if not self._waits:
            return
        waiting = pa.concat_tables(self._waiting).combine_chunks()
        cut = self._waits if whole else self._waits // GROUP_ROWS * GROUP_ROWS
        self._writer.write_table(waiting.slice(0, cut), row_group_size=GROUP_ROWS)
        rest = waiting.slice(cut)
        self._waiting = [rest.take(list(range(rest.num_rows)))] if rest.num_rows else []
        self._waits = rest.num_rows


@dataclass(frozen=True, slots=True)
class Grown:
    """A whole table beside its place.

    Attributes:
        part: where it lies.
        path: its place.
        rows: how many there are.
        digest: 16 hexadecimal digits of the file.
        head: the first rows.
    """

    part: Path
    path: Path
    rows: int
    digest: str
    head: pa.Table

    def moved(self, path: Path) -> "Grown":
        """The same table, meant for another place."""
        path.parent.mkdir(parents=True, exist_ok=True)
        part = _part(path)
        shutil.move(self.part, part)
        return replace(self, part=part, path=path)

    @contextmanager
    def unless_it_fails(self) -> Iterator[None]:
        """If what is done within fails, nothing is left of the table."""
        try:
            yield
        except BaseException:
            self.part.unlink(missing_ok=True)
            raise

    def settle(self) -> None:
        """Put the table in its place; a reader meets the old one or the new one."""
        self.part.replace(self.path)
        durable.flush(self.path.parent)


@contextmanager
def growing(path: Path, schema: pa.Schema, *, repetitive: Sequence[str] = ()) -> Iterator[Growing]:
    """A table that will stand at `path`; if writing fails, nothing is left of it.

    Args:
        path: the Parquet file.
        schema: its columns.
        repetitive: columns with few different values, stored as dictionaries.
    """
    table = Growing(path, schema, repetitive=repetitive)
    try:
        yield table
    except BaseException:
        table.abandon()
        raise


def of_columns(columns: Mapping[str, object], schema: pa.Schema) -> pa.Table:
    """Lists or arrays as a table of the schema."""
    arrays = [
        column if isinstance(column, pa.Array) else pa.array(column, type=field.type)
        for field, column in ((field, columns[field.name]) for field in schema)
    ]
    return pa.table(arrays, names=schema.names)


def _part(path: Path) -> Path:
    return path.with_name(f".{path.name}.{os.getpid()}.part")


def _sweep(path: Path) -> None:
    """Remove what processes left that were killed while they wrote the table."""
    for part in path.parent.glob(f".{path.name}.*.part"):
        pid = part.name.split(".")[-2]
        if pid.isdecimal() and not durable.runs(int(pid)):
            part.unlink(missing_ok=True)


def _digest(path: Path) -> str:
    found = xxhash.xxh3_64()
    with path.open("rb") as file:
        while piece := file.read(1 << 20):
            found.update(piece)
    return found.hexdigest()
