"""Requests are held back before the endpoint refuses them; a storm of refusals stays small."""

import asyncio
import time
from pathlib import Path

import pytest

from clone_pipeline.llm.asking import LlmFailure
from clone_pipeline.llm.endpoint import Endpoint
from clone_pipeline.llm.gate import Gate
from clone_pipeline_tests.llm.openai_server import Answer, Body, running
from clone_pipeline_tests.llm.rate_limits import Limiter
from clone_pipeline_tests.llm.test_endpoint import question, with_endpoint


async def ask_many(endpoint: Endpoint, count: int) -> None:
    await asyncio.gather(*(endpoint.ask(question(str(n))) for n in range(count)))


def test_limits_in_headers_are_kept_without_one_refusal(tmp_path: Path) -> None:
    limiter = Limiter(requests=20, period=1.0)
    with running(answer=lambda body: "a", limiter=limiter, latency=0.01) as server:
        started = time.monotonic()
        with_endpoint(server, tmp_path, lambda e: ask_many(e, 50), first_wave=10)
        assert server.requests == 50
    assert limiter.refused == 0
    assert time.monotonic() - started < 4, "twenty at once and twenty a second: 1.5 s"


def test_limits_of_tokens_in_headers_are_kept_too(tmp_path: Path) -> None:
    limiter = Limiter(requests=1e6, period=1.0, tokens=400)
    with running(answer=lambda body: "a", limiter=limiter) as server:
        with_endpoint(server, tmp_path, lambda e: ask_many(e, 60), first_wave=10)
        assert server.requests == 60
    assert limiter.refused == 0


def test_the_settings_limit_holds_over_every_minute() -> None:
    now = 0.0
    sent: list[float] = []

    async def pause(seconds: float) -> None:
        nonlocal now
        now += seconds
        await asyncio.sleep(0)

    async def run() -> None:
        gate = Gate(8, {"requests": 10, "tokens": 700}, clock=lambda: now)

        async def one() -> None:
            entered = await gate.enter(100, pause=pause, longest=1e6)
            sent.append(now)
            await asyncio.sleep(0)
            gate.leave(entered, headers={}, tokens=60)

        await asyncio.gather(*(one() for _ in range(60)))

    asyncio.run(run())
    assert len(sent) == 60
    assert max(sum(at <= other < at + 59.9 for other in sent) for at in sent) <= 10
    assert max(sent) < 60 * 7, "tokens that were not used are given back"


def test_a_storm_of_refusals_does_not_multiply_the_requests(tmp_path: Path) -> None:
    """Sixty slots at an endpoint that takes eight at once and names neither limit nor pause."""
    server_slots = 8

    def answer(body: Body) -> str | Answer:
        busy = server.in_flight > server_slots
        return Answer(status=429, body='{"error": "busy"}') if busy else Answer("fine")

    with running(answer=lambda body: answer(body), latency=0.02) as server:
        with_endpoint(server, tmp_path, lambda e: ask_many(e, 400), draw=lambda: 0.2)
        assert server.requests < 400 * 1.35


def test_a_limit_beyond_patience_ends_the_run_with_the_reason(tmp_path: Path) -> None:
    headers = {"x-ratelimit-limit": "1000", "x-ratelimit-remaining": "0",
               "x-ratelimit-reset": "7200"}  # fmt: skip

    async def work(endpoint: Endpoint) -> None:
        await endpoint.ask(question("first"))
        with pytest.raises(LlmFailure, match="its rate limit allows nothing for 7200 s"):
            await endpoint.ask(question("second"))

    with running(answer=lambda body: Answer("a", headers=headers)) as server:
        with_endpoint(server, tmp_path, work, patience_seconds=5)
        assert server.requests == 1
