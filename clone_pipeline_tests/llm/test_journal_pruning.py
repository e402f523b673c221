import dataclasses
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clone_pipeline.llm import journal_batches, journal_listing, journal_pruning
from clone_pipeline.llm.journal import Journal
from clone_pipeline.llm.journal_file import open_file
from clone_pipeline.llm.journal_listing import By, Which
from clone_pipeline.llm.journal_rows import Answered, Spent
from clone_pipeline_tests.llm.journal_program import question

GOOD = '{"choices": [{"message": {"content": "Yes."}}]}'
EMPTY = '{"choices": [{"message": {"content": " "}}]}'


@contextmanager
def journal_of(path: Path, steps: str) -> Iterator[Journal]:
    """A journal with one answer a letter, which is its prompt's name; x has an empty answer."""
    with Journal(path) as journal:
        for number, step in enumerate(steps):
            request = dataclasses.replace(question(number), step=step, model=step.upper())
            reply = EMPTY if step == "x" else GOOD
            journal.put(f"{number:064x}", request, reply, cost=0.5, prompt_tokens=10)
        journal.put("last", question(0), GOOD).result()
        yield journal


def removed(path: Path, which: Which | None = None, **more: object) -> int:
    connection = open_file(path, 5)
    chosen = journal_pruning.choose(connection, which or Which(), **more)  # type: ignore[arg-type]
    journal_pruning.remove(connection)
    connection.close()
    return chosen.count


def test_sums_are_by_what_is_wanted_and_stay_when_answers_go(tmp_path: Path) -> None:
    with journal_of(tmp_path / "j", "aab"):
        pass
    connection = open_file(tmp_path / "j", 5)
    assert journal_listing.total(connection).cost == 1.5
    rows = journal_listing.totals(connection, By.PROMPT)
    assert [(row.name, row.kept, row.cost) for row in rows] == [
        ("a", 2, 1.0), ("b", 1, 0.5), ("check", 1, 0.0)
    ]  # fmt: skip
    assert [row.name for row in journal_listing.totals(connection, By.DAY)] != [""]
    assert len(journal_listing.totals(connection, By.DAY)) <= 2
    connection.close()
    assert removed(tmp_path / "j", Which(prompt="a")) == 2
    with Journal(tmp_path / "j") as journal:
        assert (len(journal), journal.spent().cost, journal.spent().requests) == (2, 1.5, 4)


@settings(max_examples=10, deadline=None)
@given(st.text("abx", max_size=12), st.sampled_from("abx"))
def test_only_the_chosen_go_and_all_others_stay_whole(
    tmp_path_factory: pytest.TempPathFactory, steps: str, gone: str
) -> None:
    path = tmp_path_factory.mktemp("pruned") / "j"
    with journal_of(path, steps):
        pass
    assert removed(path, Which(prompt=gone)) == steps.count(gone)
    with Journal(path) as journal:
        assert len(journal) == len(steps) + 1 - steps.count(gone)
        for number, step in enumerate(steps):
            exchange = journal.exchange(f"{number:064x}")
            assert (exchange is None) == (step == gone)
            if exchange:
                assert exchange[0]["messages"] == list(question(number).messages)
        assert len(journal.read("select id from requests")) == len(journal)


def test_texts_that_nobody_needs_any_more_go_too(tmp_path: Path) -> None:
    with journal_of(tmp_path / "j", "a" * 30) as journal:
        before = len(journal.read("select id from texts"))
    assert removed(tmp_path / "j", Which(model="A")) == 30
    with Journal(tmp_path / "j") as journal:
        assert len(journal.read("select id from texts")) < before
        assert journal.exchange("last") is not None


def test_unreadable_answers_can_be_chosen(tmp_path: Path) -> None:
    with journal_of(tmp_path / "j", "axbx") as journal:
        journal.put("broken", question(9), "no JSON").result()
    assert removed(tmp_path / "j", unreadable=True) == 3
    with Journal(tmp_path / "j") as journal:
        assert len(journal) == 3


def test_unused_are_those_beside_named_ones_that_no_table_names(tmp_path: Path) -> None:
    with journal_of(tmp_path / "j", "aab"):
        pass
    named = [f"{0:064x}"]
    assert removed(tmp_path / "j", named=named, named_at=0.0) == 0
    assert removed(tmp_path / "j", named=named, named_at=4e9) == 1
    with Journal(tmp_path / "j") as journal:
        assert journal.get(f"{1:064x}") is None
        assert journal.get(f"{2:064x}") == GOOD


def test_a_date_chooses_what_came_before_it(tmp_path: Path) -> None:
    with journal_of(tmp_path / "j", "ab"):
        pass
    assert removed(tmp_path / "j", Which(before=date(2020, 1, 1))) == 0
    assert removed(tmp_path / "j", Which(before=date(2999, 1, 1))) == 3


def test_what_a_batch_waits_for_is_not_pruned(tmp_path: Path) -> None:
    with journal_of(tmp_path / "j", "") as journal:
        asked = journal_batches.Question("k", question(50), "chat")
        journal_batches.begin(journal, "mark", "h", [asked]).result()
    assert removed(tmp_path / "j", Which(host="")) == 1
    with Journal(tmp_path / "j") as journal:
        kept = journal_batches.keep(journal, "mark", [Answered("k", b"{}", 0, Spent())])
        assert len(kept.result()) == 1
        exchange = journal.exchange("k")
        assert exchange is not None
        assert exchange[0]["messages"] == list(question(50).messages)
