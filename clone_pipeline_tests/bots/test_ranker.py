import asyncio
import random
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, TypeVar

import pytest

from clone_pipeline.bots.budget import Cost
from clone_pipeline.bots.heard import Heard, Said
from clone_pipeline.bots.ranker import Rank, open_ranker, sentence
from clone_pipeline.bots.settings import RankerSettings
from clone_pipeline.bots.wire import BudgetSpent, Purse
from clone_pipeline.llm.asking import LlmFailure
from clone_pipeline.settings import FaultyInput
from clone_pipeline_tests.bots.heards import INJECTIONS, comment
from clone_pipeline_tests.bots.predict_server import PredictServer, prediction
from clone_pipeline_tests.classifiers.stub import HARMLESS, TOXIC, stand_in, texts

T = TypeVar("T")


def ranked(
    server: PredictServer, use: Callable[[Rank], Awaitable[T]], *, purse: Purse | None = None,
    **more: Any,
) -> T:  # fmt: skip
    async def ranking() -> T:
        async with AsyncExitStack() as stack:
            await server.start(stack)
            chosen = RankerSettings.model_validate({"base_url": server.url} | more)
            opened = open_ranker(chosen, purse=purse, rng=random.Random(1))
            rank = await stack.enter_async_context(opened)
            assert rank
            return await use(rank)

    return asyncio.run(ranking())


def here(model: str, use: Callable[[Rank | None], Awaitable[T]]) -> T:
    async def ranking() -> T:
        chosen = RankerSettings(model=model)
        async with open_ranker(chosen, rng=random.Random(1)) as rank:
            return await use(rank)

    return asyncio.run(ranking())


def deep(text: str) -> Heard:
    return comment(text, depth=2)


def test_a_server_reads_what_is_answered_and_the_comment_as_one_text() -> None:
    server = PredictServer()
    assert ranked(server, lambda rank: rank(deep("Water them"))) == 0.75
    assert server.bodies == [
        {
            "inputs": "All of them, over night.<|endoftext|>Water them",
            "truncate": True,
            "truncation_direction": "Left",
        }
    ]


def test_a_cross_encoder_at_a_server_reads_a_pair() -> None:
    server = PredictServer()
    model = "cross-encoder/stsb-distilroberta-base"
    ranked(server, lambda rank: rank(deep("Water them")), model=model)
    ranked(server, lambda rank: rank(comment("Hm", context=())), model=model)
    given = [body["inputs"] for body in server.bodies]
    assert given == [["All of them, over night.", "Water them"], ["", "Hm"]]


def test_the_characters_that_a_server_reads_are_paid_for_and_counted_once() -> None:
    reserved: list[Cost] = []
    settled: list[Cost] = []

    def reserve(cost: Cost) -> int | None:
        reserved.append(cost)
        return 1 if cost.characters < 100 else None

    purse = Purse(reserve, lambda ticket, cost: settled.append(cost))
    server = PredictServer((429, {"error": "Model is overloaded", "error_type": "overloaded"}))
    ranked(server, lambda rank: rank(deep("Hä")), purse=purse, prompt_price=2e6)
    whole = "All of them, over night.<|endoftext|>Hä"
    spent = Cost(len(whole), len(whole) + 1, (len(whole) + 1) * 2.0)
    assert reserved == [spent, spent]
    assert settled == [Cost(), spent]
    with pytest.raises(BudgetSpent):
        ranked(PredictServer(), lambda rank: rank(deep("a" * 100)), purse=purse)


@pytest.mark.parametrize(
    "answer",
    [
        (424, {"error": "Inference failed", "error_type": "backend"}),
        (200, []),
        (200, [prediction(0.5), prediction(0.5, "LABEL_1")]),
        (200, [prediction(7.0)]),
        (200, [prediction("high")]),
        (200, {"error": "no"}),
    ],
)
def test_what_is_no_single_probability_is_noprediction(answer: tuple[int, Any]) -> None:
    server = PredictServer(*[answer] * 3)
    with pytest.raises(LlmFailure, match=r"127\.0\.0\.1"):
        ranked(server, lambda rank: rank(deep("hi")), tries=1)


def test_whatever_people_write_gets_aprediction() -> None:
    server = PredictServer()

    async def use(rank: Rank) -> None:
        for text in INJECTIONS:
            await rank(comment(text, context=(Said("t1_a", "olive", text),)))

    ranked(server, use)
    assert len(server.bodies) == len(INJECTIONS)


def test_weights_on_this_machine_score_the_pair_and_cost_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = stand_in(tmp_path, monkeypatch, labels=("LABEL_0",))

    async def use(rank: Rank | None) -> list[float]:
        assert rank
        said = sentence(RankerSettings(model=model), rank)
        assert said.startswith(f"Comments below others are read on this machine by {model}")
        return [await rank(deep("frob")), await rank(deep("rose \ud83d"))]

    assert here(model, use) == [TOXIC, HARMLESS]
    assert [each["pairs"] for each in texts(model)] == [
        [["All of them, over night.", "frob"]],
        [["All of them, over night.", "rose ?"]],
    ]


def test_a_score_that_fails_is_said_to_fail(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = stand_in(tmp_path, monkeypatch, labels=("LABEL_0",))

    async def use(rank: Rank | None) -> None:
        assert rank
        with pytest.raises(LlmFailure, match="a segment was violated"):
            await rank(deep("die"))

    here(model, use)


def test_weights_with_several_labels_are_of_no_ranker(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = stand_in(tmp_path, monkeypatch)
    with pytest.raises(FaultyInput, match=r"ranker\.model: found labels toxic, neutral"):
        here(model, lambda rank: asyncio.sleep(0))


def test_without_weights_it_is_off_and_says_so(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    model = str(tmp_path / "none")

    async def use(rank: Rank | None) -> str:
        return sentence(RankerSettings(model=model), rank)

    said = here(model, use)
    assert said.startswith(f"The reply ranker is off: there is no folder {model}")
    assert "reply_chance" in said
    assert said in caplog.text


def test_what_users_are_told_names_who_reads_comments() -> None:
    server = PredictServer()

    async def use(rank: Rank) -> str:
        return sentence(RankerSettings(base_url=server.url), rank)

    assert "go to 127.0.0.1" in ranked(server, use)
    assert sentence(None, None).startswith("The reply ranker is off: none is configured")
