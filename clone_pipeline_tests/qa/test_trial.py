"""Before the rest is asked, every prompt is tried, and one whose replies don't parse is named."""

import asyncio
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from clone_pipeline.llm.asking import Request
from clone_pipeline.llm.prompt import default_folder
from clone_pipeline.qa import dialogue, generation, rating, repair, suitability, writing
from clone_pipeline.qa.prompting import load_prompts
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
        "styles": ["default"], "checks": ["question", "accuracy"], "votes": 3,
        "repair": True,
        "min_rating": None, "details": {},
    }  # fmt: skip
    chunks = changed.pop("chunks", CHUNKS)
    found = asyncio.run(try_prompts(chunks, model=model, **{**settings, **changed}))
    return found, model.asked


def test_every_prompt_is_tried_even_if_the_pair_fails_a_check() -> None:
    found, asked = tried(scripted())
    assert found.faults == []
    assert Counter(request.step for request in asked) == {
        generation.PROMPT: 1, CHECKS["question"].prompt: 2, CHECKS["accuracy"].prompt: 1,
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


@pytest.mark.parametrize("said", ["The chunk holds no code.", "I would rather talk."])
def test_where_no_chunk_gives_a_question_that_is_said(said: str) -> None:
    found, asked = tried(lambda _: said)
    assert [fault.found for fault in found.faults] == [
        f"no question about 3 chunks, such as: {said}"
    ]
    assert len(asked) == 3


def test_chunks_of_headings_alone_condemn_no_prompt() -> None:
    bare = [chunk(1, "# Title"), chunk(2, "# Another")]
    found, asked = tried(scripted(), chunks=bare)
    assert (found.faults, asked) == ([], [])


def test_a_conversation_that_rewrites_a_pair_is_read_and_so_no_fault() -> None:
    said = "**User:** And the lamp?\n\n**AI Assistant:** One."
    found, _ = tried(scripted(**{dialogue.PROMPT: said}))
    assert found.faults == []


FILTER_AND_MORE = load_prompts([suitability.PROMPT, writing.MORE_PROMPT], [default_folder()])


@pytest.mark.parametrize("broken", [None, suitability.PROMPT, writing.MORE_PROMPT])
def test_the_filter_and_a_round_are_tried_where_they_are_switched_on(broken: str | None) -> None:
    more = "**QUESTION:**\nWhat burns every night?\n\n**ANSWER:**\nThe lamp."
    replies = {suitability.PROMPT: "SUITABLE", writing.MORE_PROMPT: more}
    if broken:
        replies[broken] = "Is that so?"
    found, asked = tried(
        scripted(**replies), chunks=[chunk(1, f"{CHUNKS[0].text} Ferries sail to the island.")],
        prompts={"default": {**PROMPTS, **FILTER_AND_MORE}}, filter_chunks=True, top_up_rounds=2,
    )  # fmt: skip
    named = [Path(fault.where).stem for fault in found.faults]
    assert named == ([broken] if broken else [])
    if not broken:
        assert {suitability.PROMPT, writing.MORE_PROMPT} <= set(found.sizes)
        assert sum(request.step == writing.MORE_PROMPT for request in asked) == 1


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
            styles=["default"], checks=["question"], votes=3, repair=True, min_rating=None,
            details={},
        )
    )  # fmt: skip
    assert (found.faults, model.asked) == ([], [])
