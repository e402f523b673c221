import asyncio
import contextlib
import dataclasses
import logging
from pathlib import Path

import pytest

from clone_pipeline.funnel import Usage
from clone_pipeline.llm import journal_batches
from clone_pipeline.llm.asking import LlmFailure
from clone_pipeline.llm.budget import BudgetSpent
from clone_pipeline.llm.journal import Journal
from clone_pipeline.llm.wire import Manner
from clone_pipeline.settings import FaultyInput
from clone_pipeline_tests.llm import openai_server
from clone_pipeline_tests.llm.batch_program import PRICES, ask, ask_all, asking, thirty
from clone_pipeline_tests.llm.batch_server import BatchServer, Body, running
from clone_pipeline_tests.llm.journal_program import question


def test_what_is_asked_together_is_one_batch_at_half_the_price(tmp_path: Path) -> None:
    with running() as server:
        spent = ask(server, tmp_path, 30)
        assert spent == thirty()
        assert server.sizes == [30]
        assert set(server.paid.values()) == {1}
        assert server.files == {}, "files stay at the endpoint after their answers were kept"
        assert ask(server, tmp_path, 30) == spent
        assert server.sizes == [30]


def test_flows_that_wait_for_each_other_share_batches(tmp_path: Path) -> None:
    async def two_steps(server: BatchServer, journal: Journal) -> Usage:
        async with asking(server, journal, prices=PRICES) as model:

            async def flow(number: int) -> None:
                await model.ask(question(number))
                second = dataclasses.replace(question(number), max_tokens=9)
                replies = await model.ask_votes(second, [0, 1])
                assert [reply.from_journal for reply in replies] == [False, False]

            await asyncio.gather(*(flow(number) for number in range(10)))
            await model.ask(question(0))
            assert model.waiting() == ""
            used: Usage = model.usage()
            return used

    with running() as server, Journal(tmp_path / "j") as journal:
        used = asyncio.run(two_steps(server, journal))
        assert server.sizes == [10, 20]
        assert used == thirty(from_journal=1)


def test_batches_keep_the_limits_and_to_one_model(tmp_path: Path) -> None:
    async def two_models(server: BatchServer, journal: Journal) -> None:
        async with asking(server, journal, max_requests=8) as model:
            asked = [question(number) for number in range(10)]
            asked += [dataclasses.replace(each, model="large") for each in asked]
            await asyncio.gather(*(model.ask(each) for each in asked))

    with running() as server, Journal(tmp_path / "j") as journal:
        asyncio.run(two_models(server, journal))
        assert sorted(server.sizes) == [2, 2, 8, 8]
    with running() as server:
        ask(server, tmp_path / "other", 20, max_bytes=20_000)
        assert len(server.sizes) > 2
        assert sum(server.sizes) == 20


@pytest.mark.parametrize("path", ["/v1/files", "/v1/batches"])
def test_a_reply_that_got_lost_does_not_make_a_second_batch(tmp_path: Path, path: str) -> None:
    with running(drops={path}) as server:
        ask(server, tmp_path, 10)
        assert server.sizes == [10]
        assert set(server.paid.values()) == {1}


def test_a_batch_that_the_endpoint_forgot_is_sent_anew(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with running(seconds=60) as server:
        leave_waiting(server, tmp_path / "j")
        server.batches.clear()
        server.script.seconds = 0
        with caplog.at_level(logging.INFO):
            ask(server, tmp_path, 5)
        assert server.sizes == [5, 5]
        assert "unknown to the endpoint" in caplog.text


def leave_waiting(server: BatchServer, path: Path) -> None:
    """Ask five questions and stop when they are in a batch."""

    async def asked(journal: Journal) -> None:
        asking = asyncio.create_task(ask_all(server.base_url, journal, 5))
        async with asyncio.timeout(20):
            while not any(each.batch_id for each in journal_batches.open_batches(journal, host)):
                await asyncio.sleep(0.01)
        asking.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await asking

    host = f"127.0.0.1:{server.port}"
    with Journal(path) as journal:
        asyncio.run(asked(journal))
        assert len(journal_batches.open_batches(journal, host)) == 1


def test_a_later_run_takes_the_answers_even_if_it_asks_for_other_things(tmp_path: Path) -> None:
    async def ask_one(server: BatchServer, journal: Journal) -> None:
        async with asking(server, journal) as model:
            await model.ask(question(99))

    with running(seconds=0.8) as server:
        leave_waiting(server, tmp_path / "j")
        with Journal(tmp_path / "j") as journal:
            asyncio.run(ask_one(server, journal))
        ask_again = ask_five_more(server, tmp_path / "j")
        assert ask_again == 6
        assert server.sizes == [5, 1]


def ask_five_more(server: BatchServer, path: Path) -> int:
    with Journal(path) as journal:
        asyncio.run(ask_all(server.base_url, journal, 5))
        return len(journal)


def test_two_runs_at_once_send_nothing_twice(tmp_path: Path) -> None:
    async def both(url: str, one: Journal, two: Journal) -> None:
        await asyncio.gather(ask_all(url, one, 20), ask_all(url, two, 20))

    with (
        running(seconds=0.2) as server,
        Journal(tmp_path / "j") as one,
        Journal(tmp_path / "j") as two,
    ):
        asyncio.run(both(server.base_url, one, two))
        assert one.spent().requests == len(two) == 20
        assert server.paid.total() == 20


def test_a_budget_stops_before_what_could_pass_it(tmp_path: Path) -> None:
    with (
        running() as server,
        pytest.raises(BudgetSpent, match=r"Raise llm\.budget"),
    ):
        ask(server, tmp_path, 40, budget=0.012)
    assert 0 < sum(server.sizes) < 40


def test_stop_texts_and_the_name_of_the_limit_are_as_set(tmp_path: Path) -> None:
    bodies: list[Body] = []

    def answer(body: Body) -> str:
        bodies.append(body)
        return "Yes."

    async def ask_one(server: BatchServer, journal: Journal, manner: Manner) -> None:
        async with asking(server, journal, manner=manner) as model:
            await model.ask(dataclasses.replace(question(1), stop=tuple("abcdef")))

    with running(answer=answer) as server, Journal(tmp_path / "j") as journal:
        known = Manner(max_tokens_key="max_completion_tokens", known_stop_limit=4)
        asyncio.run(ask_one(server, journal, known))
        asyncio.run(ask_one(server, journal, Manner(stop_limit=2)))
    assert [body["stop"] for body in bodies] == [list("abcd"), list("ab")]
    assert bodies[0]["max_completion_tokens"] == 50
    assert "max_tokens" not in bodies[0]


def test_an_endpoint_without_batches_is_said_with_the_way_out(tmp_path: Path) -> None:
    with openai_server.running() as server, Journal(tmp_path / "j") as journal:
        asked = ask_all(server.base_url, journal, 2)
        with pytest.raises(LlmFailure, match="answered 404: .*llm.mode: api"):
            asyncio.run(asked)


def test_a_full_disk_reaches_whoever_asks(tmp_path: Path) -> None:
    with running() as server, Journal(tmp_path / "j") as journal:
        pages = int(journal.read("pragma page_count")[0][0])
        journal.write(lambda c: c.execute(f"pragma max_page_count={pages}").fetchall()).result()
        with pytest.raises(FaultyInput, match="The disk is full"):
            asyncio.run(ask_all(server.base_url, journal, 60))
    assert server.sizes == []
