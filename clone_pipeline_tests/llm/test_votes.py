"""Several votes from one request, against a server that gives them, or does not."""

import asyncio
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Literal

import pytest

from clone_pipeline.llm import choices
from clone_pipeline.llm.asking import LlmFailure, Reply
from clone_pipeline.llm.endpoint import Endpoint
from clone_pipeline.llm.journal import Journal
from clone_pipeline_tests.llm.openai_server import Answer, Body, OpenAiServer, running
from clone_pipeline_tests.llm.test_endpoint import question, with_endpoint


def numbered() -> Iterator[str]:
    return (f"answer {number}" for number in count())


def votes(server: OpenAiServer, path: Path, *asked: int, **terms: object) -> list[Reply]:
    async def work(endpoint: Endpoint) -> list[Reply]:
        return await endpoint.ask_votes(question(), asked)

    return with_endpoint(server, path, work, **terms)


def test_an_endpoint_that_gives_choices_is_asked_once(tmp_path: Path) -> None:
    texts = numbered()
    with running(answer=lambda body: next(texts), choices="given") as server:
        replies = votes(server, tmp_path, 0, 1, 2, prompt_price=1, completion_price=1)
        assert [reply.text for reply in replies] == ["answer 0", "answer 1", "answer 2"]
        assert not any(reply.from_journal for reply in replies)
        assert [body.get("n") for body in server.bodies] == [3]
        again = votes(server, tmp_path, 2, 1, 0)
        assert [reply.text for reply in again] == ["answer 2", "answer 1", "answer 0"]
        assert all(reply.from_journal for reply in again)
        assert server.requests == 1
    with Journal(tmp_path / "journal.sqlite") as journal:
        assert len(journal) == 3
        spent = journal.spent()
        assert spent.requests == 1
        assert spent.prompt_tokens == sum(reply.prompt_tokens for reply in replies) == 2 // 4
        assert spent.completion_tokens == 9
        assert spent.cost == pytest.approx(9 / 1e6)
        for reply in replies:
            asked, answered = journal.exchange(reply.journal_key) or ({}, {})
            assert len(answered["choices"]) == 1
            assert "n" not in asked["extra"]


def test_votes_and_single_questions_share_their_answers(tmp_path: Path) -> None:
    async def work(endpoint: Endpoint) -> None:
        single = await endpoint.ask(question(vote=1))
        replies = await endpoint.ask_votes(question(), [0, 1, 2])
        assert replies[1].text == single.text
        assert replies[1].from_journal
        assert (await endpoint.ask(question(vote=2))).text == replies[2].text

    texts = numbered()
    with running(answer=lambda body: next(texts), choices="given") as server:
        with_endpoint(server, tmp_path, work)
        assert [body.get("n") for body in server.bodies] == [None, 2]


@pytest.mark.parametrize(("choices", "first"), [("one", 3), ("refused", 4), ("broken", 4)])
def test_an_endpoint_that_does_not_is_asked_singly_and_never_tried_again(
    tmp_path: Path, choices: Literal["one", "refused", "broken"], first: int
) -> None:
    texts = numbered()
    with running(answer=lambda body: next(texts), choices=choices) as server:
        replies = votes(server, tmp_path, 0, 1, 2)
        assert sorted(reply.text for reply in replies) == ["answer 0", "answer 1", "answer 2"]
        assert server.requests == first

        async def more(endpoint: Endpoint) -> None:
            await endpoint.ask_votes(question("another"), [0, 1])

        with_endpoint(server, tmp_path, more)
        assert server.requests == first + 2
        assert sum("n" in body for body in server.bodies) == 1


def test_sixty_that_ask_at_once_find_out_once(tmp_path: Path) -> None:
    async def work(endpoint: Endpoint) -> None:
        asked = (endpoint.ask_votes(question(str(n)), [0, 1]) for n in range(60))
        await asyncio.gather(*asked)

    with running(latency=0.02, choices="refused") as server:
        with_endpoint(server, tmp_path, work)
        assert sum("n" in body for body in server.bodies) == 1
        assert server.requests == 121


