"""An `Endpoint` against a local server that speaks the real protocol."""

import asyncio
import dataclasses
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

import pytest

from clone_pipeline.funnel import Usage
from clone_pipeline.llm.asking import Request
from clone_pipeline.llm.endpoint import Endpoint
from clone_pipeline.llm.journal import Journal
from clone_pipeline.llm.openai_compatible import connect
from clone_pipeline_tests.llm.openai_server import OpenAiServer, running

T = TypeVar("T")


def question(text: str = "Hi", **changes: Any) -> Request:
    asked = Request("small", ({"role": "user", "content": text},), 0.5, 1.0, 10)
    return dataclasses.replace(asked, **changes)


def with_endpoint(
    server: OpenAiServer, path: Path, work: Callable[[Endpoint], Awaitable[T]], **terms: Any
) -> T:
    async def run() -> T:
        given = {"base_url": server.base_url, "api_key": None} | terms
        with Journal(path / "journal.sqlite") as journal:
            async with connect(journal=journal, **given) as endpoint:
                return await work(endpoint)

    return asyncio.run(run())


def test_an_answer_comes_with_its_tokens_and_is_journaled_before_use(tmp_path: Path) -> None:
    async def work(endpoint: Endpoint) -> None:
        reply = await endpoint.ask(question())
        assert (reply.text, reply.finish_reason, reply.from_journal) == ("Hello.", "stop", False)
        with Journal(tmp_path / "journal.sqlite") as other_connection:
            assert other_connection.get(reply.journal_key) is not None

    with running(answer=lambda body: "Hello.") as server:
        with_endpoint(server, tmp_path, work)


def test_a_second_run_sends_nothing(tmp_path: Path) -> None:
    async def work(endpoint: Endpoint) -> Usage:
        replies = await asyncio.gather(*(endpoint.ask(question(str(n))) for n in range(20)))
        assert [reply.text for reply in replies] == [f"re {n}" for n in range(20)]
        return endpoint.usage()

    with running(answer=lambda body: "re " + body["messages"][0]["content"]) as server:
        first = with_endpoint(server, tmp_path, work, prompt_price=1.0, completion_price=2.0)
        second = with_endpoint(server, tmp_path, work, prompt_price=1.0, completion_price=2.0)
        assert server.requests == 20
    assert (first.requests, first.from_journal) == (20, 0)
    assert first.cost == pytest.approx((first.prompt_tokens + 2 * first.completion_tokens) / 1e6)
    assert second == Usage(from_journal=20)


def test_two_tasks_that_ask_the_same_send_one_request(tmp_path: Path) -> None:
    async def work(endpoint: Endpoint) -> None:
        same = await asyncio.gather(*(endpoint.ask(question()) for _ in range(10)))
        assert len({reply.text for reply in same}) == 1
        await endpoint.ask(question(vote=1))
        assert endpoint.usage().requests == 2
        assert endpoint.usage().from_journal == 9

    with running(latency=0.05) as server:
        with_endpoint(server, tmp_path, work)
        assert server.requests == 2


def test_a_cancelled_asker_leaves_the_other_its_answer(tmp_path: Path) -> None:
    async def work(endpoint: Endpoint) -> None:
        first = asyncio.create_task(endpoint.ask(question()))
        await asyncio.sleep(0.02)
        second = asyncio.create_task(endpoint.ask(question()))
        await asyncio.sleep(0.02)
        first.cancel()
        assert (await second).text

    with running(latency=0.1) as server:
        with_endpoint(server, tmp_path, work)
        assert server.requests == 1


def test_no_more_than_the_slots_are_in_flight(tmp_path: Path) -> None:
    async def work(endpoint: Endpoint) -> None:
        await asyncio.gather(*(endpoint.ask(question(str(n))) for n in range(40)))

    with running(latency=0.02) as server:
        with_endpoint(server, tmp_path, work, concurrency=7)
        assert server.peak == 7


def test_sixty_slots_are_kept_busy(tmp_path: Path) -> None:
    async def work(endpoint: Endpoint) -> float:
        started = time.monotonic()
        await asyncio.gather(*(endpoint.ask(question(str(n))) for n in range(240)))
        return time.monotonic() - started

    with running(answer=lambda body: "a", latency=0.5) as server:
        seconds = with_endpoint(server, tmp_path, work)
        assert server.peak == 60
    assert seconds < 2 * 240 * 0.5 / 60


def test_a_cut_off_reply_is_returned_as_such(tmp_path: Path) -> None:
    from clone_pipeline_tests.llm.openai_server import Answer

    async def work(endpoint: Endpoint) -> None:
        reply = await endpoint.ask(question())
        assert (reply.text, reply.finish_reason) == ("half a", "length")

    with running(answer=lambda body: Answer("half a", finish_reason="length")) as server:
        with_endpoint(server, tmp_path, work)
        assert server.requests == 1


def test_stops_beyond_the_endpoints_limit_are_not_sent(tmp_path: Path) -> None:
    async def work(endpoint: Endpoint) -> None:
        await endpoint.ask(question(stop=("a", "b", "c")))

    with running() as server:
        with_endpoint(server, tmp_path, work, stop_limit=2, max_tokens_key="max_completion_tokens")
        assert server.bodies[0]["stop"] == ["a", "b"]
        assert server.bodies[0]["max_completion_tokens"] == 10
        assert "max_tokens" not in server.bodies[0]


def test_half_a_surrogate_pair_in_a_text_can_be_asked(tmp_path: Path) -> None:
    async def work(endpoint: Endpoint) -> None:
        assert (await endpoint.ask(question("broken \ud83d"))).text
        assert (await endpoint.ask(question("broken \ud83d"))).from_journal

    with running() as server:
        with_endpoint(server, tmp_path, work)


def test_what_is_awaited_can_be_told(tmp_path: Path) -> None:
    told: list[str] = []

    async def work(endpoint: Endpoint) -> None:
        assert endpoint.waiting() == ""
        asked = asyncio.gather(*(endpoint.ask(question(str(n))) for n in range(3)))
        await asyncio.sleep(0.2)
        told.append(endpoint.waiting())
        await asked

    with running(latency=0.5) as server:
        with_endpoint(server, tmp_path, work)
    assert told[0].startswith("3 requests to 127.0.0.1:")
    assert "the oldest since" in told[0]
