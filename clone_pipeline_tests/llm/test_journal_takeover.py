import dataclasses
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import orjson
import pytest

from clone_pipeline.llm.asking import Request
from clone_pipeline.llm.journal import Journal, key, plain_of
from clone_pipeline.settings import FaultyInput
from clone_pipeline_tests.llm.journal_program import question

VERSION_1 = """
create table if not exists answers (
    key text primary key, host text not null, request text not null, reply text not null,
    created text not null
)
"""


def make_version_1(path: Path, requests: list[Request]) -> dict[str, str]:
    """A file as the first release wrote it; the replies by key."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("pragma journal_mode=wal")
    connection.execute(VERSION_1)
    replies = {}
    for number, request in enumerate(requests):
        asked = orjson.dumps(plain_of(request, "chat"), option=orjson.OPT_SORT_KEYS).decode()
        name = key(request, answer_format="chat")
        usage = {"prompt_tokens": number, "completion_tokens": 2}
        replies[name] = orjson.dumps({"text": f"é {number}", "usage": usage}).decode()
        row = (name, "h", asked, replies[name], f"2026-03-0{1 + number % 2}T10:00:00.250+00:00")
        connection.execute("insert into answers values (?, ?, ?, ?, ?)", row)
    connection.close()
    return replies


def assert_taken_over(path: Path, replies: dict[str, str]) -> None:
    with Journal(path) as journal:
        assert len(journal) == len(replies)
        for name, reply in replies.items():
            assert journal.get(name) == reply
            exchange = journal.exchange(name)
            assert exchange is not None
            asked = exchange[0]
            answer_format = asked.pop("answer_format")
            assert key(Request(**asked), answer_format=answer_format) == name


REQUESTS = [dataclasses.replace(question(n), vote=n % 3, extra={"seed": n}) for n in range(60)]


def test_every_answer_of_version_1_is_taken_over(tmp_path: Path) -> None:
    replies = make_version_1(tmp_path / "j", REQUESTS)
    assert_taken_over(tmp_path / "j", replies)
    assert_taken_over(tmp_path / "j", replies)
    with Journal(tmp_path / "j") as journal:
        assert (journal.spent().requests, journal.spent().prompt_tokens) == (60, sum(range(60)))
        created = {row[0] for row in journal.read("select created from answers")}
        assert created == {"2026-03-01T10:00:00.250Z", "2026-03-02T10:00:00.250Z"}


def test_a_reply_without_readable_counts_is_taken_over_too(tmp_path: Path) -> None:
    make_version_1(tmp_path / "j", REQUESTS[:2])
    connection = sqlite3.connect(tmp_path / "j")
    connection.execute("update answers set reply = 'no JSON'")
    connection.commit()
    connection.close()
    with Journal(tmp_path / "j") as journal:
        assert journal.get(key(REQUESTS[0], answer_format="chat")) == "no JSON"


def test_the_file_is_smaller_than_before(tmp_path: Path) -> None:
    make_version_1(tmp_path / "j", REQUESTS)
    before = (tmp_path / "j").stat().st_size
    Journal(tmp_path / "j").close()
    assert (tmp_path / "j").stat().st_size < before * 0.6


@pytest.mark.parametrize("instant", [1, 60])
def test_a_kill_in_the_middle_of_taking_over_loses_nothing(tmp_path: Path, instant: int) -> None:
    replies = make_version_1(tmp_path / "j", REQUESTS)
    program = [sys.executable, "-m", "clone_pipeline_tests.llm.journal_program"]
    command = [*program, "die_in_take_over", str(tmp_path / "j"), str(instant)]
    assert subprocess.run(command, check=False).returncode == -9
    assert_taken_over(tmp_path / "j", replies)


def test_two_that_open_an_old_file_at_once_take_it_over_once(tmp_path: Path) -> None:
    replies = make_version_1(tmp_path / "j", REQUESTS)
    with ThreadPoolExecutor(4) as pool:
        for journal in pool.map(Journal, [tmp_path / "j"] * 4):
            journal.close()
    assert_taken_over(tmp_path / "j", replies)
    with Journal(tmp_path / "j") as journal:
        assert journal.spent().requests == len(replies)


def test_a_journal_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    Journal(tmp_path / "j").close()
    connection = sqlite3.connect(tmp_path / "j")
    connection.execute("pragma user_version=3")
    connection.close()
    before = (tmp_path / "j").read_bytes()
    with pytest.raises(FaultyInput, match="a journal of version 3. Update clone-pipeline"):
        Journal(tmp_path / "j")
    assert (tmp_path / "j").read_bytes() == before


def test_another_database_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "j")
    connection.execute("create table answers (question, answer)")
    connection.execute("insert into answers values (6, 42)")
    connection.commit()
    with pytest.raises(FaultyInput, match="found a database that is no journal"):
        Journal(tmp_path / "j")
    assert connection.execute("select * from answers").fetchall() == [(6, 42)]
    connection.close()
