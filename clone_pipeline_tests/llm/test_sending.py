"""Faults of the endpoint: tried again within patience, else one error that helps."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from clone_pipeline.llm import pacing
from clone_pipeline.llm.asking import LlmFailure
from clone_pipeline.llm.endpoint import Endpoint
from clone_pipeline_tests.llm.openai_server import Answer, Body, Fault, running
from clone_pipeline_tests.llm.test_endpoint import question, with_endpoint


def failing_first(times: int, failure: Answer) -> Callable[[Body], Answer]:
    """An answer function that fails the first `times` requests."""
    seen: Counter[str] = Counter()

    def answer(body: Body) -> Answer:
        seen["all"] += 1
        return failure if seen["all"] <= times else Answer("At last.")

    return answer


PASSING = [
    Answer(fault="500"),
    Answer(fault="429"),
    Answer(fault="drop"),
    Answer("x", fault="truncated"),
    Answer("x", fault="malformed"),
    Answer(body="{}"),
    Answer(body='{"choices": []}'),
    Answer(body='{"error": {"code": 503, "message": "busy"}}'),
    Answer(body=""),
]


@pytest.mark.parametrize("failure", PASSING, ids=lambda answer: answer.fault or answer.body or "-")
def test_a_passing_fault_is_tried_again(tmp_path: Path, failure: Answer) -> None:
    async def work(endpoint: Endpoint) -> None:
        assert (await endpoint.ask(question())).text == "At last."
        assert endpoint.usage().requests == 3

    with running(answer=failing_first(2, failure)) as server:
        with_endpoint(server, tmp_path, work, draw=lambda: 0.05)
        assert server.requests == 3


def test_a_request_that_hangs_is_asked_again(tmp_path: Path) -> None:
    async def work(endpoint: Endpoint) -> None:
        assert (await endpoint.ask(question())).text == "At last."

    with running(answer=failing_first(1, Answer(fault="hang"))) as server:
        with_endpoint(server, tmp_path, work, timeout_seconds=0.3, draw=lambda: 0.05)


def test_the_pause_that_is_asked_for_holds_every_request(tmp_path: Path) -> None:
    limited = Answer(status=429, body="{}", headers={"Retry-After": "1"})

    async def work(endpoint: Endpoint) -> float:
        started = time.monotonic()
        first = asyncio.create_task(endpoint.ask(question("a")))
        await asyncio.sleep(0.1)
        await asyncio.gather(first, endpoint.ask(question("b")))
        return time.monotonic() - started

    with running(answer=failing_first(1, limited)) as server:
        assert with_endpoint(server, tmp_path, work, draw=lambda: 0.0) >= 1.0
        assert server.requests == 3


def test_patience_ends_with_one_clear_error_and_all_answers_kept(tmp_path: Path) -> None:
    async def work(endpoint: Endpoint) -> None:
        with pytest.raises(LlmFailure, match=r"127\.0\.0\.1:\d+ answered 500: .*Try again later"):
            await endpoint.ask(question())

    with running(faults={"500": 1.0}) as server:
        with_endpoint(server, tmp_path, work, patience_seconds=0.5, draw=lambda: 0.5)
        assert 1 < server.requests < 10


def test_a_pause_beyond_patience_is_not_waited_for(tmp_path: Path) -> None:
    async def work(endpoint: Endpoint) -> None:
        with pytest.raises(LlmFailure, match="429"):
            await endpoint.ask(question())

    with running(faults={"429": 1.0}, retry_after="3600") as server:
        with_endpoint(server, tmp_path, work, patience_seconds=10)
        assert server.requests == 1


def test_a_pause_beyond_patience_holds_nobody_else(tmp_path: Path) -> None:
    limited = Answer(status=429, body="{}", headers={"Retry-After": "3600"})

    async def work(endpoint: Endpoint) -> None:
        with pytest.raises(LlmFailure, match="429"):
            await endpoint.ask(question("a"))
        with pytest.raises(LlmFailure, match="no more requests are sent"):
            await asyncio.wait_for(endpoint.ask(question("b")), 3)

    with running(answer=failing_first(1, limited)) as server:
        with_endpoint(server, tmp_path, work, patience_seconds=10)
        assert server.requests == 1


def test_an_address_without_a_server_is_given_up_soon(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pacing, "UNREACHED_SECONDS", 1.0)

    async def work(endpoint: Endpoint) -> None:
        with pytest.raises(LlmFailure, match="gave no reply: .*is its server running"):
            await endpoint.ask(question())

    with running() as server:
        pass
    started = time.monotonic()
    with_endpoint(server, tmp_path, work, draw=lambda: 0.9, patience_seconds=600)
    assert time.monotonic() - started < 5


def test_a_run_gets_through_a_mixture_of_faults(tmp_path: Path) -> None:
    faults: dict[Fault, float] = {
        "429": 0.04, "500": 0.02, "drop": 0.02, "truncated": 0.02, "malformed": 0.02
    }  # fmt: skip

    async def work(endpoint: Endpoint) -> None:
        asked = (endpoint.ask(question(f"q{n}")) for n in range(300))
        replies = await asyncio.gather(*asked)
        assert [reply.text for reply in replies] == [f"re q{n}" for n in range(300)]

    with running(
        answer=lambda body: "re " + body["messages"][0]["content"], faults=faults, seed=7
    ) as server:
        with_endpoint(server, tmp_path, work, draw=lambda: 0.1)
        assert server.requests > 310
