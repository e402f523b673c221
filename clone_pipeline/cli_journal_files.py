"""The journal as a command finds it: its file, its keys, the tables that name answers."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from clone_pipeline.llm import journal_file, journal_listing
from clone_pipeline.settings import Fault, FaultyInput
from clone_pipeline.terminal import faults_shown, here


@contextmanager
def opened(folder: Path) -> Iterator[tuple[sqlite3.Connection, Path]]:
    """The project's journal; its faults are shown."""
    path = folder.resolve() / "data" / "journal.sqlite"
    with faults_shown(then=f"clone-pipeline check{here(folder)}"):
        if not path.is_file():
            fix = "Is this a project's folder (--project)? A run that asks a model makes it."
            raise FaultyInput([Fault(str(path), "no journal", fix)])
        connection = journal_file.open_file(path, 60.0)
        try:
            with journal_file.faults_of(path):
                yield connection, path
        finally:
            connection.close()


@contextmanager
def beside(file: Path) -> Iterator[IO[bytes]]:
    """Write beside `file`, then rename: never half a file."""
    part = file.with_name(f".{file.name}.part")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with part.open("wb") as writing:
            yield writing
        part.replace(file)
    except OSError as error:
        fault = Fault(str(file), f"that it can't be written ({error.strerror})", "Name another.")
        raise FaultyInput([fault]) from None
    finally:
        part.unlink(missing_ok=True)


def one_key(connection: sqlite3.Connection, beginning: str) -> str:
    """The only key that begins so.

    Raises:
        FaultyInput: there is none, or more than one.
    """
    found = journal_listing.keys(connection, beginning.strip().lower())
    if len(found) == 1:
        return found[0]
    fix = "See `clone-pipeline journal list --latest 20`, or journal_key in data/votes.parquet."
    if found:
        fix = f"It may be one of: {', '.join(key[:16] for key in found)}. Give more of it."
    raise FaultyInput([Fault("KEY", f"{len(found)} answers whose key begins {beginning!r}", fix)])


def named(data: Path) -> tuple[Iterator[str], float]:
    """The keys that tables name, and when the oldest of these tables was written.

    Raises:
        FaultyInput: there is no such table.
    """
    import pyarrow.parquet as pq  # noqa: PLC0415

    tables = [p for p in sorted(data.glob("*.parquet")) if "journal_key" in pq.read_schema(p).names]
    if not tables:
        fix = "Run the project once; then its votes name the answers that are used."
        raise FaultyInput([Fault(str(data), "no table that names answers", fix)])

    def keys() -> Iterator[str]:
        for path in tables:
            for batch in pq.ParquetFile(path).iter_batches(columns=["journal_key"]):
                yield from batch.column(0).to_pylist()

    return keys(), min(path.stat().st_mtime for path in tables)


def size(path: Path) -> int:
    """Bytes of a journal with what is not merged into it yet."""
    return sum(p.stat().st_size for p in (path, path.with_name(f"{path.name}-wal")) if p.exists())
