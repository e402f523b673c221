"""A full disk, a damaged file, and SIGKILL at seeded random instants inside writes."""

import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from clone_pipeline.llm.journal import Journal
from clone_pipeline.settings import FaultyInput
from clone_pipeline_tests.llm.journal_program import question, reply

PROGRAM = [sys.executable, "-m", "clone_pipeline_tests.llm.journal_program"]


def assert_kept(path: Path, told: list[int]) -> int:
    """All that was told durable is there, whatever else is there is whole; how many there are."""
    with Journal(path) as journal:
        assert journal.read("pragma integrity_check") == [("ok",)]
        held = {int(row[0]) for row in journal.read("select key from answers")}
        assert held >= set(told)
        assert len(journal) == len(held)
        for number in held:
            assert journal.get(str(number)) == reply(number)
            exchange = journal.exchange(str(number))
            assert exchange is not None
            assert exchange[0]["messages"] == list(question(number).messages)
        return len(held)


def put_on(journal: Journal, told: list[int]) -> None:
    for number in range(2000):
        journal.put(str(number), question(number), reply(number)).result(5)
        told.append(number)


def test_a_full_disk_is_said_and_what_was_kept_stays(tmp_path: Path) -> None:
    path = tmp_path / "j"
    told: list[int] = []
    with Journal(path) as journal:
        pages = int(journal.read("pragma page_count")[0][0])
        journal.write(
            lambda c: c.execute(f"pragma max_page_count={pages + 60}").fetchall()
        ).result()
        said = f"{path}: found database or disk is full. The disk is full: free some"
        with pytest.raises(FaultyInput, match=said):
            put_on(journal, told)
        assert len(told) > 50
        with pytest.raises(FaultyInput):
            journal.put("late", question(5000), reply(5000) * 20).result(5)
        journal.write(lambda c: c.execute("pragma max_page_count=100000").fetchall()).result()
        journal.put(str(len(told)), question(len(told)), reply(len(told))).result(5)
    assert assert_kept(path, told) == len(told) + 1


@pytest.mark.parametrize("largest", [150_000, 600_000])
def test_a_file_that_may_not_grow_is_said_and_a_later_run_goes_on(
    tmp_path: Path, largest: int
) -> None:
    path = tmp_path / "j"
    command = [*PROGRAM, "put_until_full", str(path), str(largest)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert f"{path}: found" in done.stderr
    assert "and run again; the answers so far are kept" in " ".join(done.stderr.split())
    told = [int(line) for line in done.stdout.split()]
    count = assert_kept(path, told)
    with Journal(path) as journal:
        journal.put(str(count), question(count), reply(count)).result(5)
        assert len(journal) == count + 1


@pytest.mark.parametrize("seed", [1, 2])
def test_a_kill_inside_writes_loses_nothing_that_was_told_durable(
    tmp_path: Path, seed: int
) -> None:
    path, draw = tmp_path / "j", random.Random(seed)
    told: list[int] = []
    for _ in range(2):
        child = subprocess.Popen(
            [*PROGRAM, "put_until_stopped", str(path), "0"], stdout=subprocess.PIPE
        )
        assert child.stdout is not None
        child.stdout.readline()
        time.sleep(draw.uniform(0.005, 0.15))
        child.send_signal(signal.SIGKILL)
        told += [int(line) for line in child.stdout.read().split()]
        child.stdout.close()
        assert child.wait() == -signal.SIGKILL
        assert assert_kept(path, told) > 1


def fill(path: Path) -> int:
    """Make a journal of 300 answers; its size in bytes."""
    with Journal(path) as journal:
        for number in range(300):
            journal.put(str(number), question(number), reply(number))
    return path.stat().st_size


def read_all(path: Path) -> None:
    with Journal(path) as journal:
        for number in range(300):
            journal.exchange(str(number))


@pytest.mark.parametrize("share", [0.0, 0.02, 0.6, 0.9])
def test_a_damaged_file_is_refused_with_the_way_out(tmp_path: Path, share: float) -> None:
    path = tmp_path / "j"
    at = int(fill(path) * share) // 4096 * 4096
    with path.open("r+b") as file:
        file.seek(at)
        file.write(b"\x5a" * 8192)
    with pytest.raises(FaultyInput, match=r"j: found .*(not a|malformed|damaged).*\. Put a copy"):
        read_all(path)


def test_a_file_that_was_cut_short_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "j"
    size = fill(path)
    with path.open("r+b") as file:
        file.truncate(size // 2)
    with pytest.raises(FaultyInput, match="malformed"):
        read_all(path)


def test_a_folder_where_nothing_may_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(FaultyInput, match="Let this user make files"):
        Journal(tmp_path / "file" / "journal.sqlite")
    with pytest.raises(FaultyInput, match="Let this user write"):
        Journal(tmp_path)


@pytest.mark.parametrize("tokens", [2**70, [1]])
def test_what_cannot_be_written_takes_nothing_else_with_it(tmp_path: Path, tokens: Any) -> None:
    path = tmp_path / "j"
    with Journal(path) as journal:
        journal.write(lambda connection: time.sleep(0.1))
        stored = [journal.put(str(n), question(n), reply(n)) for n in range(3)]
        broken = journal.put("broken", question(5000), reply(5000), prompt_tokens=tokens)
        stored += [journal.put(str(n), question(n), reply(n)) for n in range(3, 6)]
        with pytest.raises((OverflowError, FaultyInput)):
            broken.result(5)
        for done in stored:
            done.result(5)
        journal.put("6", question(6), reply(6)).result(5)
    assert assert_kept(path, list(range(7))) == 7
