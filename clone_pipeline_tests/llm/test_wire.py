"""How a request is put, and what is done when an endpoint does not take it so."""

import asyncio
import logging
from collections import Counter
from pathlib import Path

import pytest

from clone_pipeline.llm.completions import COMPLETIONS
from clone_pipeline.llm.endpoint import Endpoint
from clone_pipeline_tests.llm.openai_server import Answer, Body, Fault, OpenAiServer, running
from clone_pipeline_tests.llm.test_endpoint import question, with_endpoint

STOP = tuple(f"stop {number}" for number in range(9))


async def ask_one(endpoint: Endpoint) -> str:
    return (await endpoint.ask(question(stop=STOP))).text


def test_an_endpoint_that_takes_few_stop_texts_gets_the_first_with_one_notice(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def work(endpoint: Endpoint) -> None:
        await asyncio.gather(*(endpoint.ask(question(str(n), stop=STOP)) for n in range(5)))
        await endpoint.ask(question("later", stop=STOP))

    with running(stop_limit=4) as server, caplog.at_level(logging.WARNING):
        with_endpoint(server, tmp_path, work)
        assert server.bodies[-1]["stop"] == list(STOP[:4])
        assert server.requests == 5 + 5 + 1
        assert len([r for r in caplog.records if "takes 4 stop texts" in r.message]) == 1
        with_endpoint(server, tmp_path, work)
        assert server.requests == 11, "the same questions lie in the journal"

        async def new(endpoint: Endpoint) -> None:
            await endpoint.ask(question("new", stop=STOP))

        with_endpoint(server, tmp_path, new)
        assert server.requests == 12, "how many it takes is remembered"


def test_stop_texts_can_be_left_out(tmp_path: Path) -> None:
    with running() as server:
        with_endpoint(server, tmp_path, ask_one, send_stop=False)
        assert "stop" not in server.bodies[0]


def streamed(server: OpenAiServer, path: Path) -> None:
    async def work(endpoint: Endpoint) -> None:
        reply = await endpoint.ask(question())
        assert (reply.text, reply.finish_reason) == ("one two three", "length")
        assert (reply.prompt_tokens, reply.completion_tokens) == (0, 4)

    with_endpoint(server, path, work, stream=True, draw=lambda: 0.01)


THREE = Answer("one two three", finish_reason="length")


def test_a_stream_is_put_together_and_kept_as_a_completion(tmp_path: Path) -> None:
    with running(answer=lambda body: THREE) as server:
        streamed(server, tmp_path)
        assert server.bodies[0]["stream_options"] == {"include_usage": True}
        server.script.answer = lambda body: "never asked"
        streamed(server, tmp_path)
        assert server.requests == 1


@pytest.mark.parametrize("stream", ["always", "never"])
def test_json_or_a_stream_is_read_whichever_was_asked_for(tmp_path: Path, stream: str) -> None:
    async def work(endpoint: Endpoint) -> None:
        assert (await endpoint.ask(question())).text == "one two three"

    with running(answer=lambda body: THREE, stream=stream) as server:
        with_endpoint(server, tmp_path, work, stream=stream == "never")


@pytest.mark.parametrize("fault", ["sse_cut", "sse_error", "truncated"])
def test_a_stream_that_does_not_reach_its_end_is_asked_again(tmp_path: Path, fault: Fault) -> None:
    seen: Counter[str] = Counter()

    def answer(body: Body) -> Answer:
        seen["all"] += 1
        return Answer("one two three", fault=fault) if seen["all"] < 3 else THREE

    with running(answer=answer) as server:
        streamed(server, tmp_path)
        assert server.requests == 3


def test_an_endpoint_without_stream_options_is_asked_without_them(tmp_path: Path) -> None:
    def answer(body: Body) -> Answer:
        refused = Answer(status=422, body='{"detail": "stream_options: extra_forbidden"}')
        return refused if "stream_options" in body else THREE

    async def work(endpoint: Endpoint) -> None:
        for number in range(3):
            assert (await endpoint.ask(question(str(number)))).text == "one two three"

    with running(answer=answer) as server:
        with_endpoint(server, tmp_path, work, stream=True)
        assert server.requests == 4


@pytest.mark.parametrize("stream", [False, True])
def test_a_raw_completion_is_one_string_in_and_one_out(tmp_path: Path, stream: bool) -> None:
    async def work(endpoint: Endpoint) -> None:
        raw = await endpoint.ask(question("Once upon"))
        assert raw.text == "a time"
        several = await endpoint.ask_votes(question("Twice"), [0, 1])
        assert [reply.text for reply in several] == ["a time", "a time"]

    with running(answer=lambda body: "a time", choices="given") as server:
        with_endpoint(server, tmp_path, work, form=COMPLETIONS, stream=stream)
        assert server.bodies[0]["prompt"] == "Once upon"
        assert "messages" not in server.bodies[0]
        assert server.requests == 2


def test_chat_and_raw_completions_do_not_share_answers(tmp_path: Path) -> None:
    with running() as server:
        with_endpoint(server, tmp_path, ask_one)
        with_endpoint(server, tmp_path, ask_one, form=COMPLETIONS)
        assert server.requests == 2