def test_a_request_that_hangs_while_it_finds_out_holds_the_others_shortly(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(choices, "WAIT_SECONDS", 0.1)

    async def work(endpoint: Endpoint) -> None:
        asked = [asyncio.create_task(endpoint.ask_votes(question(str(n)), [0, 1])) for n in "012"]
        async with asyncio.timeout(5):
            await asyncio.gather(*asked[1:])
        assert not asked[0].done()

    def answer(body: Body) -> str | Answer:
        return Answer(fault="hang") if body["messages"][0]["content"] == "0" else "fine"

    with running(answer=answer, choices="given") as server:
        with_endpoint(server, tmp_path, work)
        assert [body.get("n") for body in server.bodies] == [2, 2, 2]


def test_switched_off_no_request_asks_for_choices(tmp_path: Path) -> None:
    with running(choices="given") as server:
        votes(server, tmp_path, 0, 1, several_choices=False)
        assert server.requests == 2
        assert not any("n" in body for body in server.bodies)


def test_the_same_votes_asked_twice_at_once_share_one_request(tmp_path: Path) -> None:
    async def work(endpoint: Endpoint) -> None:
        twice = await asyncio.gather(
            endpoint.ask_votes(question(), [0, 1]), endpoint.ask_votes(question(), [1, 0, 1])
        )
        assert [reply.text for reply in twice[0]] == ["answer 0", "answer 1"]
        assert [reply.text for reply in twice[1]] == ["answer 1", "answer 0", "answer 1"]

    texts = numbered()
    with running(answer=lambda body: next(texts), choices="given", latency=0.05) as server:
        with_endpoint(server, tmp_path, work)
        assert server.requests == 1


def test_a_cancelled_asker_leaves_the_votes_in_the_journal(tmp_path: Path) -> None:
    async def work(endpoint: Endpoint) -> None:
        asking = asyncio.create_task(endpoint.ask_votes(question(), [0, 1]))
        await asyncio.sleep(0.03)
        asking.cancel()
        await asyncio.sleep(0.2)
        assert (await endpoint.ask(question(vote=1))).from_journal

    with running(choices="given", latency=0.1) as server:
        with_endpoint(server, tmp_path, work)
        assert server.requests == 1


def test_a_refusal_for_another_reason_settles_nothing(tmp_path: Path) -> None:
    def answer(body: Body) -> str | Answer:
        long = "long" in str(body["messages"])
        return Answer(status=400, body='{"error": {"message": "too long"}}') if long else "fine"

    async def work(endpoint: Endpoint) -> None:
        with pytest.raises(LlmFailure, match="too long"):
            await endpoint.ask_votes(question("long"), [0, 1])
        assert len(await endpoint.ask_votes(question("short"), [0, 1])) == 2

    with running(answer=answer, choices="given") as server:
        with_endpoint(server, tmp_path, work)
        assert [body.get("n") for body in server.bodies] == [2, None, None, 2]


def test_choices_refused_at_temperature_0_are_still_asked_for_above_it(tmp_path: Path) -> None:
    """As vLLM does: "n must be 1 when using greedy sampling"."""

    def answer(body: Body) -> str | Answer:
        greedy = body.get("n", 1) > 1 and body["temperature"] == 0
        return Answer(status=400, body='{"error": {"message": "n must be 1"}}') if greedy else "a"

    async def work(endpoint: Endpoint) -> None:
        for text in ("first", "second"):
            await endpoint.ask_votes(question(text, temperature=0.0), [0, 1])
            await endpoint.ask_votes(question(text), [0, 1])

    with running(answer=answer, choices="given") as server:
        with_endpoint(server, tmp_path, work)
        assert [body.get("n") for body in server.bodies] == [2, None, None, 2, None, None, 2]
