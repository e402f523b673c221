"""The queue's file is private, durable, read by others, and one process runs a bot."""

import multiprocessing
import os
import signal
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from clone_pipeline.bots.queue_file import alone, open_file, read_file
from clone_pipeline.settings import FaultyInput


def test_only_its_owner_reads_it(tmp_path: Path) -> None:
    path = tmp_path / ".private" / "bots.sqlite"
    with open_file(path):
        found = [p.stat().st_mode & 0o077 for p in (path.parent, *path.parent.iterdir())]
    assert set(found) == {0}


def test_it_is_flushed_to_the_disk_and_overwrites_what_it_erases(tmp_path: Path) -> None:
    with open_file(tmp_path / "q") as file:
        told = [
            file.one(f"pragma {name}") for name in ("journal_mode", "synchronous", "secure_delete")
        ]
    assert told == ["wal", 2, 1]


def test_what_is_no_queue_is_named(tmp_path: Path) -> None:
    path = tmp_path / "bots.sqlite"
    path.write_text("no database, but long enough to be taken for one" * 100)
    with pytest.raises(FaultyInput, match=r"bots\.sqlite: found file is not a database"):
        open_file(path).__enter__()
    with pytest.raises(FaultyInput, match="not a database"):
        read_file(path).__enter__()


def test_where_no_bot_has_run_a_reader_is_told_so_and_makes_no_file(tmp_path: Path) -> None:
    with pytest.raises(FaultyInput, match="no bot has run in this project yet"):
        read_file(tmp_path / "bots.sqlite").__enter__()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("open_beside", [True, False])
def test_a_reader_reads_beside_a_writer_or_alone_and_can_change_nothing(
    tmp_path: Path, open_beside: bool
) -> None:
    path = tmp_path / "bots.sqlite"
    with open_file(path) as writer:
        writer.run("insert into stops values ('matrix', 'bob', '2026')")
        if open_beside:
            with read_file(path) as reader, writer.transaction():
                assert reader.one("select author from stops") == "bob"
    with read_file(path) as reader:
        assert reader.one("select author from stops") == "bob"
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            reader.run("delete from stops")


def _run(path: Path, running: Any) -> None:
    with alone(path, "vtx"):
        running.set()
        signal.pause()


def test_one_process_runs_a_bot_until_it_is_gone_however_it_went(tmp_path: Path) -> None:
    path, spawn = tmp_path / "bots.sqlite", multiprocessing.get_context("fork")
    running = spawn.Event()
    other = spawn.Process(target=_run, args=(path, running))
    other.start()
    assert running.wait(10)
    with alone(path, "another"), pytest.raises(FaultyInput, match="runs already"):
        alone(path, "vtx").__enter__()
    os.kill(other.pid or 0, signal.SIGKILL)
    other.join(10)
    with alone(path, "vtx"):
        pass
