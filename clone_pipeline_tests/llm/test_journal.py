import asyncio
import dataclasses
import multiprocessing
import sqlite3
import time
from pathlib import Path
from typing import Any

import pytest

from clone_pipeline.funnel import Usage
from clone_pipeline.llm.asking import Request
from clone_pipeline.llm.journal import Entry, Journal, key
from clone_pipeline.settings import FaultyInput

ASKED = Request("m", ({"role": "user", "content": "Hi"},), 0.5, 1.0, 10)


def test_an_answer_is_there_after_closing_and_in_another_connection(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "journal.sqlite"
    with Journal(path) as journal:
        assert journal.get("k") is None
        journal.put("k", ASKED, '{"a": 1}', host="h").result(5)
        assert journal.get("k") == '{"a": 1}'
    with Journal(path) as journal:
        assert journal.get("k") == '{"a": 1}'
        exchange = journal.exchange("k")
        assert exchange is not None
        assert exchange[0]["messages"] == [{"role": "user", "content": "Hi"}]
        assert len(journal) == 1


def test_the_first_answer_stays(tmp_path: Path) -> None:
    with Journal(tmp_path / "j") as journal:
        journal.put("k", ASKED, "1").result(5)
        journal.put("k", ASKED, "2").result(5)
        assert journal.get("k") == "1"


def test_closing_commits_what_nobody_waited_for(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "j")
    for number in range(50):
        journal.put(str(number), ASKED, "{}")
    journal.close()
    journal.close()
    with Journal(tmp_path / "j") as journal:
        assert len(journal) == 50
    with pytest.raises(RuntimeError, match="closed"):
        journal.put("late", ASKED, "{}")


def commits_in(wal: Path) -> int:
    """Commit frames of a WAL file (https://www.sqlite.org/fileformat2.html#the_wal_file)."""
    data = wal.read_bytes()
    step = 24 + int.from_bytes(data[8:12], "big")
    return sum(any(data[at + 4 : at + 8]) for at in range(32, len(data), step))


def test_answers_that_arrive_together_share_commits(tmp_path: Path) -> None:
    async def put_all(journal: Journal) -> None:
        stored = [journal.put(str(n), ASKED, "{}") for n in range(400)]
        await asyncio.gather(*map(asyncio.wrap_future, stored))

    with Journal(tmp_path / "j") as journal:
        asyncio.run(put_all(journal))
        assert len(journal) == 400
        assert 0 < commits_in(tmp_path / "j-wal") <= 100


def test_a_cancelled_wait_still_stores_the_answer(tmp_path: Path) -> None:
    async def put_and_leave(journal: Journal) -> None:
        future = asyncio.wrap_future(journal.put("k", ASKED, "{}"))
        future.cancel()
        await asyncio.wrap_future(journal.put("l", ASKED, "{}"))

    with Journal(tmp_path / "j") as journal:
        asyncio.run(put_and_leave(journal))
        assert journal.get("k") == "{}"


def _hold_the_lock(path: str, held: Any, release: Any) -> None:
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("begin immediate")
    held.set()
    release.wait(20)
    connection.execute("rollback")


def test_a_second_process_waits_for_the_lock(tmp_path: Path) -> None:
    with Journal(tmp_path / "j") as journal:
        spawn = multiprocessing.get_context("fork")
        held, release = spawn.Event(), spawn.Event()
        other = spawn.Process(target=_hold_the_lock, args=(str(tmp_path / "j"), held, release))
        other.start()
        assert held.wait(10)
        stored = journal.put("k", ASKED, "{}")
        time.sleep(0.2)
        assert not stored.done()
        release.set()
        stored.result(10)
        other.join(10)


def test_a_lock_that_is_never_freed_is_an_error_not_a_hang(tmp_path: Path) -> None:
    with Journal(tmp_path / "j", wait_seconds=0.1) as journal:
        holder = sqlite3.connect(tmp_path / "j", isolation_level=None)
        holder.execute("begin immediate")
        with pytest.raises(FaultyInput, match="locked. Another process is writing to it"):
            journal.put("k", ASKED, "{}").result(10)
        holder.execute("rollback")
        holder.close()
        journal.put("k", ASKED, "{}").result(10)


def test_a_file_that_is_no_journal_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite"
    path.write_text("this is no database, and long enough to be read as one" * 40)
    with pytest.raises(FaultyInput, match=r"journal\.sqlite: found file is not a database"):
        Journal(path)


def test_entries_put_together_are_all_there_with_their_steps_and_costs(tmp_path: Path) -> None:
    asked = [dataclasses.replace(ASKED, vote=vote, step="check") for vote in range(3)]
    entries = [
        Entry(key(r, answer_format="chat"), r, f'{{"vote": {r.vote}}}', "chat", "h", 100, 7, 0.25)
        for r in asked
    ]
    with Journal(tmp_path / "j") as journal:
        journal.put_many(entries).result(5)
        assert [journal.get(entry.key) for entry in entries] == [e.reply_json for e in entries]
        assert journal.spent() == Usage(3, 0, 300, 21, 0.75)
        assert (
            journal.read("select step, model, host, cost from answers")
            == [("check", "m", "h", 0.25)] * 3
        )
        assert journal.read("select key from answers where key = ?", entries[0].key)


def test_a_second_answer_to_one_question_costs_but_is_not_kept(tmp_path: Path) -> None:
    with Journal(tmp_path / "j") as journal:
        for cost in (0.5, 0.25):
            journal.put("k", ASKED, f"{cost}", cost=cost).result(5)
        assert (len(journal), journal.get("k")) == (1, "0.5")
        assert journal.spent() == Usage(requests=2, cost=0.75)


def test_choices_of_one_request_count_as_one(tmp_path: Path) -> None:
    first = Entry("k", ASKED, "1", prompt_tokens=10)
    with Journal(tmp_path / "j") as journal:
        journal.put_many([first, dataclasses.replace(first, key="l", requests=0)]).result(5)
        assert (len(journal), journal.spent().requests) == (2, 1)


def test_facts_are_remembered_for_the_next_run(tmp_path: Path) -> None:
    with Journal(tmp_path / "j") as journal:
        assert journal.recalled("choices of h") is None
        journal.remember("choices of h", "no")
        journal.remember("choices of h", "yes")
        assert journal.recalled("choices of h") == "yes"
    with Journal(tmp_path / "j") as journal:
        assert journal.recalled("choices of h") == "yes"
        assert len(journal) == 0


def test_what_can_not_be_json_fails_where_it_is_put(tmp_path: Path) -> None:
    broken = dataclasses.replace(ASKED, messages=({"role": "user", "content": "\ud800"},))
    with Journal(tmp_path / "j") as journal:
        with pytest.raises(TypeError):
            journal.put("k", broken, "{}")
        with pytest.raises(UnicodeEncodeError):
            journal.put("k", ASKED, '"\ud800"')
        journal.put("k", ASKED, "{}").result(5)
