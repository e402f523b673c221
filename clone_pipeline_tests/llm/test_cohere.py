"""Cohere's chat, asked at a local server that speaks it."""

import asyncio
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from clone_pipeline.llm.asking import LlmFailure, Reply, Request
from clone_pipeline.llm.cohere import COHERE
from clone_pipeline.llm.endpoint import Endpoint
from clone_pipeline.llm.journal import Journal
from clone_pipeline.llm.openai_compatible import LlmSettings
from clone_pipeline.llm.opening import open_model, who_receives
from clone_pipeline_tests.llm.cohere_server import Body, CohereServer, reply, running_cohere

MESSAGES = (
    {"role": "system", "content": "Be brief."},
    {"role": "user", "content": "2 + 2?"},
    {"role": "assistant", "content": "4"},
    {"role": "user", "content": "3 + 3?"},
)


def request(**changes: Any) -> Request:
    fields: dict[str, Any] = {
        "model": "command-r", "messages": MESSAGES, "temperature": 0.2, "top_p": 0.9,
        "max_tokens": 10,
    }  # fmt: skip
    return Request(**fields | changes)


def ask(server: CohereServer, path: Path, asked: Request) -> Reply:
    settings = LlmSettings(mode="cohere", base_url=server.base_url, model="command-r")

    async def run() -> Reply:
        with Journal(path / "journal.sqlite") as journal:
            async with open_model(settings, journal=journal) as model:
                assert isinstance(model, Endpoint)
                return await model.ask(asked)

    return asyncio.run(run())


def test_a_conversation_is_put_in_coheres_words(tmp_path: Path) -> None:
    with running_cohere(lambda body: reply("6")) as server:
        answer = ask(server, tmp_path, request(stop=tuple("abcdefgh"), extra={"seed": 3}))
        assert (answer.text, answer.finish_reason) == ("6", "stop")
        assert (answer.prompt_tokens, answer.completion_tokens) == (7, 5)
        assert server.bodies == [
            {
                "model": "command-r",
                "preamble": "Be brief.",
                "chat_history": [
                    {"role": "USER", "message": "2 + 2?"},
                    {"role": "CHATBOT", "message": "4"},
                ],
                "message": "3 + 3?",
                "temperature": 0.2,
                "p": 0.9,
                "max_tokens": 10,
                "stop_sequences": list("abcde"),
                "seed": 3,
            }
        ]
        assert ask(
            server, tmp_path, request(stop=tuple("abcdefgh"), extra={"seed": 3})
        ).from_journal
    with Journal(tmp_path / "journal.sqlite") as journal:
        _, kept = journal.exchange(answer.journal_key) or ({}, {})
        assert kept["cohere"]["generation_id"] == "g"


def test_a_lone_question_has_neither_preamble_nor_history(tmp_path: Path) -> None:
    with running_cohere(lambda body: reply("Hi", "MAX_TOKENS")) as server:
        answer = ask(server, tmp_path, request(messages=MESSAGES[-1:]))
        assert answer.finish_reason == "length"
        assert server.bodies[0].keys().isdisjoint({"preamble", "chat_history", "stop_sequences"})


def test_votes_are_asked_for_one_by_one(tmp_path: Path) -> None:
    settings = LlmSettings(mode="cohere", base_url="http://h", model="command-r")
    assert not settings.form.several

    async def run(server: CohereServer) -> None:
        mine = settings.model_copy(update={"base_url": server.base_url})
        with Journal(tmp_path / "journal.sqlite") as journal:
            async with open_model(mine, journal=journal) as model:
                await model.ask_votes(request(), [0, 1])

    with running_cohere(lambda body: reply("6")) as server:
        asyncio.run(run(server))
        assert len(server.bodies) == 2


def test_a_reply_that_ended_in_an_error_is_asked_again(tmp_path: Path) -> None:
    seen: Counter[str] = Counter()

    def answer(body: Body) -> Body:
        seen["all"] += 1
        return reply("half", "ERROR") if seen["all"] == 1 else reply("whole")

    with running_cohere(answer) as server:
        assert ask(server, tmp_path, request()).text == "whole"


def test_a_refusal_is_shown(tmp_path: Path) -> None:
    refused = (400, {"message": "invalid request: too many tokens"})
    with (
        running_cohere(lambda body: refused) as server,
        pytest.raises(LlmFailure, match="too many tokens"),
    ):
        ask(server, tmp_path, request())


def test_the_address_may_be_left_out_and_the_host_is_named() -> None:
    settings = LlmSettings(mode="cohere", model="command-r")
    assert settings.address == "https://api.cohere.com/v1"
    assert settings.form is COHERE
    assert who_receives(settings, what="chunks") == "text of chunks goes to api.cohere.com"
