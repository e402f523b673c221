"""Before the rest is asked, every prompt is tried, and one whose replies don't parse is named."""

import asyncio
from collections import Counter
from typing import Any

import pytest

from clone_pipeline.llm.asking import Request
from clone_pipeline.qa import dialogue, generation, rating, repair
from clone_pipeline.qa.trial import Trial, try_prompts
from clone_pipeline.qa.verification import CHECKS
from clone_pipeline_tests.qa.scripted import PROMPTS, Script, ScriptedModel, chunk

PAIR = "**QUESTION:**\nHow much oil does lamp 1 burn?\n\n**ANSWER:**\nIt burns 1 litre a night."
SAID = {
    generation.PROMPT: PAIR,
    CHECKS["question"].prompt: "The answer is: IRRELEVANT",
    CHECKS["accuracy"].prompt: "The answer is: ACCURATE",
    repair.PROMPT: "Final judgment: PASS",
    rating.PROMPT: "RATING: 9",
    dialogue.PROMPT: "**User:** How much oil does lamp 1 burn?\n\n"
    "**AI Assistant:** It burns 1 litre a night.",
}
CHUNKS = [chunk(number) for number in range(1, 9)]


def scripted(**other: str) -> Script:
    return lambda request: other.get(request.step, SAID.get(request.step, ""))


def tried(script: Script, **changed: Any) -> tuple[Trial, list[Request]]:
    model = ScriptedModel(script)
    settings: dict[str, Any] = {
        "model_name": "small", "large_model_name": "large", "prompts": {"default": PROMPTS},
        "styles": ["default"], "checks": ["question", "accuracy"], "repair": True,
        "min_rating": None, "details": {},
    }  # fmt: skip
    found = asyncio.run(try_prompts(CHUNKS, model=model, **{**settings, **changed}))
    return found, model.asked


def test_every_prompt_is_tried_once_even_if_the_pair_fails_a_check() -> None:
    found, asked = tried(scripted())
    assert found.faults == []
    assert Counter(request.step for request in asked) == {
        generation.PROMPT: 1, CHECKS["question"].prompt: 1, CHECKS["accuracy"].prompt: 1,
        repair.PROMPT: 1, dialogue.PROMPT: 1,
    }  # fmt: skip
    assert set(found.sizes) == {request.step for request in asked}
    assert found.pairs_per_chunk == 1.0
    assert {r.model for r in asked if r.step == dialogue.PROMPT} == {"large"}


@pytest.mark.parametrize("broken", sorted(SAID))
def test_a_prompt_whose_replies_do_not_parse_is_named_with_a_reply(broken: str) -> None:
    said = "I would rather talk about boats."
    found, _ = tried(scripted(**{broken: said}), min_rating=5)
    assert [fault.where for fault in found.faults] == [str(PROMPTS[broken].path)]
    assert said in found.faults[0].found
    assert "qa.smoke_test" in found.faults[0].fix


def test_a_chunk_that_rightly_gives_nothing_does_not_condemn_the_prompt() -> None:
    first = CHUNKS[0].text

    def script(request: Request) -> str:
        if request.step == generation.PROMPT and first in request.messages[-1]["content"]:
            return "This text holds nothing worth a question."
        return SAID[request.step]

    found, asked = tried(script)
    assert found.faults == []
    assert found.pairs_per_chunk < 1.0
    assert sum(request.step == generation.PROMPT for request in asked) >= 2


def test_what_the_trial_asked_is_what_the_run_asks() -> None:
    _, asked = tried(scripted())
    model = ScriptedModel(scripted())
    asyncio.run(
        generation.candidates(
            CHUNKS, model=model, model_name="small", prompts={"default": PROMPTS}, details={}
        )
    )
    assert asked[0] in model.asked


def test_without_chunks_there_is_nothing_to_try() -> None:
    model = ScriptedModel(scripted())
    found = asyncio.run(
        try_prompts(
            [], model=model, model_name="s", large_model_name="l", prompts={"default": PROMPTS},
            styles=["default"], checks=["question"], repair=True, min_rating=None, details={},
        )
    )  # fmt: skip
    assert (found.faults, model.asked) == ([], [])
