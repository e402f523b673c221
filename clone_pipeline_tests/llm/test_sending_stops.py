"""What stops a run: a refused key, an unknown model, failures in a row; never a lost answer."""

import asyncio
from collections import Counter
from pathlib import Path

import pytest
from aiohttp import web

from clone_pipeline.llm.asking import LlmFailure
from clone_pipeline.llm.endpoint import Endpoint
from clone_pipeline.llm.journal import Journal
from clone_pipeline.llm.openai_compatible import connect
from clone_pipeline_tests.llm.openai_server import Answer, Body, running
from clone_pipeline_tests.llm.test_endpoint import question, with_endpoint

SECRET = "sk-very-secret-0123456789"


def test_a_wrong_key_stops_at_once_names_the_variable_and_shows_no_key(tmp_path: Path) -> None:
    async def work(endpoint: Endpoint) -> str:
        asked = [endpoint.ask(question(str(n))) for n in range(30)]
        failures = await asyncio.gather(*asked, return_exceptions=True)
        assert all(isinstance(failure, LlmFailure) for failure in failures)
        return (
            "\n".join(map(str, failures))
            + repr(endpoint)
            + str(vars(endpoint))
            + endpoint.waiting()
        )

    with running(api_key="another") as server:
        said = with_endpoint(
            server, tmp_path, work, api_key=SECRET, api_key_env="MY_KEY", concurrency=2
        )
        assert server.requests <= 2
    assert "environment variable MY_KEY" in said
    assert "answers so far are kept" in said
    assert SECRET not in said


def test_a_right_key_is_sent_and_kept_out_of_the_journal(tmp_path: Path) -> None:
    async def work(endpoint: Endpoint) -> None:
        assert (await endpoint.ask(question())).text

    with running(api_key=SECRET) as server:
        with_endpoint(server, tmp_path, work, api_key=SECRET)
    for file in tmp_path.iterdir():
        assert SECRET.encode() not in file.read_bytes()


def test_an_unknown_model_stops_at_once_and_lists_the_known_ones(tmp_path: Path) -> None:
    async def work(endpoint: Endpoint) -> None:
        with pytest.raises(LlmFailure, match=r"no model `smal`.*It offers: large, small"):
            await endpoint.ask(question(model="smal"))
        with pytest.raises(LlmFailure, match="no more requests are sent"):
            await endpoint.ask(question())

    with running() as server:
        with_endpoint(server, tmp_path, work)
        assert server.requests == 1


def test_failures_in_a_row_stop_the_run_and_it_resumes(tmp_path: Path) -> None:
    refused = Answer(status=400, body='{"error": {"message": "prompt too long"}}')

    async def work(endpoint: Endpoint) -> list[object]:
        asked = [endpoint.ask(question(str(n))) for n in range(50)]
        return list(await asyncio.gather(*asked, return_exceptions=True))

    def answer(body: Body) -> str | Answer:
        return "fine" if int(body["messages"][0]["content"]) < 20 else refused

    with running(answer=answer) as server:
        outcomes = with_endpoint(server, tmp_path, work, concurrency=1, failures_in_a_row=3)
        assert server.requests == 23
        assert sum(isinstance(outcome, LlmFailure) for outcome in outcomes) == 30
        server.script.answer = lambda body: "mended"
        again = with_endpoint(server, tmp_path, work, concurrency=1)
        assert server.requests == 23 + 30
        assert not any(isinstance(outcome, Exception) for outcome in again)


def test_an_answer_in_between_keeps_the_run_going(tmp_path: Path) -> None:
    async def work(endpoint: Endpoint) -> list[object]:
        asked = [endpoint.ask(question(str(n))) for n in range(30)]
        return list(await asyncio.gather(*asked, return_exceptions=True))

    def answer(body: Body) -> str | Answer:
        return "fine" if int(body["messages"][0]["content"]) % 3 == 0 else Answer(status=400)

    with running(answer=answer) as server:
        outcomes = with_endpoint(server, tmp_path, work, concurrency=1, failures_in_a_row=3)
        assert server.requests == 30
    assert sum(isinstance(outcome, LlmFailure) for outcome in outcomes) == 20


def test_a_moved_endpoint_is_not_followed_with_the_key(tmp_path: Path) -> None:
    followed = Counter[str]()

    async def moved(request: web.Request) -> web.Response:
        return web.Response(status=307, headers={"Location": f"http://{request.host}/elsewhere"})

    async def elsewhere(request: web.Request) -> web.Response:
        followed["times"] += 1
        return web.json_response({})

    async def run() -> None:
        application = web.Application()
        application.router.add_post("/v1/chat/completions", moved)
        application.router.add_post("/elsewhere", elsewhere)
        runner = web.AppRunner(application)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        url = f"http://127.0.0.1:{runner.addresses[0][1]}/v1"
        with Journal(tmp_path / "j") as journal:
            async with connect(base_url=url, api_key=SECRET, journal=journal) as endpoint:
                with pytest.raises(LlmFailure, match=r"307: http://.*/elsewhere.*llm\.base_url"):
                    await endpoint.ask(question())
        await runner.cleanup()

    asyncio.run(run())
    assert not followed
