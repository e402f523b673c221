"""A wrong answer, an objection, the right answer: asked for a share of the pairs."""

import asyncio
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clone_pipeline.llm.asking import Reply
from clone_pipeline.llm.prompt import default_folder
from clone_pipeline.qa import corrections
from clone_pipeline.qa.prompting import load_prompts
from clone_pipeline.records import Correction, Pair
from clone_pipeline_tests.qa.scripted import ScriptedModel, chunk, cut_off, in_turn, never, pair

PROMPTS = load_prompts([corrections.PROMPT], [default_folder()])
WRONG = "It burns nine barrels of lamp oil."
DOUBT = "Nine? I thought it was less."
RIGHT = "You're right, I mixed it up: it burns 1 litres of it."
GOOD = f"**WRONG ANSWER:**\n{WRONG}\n\n**OBJECTION:**\n{DOUBT}\n\n**CORRECTED ANSWER:**\n{RIGHT}"
NO_PARTS = "I would rather not."
SAME = GOOD.replace(WRONG, "Surely it burns 1 litres of it.")
OTHER = GOOD.replace(RIGHT, "You're right, nobody knows.")


def made(
    model: ScriptedModel, *pairs: Pair, **options: Any
) -> tuple[list[Correction], Counter[str], dict[str, int]]:
    return asyncio.run(
        corrections.corrections(
            pairs or [pair(1)], chunks=[chunk(1), chunk(2)], model=model, model_name="m",
            prompts=PROMPTS, **options,
        )
    )  # fmt: skip


def test_a_correction_bears_its_pair_and_three_texts() -> None:
    model = ScriptedModel(in_turn(GOOD))
    (one,), dropped, counts = made(model)
    assert (one.pair_id, one.chunk_id, one.question) == ("p1", "c1", pair(1).question)
    assert (one.wrong_answer, one.objection, one.answer) == (WRONG, DOUBT, RIGHT)
    assert not dropped
    assert counts == {"corrections": 1}
    asked = model.asked[0].messages[-1]["content"]
    assert all(text in asked for text in (chunk(1).text, pair(1).question, pair(1).answer))


@pytest.mark.parametrize(
    ("reply", "reason", "told"),
    [
        (NO_PARTS, "no_correction", "one of its three parts is missing"),
        ("", "empty", "it was empty"),
        (cut_off(GOOD), "cut_off", "cut off"),
        (SAME, "wrong_is_right", "the wrong answer is right"),
        (OTHER, "other_answer", "does not hold the right answer"),
    ],
)
def test_a_bad_reply_is_asked_again_once_with_its_fault_named(
    reply: str | Reply, reason: str, told: str
) -> None:
    model = ScriptedModel(in_turn(reply, GOOD))
    kept, dropped, counts = made(model)
    assert (len(kept), len(dropped), len(model.asked)) == (1, 0, 2)
    assert told in model.asked[1].messages[-1]["content"]
    assert counts == {"corrections": 1, f"refused_{reason}": 1}
    model = ScriptedModel(in_turn(GOOD.replace(DOUBT, ""), reply))
    kept, dropped, counts = made(model)
    assert (kept, dropped) == ([], {reason: 1})
    assert counts["corrections"] == 0


REPLIES = st.sampled_from([GOOD, NO_PARTS, SAME, OTHER, "", cut_off(GOOD)])


@given(st.lists(REPLIES, min_size=16, max_size=16), st.integers(0, 8), st.integers(0, 3))
def test_every_pair_has_a_correction_or_a_reason(
    replies: list[str | Reply], number: int, lost: int
) -> None:
    pairs = [pair(n, answer=pair(1).answer) for n in range(number)]
    pairs = [replace(each, chunk_id="gone") if n < lost else each for n, each in enumerate(pairs)]
    kept, dropped, counts = made(ScriptedModel(in_turn(*replies), seed=1), *pairs or [pair(1)])
    assert len(pairs or [0]) == len(kept) + dropped.total() == len(pairs or [0])
    assert dropped["chunk_missing"] == min(lost, number)
    assert counts["corrections"] == len(kept) == len({each.correction_id for each in kept})
    assert all(corrections.fault(pair(1), each.wrong_answer, each.answer) is None for each in kept)


def test_the_pairs_ids_decide_who_is_asked_about() -> None:
    pairs = [pair(n) for n in range(400)]
    some = corrections.asked_about(pairs, share=0.3)
    assert 90 < len(some) < 150
    assert some == corrections.asked_about(pairs, share=0.3)
    assert corrections.asked_about(pairs[:200], share=0.3) == [p for p in some if p in pairs[:200]]
    assert corrections.asked_about(pairs, share=0) == []


def test_without_pairs_nobody_is_asked() -> None:
    kept = asyncio.run(
        corrections.corrections(
            [], chunks=[], model=ScriptedModel(never), model_name="m", prompts={}
        )
    )
    assert kept == ([], Counter(), {"corrections": 0})


def test_a_pair_of_several_chunks_is_asked_about_with_all_of_them() -> None:
    model = ScriptedModel(in_turn(GOOD))
    made(model, replace(pair(1), related=["c2"]))
    assert f"{chunk(1).text}\n\n{chunk(2).text}" in model.asked[0].messages[-1]["content"]
    _, dropped, _ = made(ScriptedModel(never), replace(pair(1), related=["gone"]))
    assert dropped == {"chunk_missing": 1}


@pytest.mark.parametrize(
    ("wrong", "corrected", "reason"),
    [
        ("It takes 40 minutes.", "No, it takes 25 minutes.", None),
        ("It takes 25 minutes!", "It takes 25 minutes.", "wrong_is_right"),
        ("Well, it takes 25  MINUTES, I think.", "It takes 25 minutes.", "wrong_is_right"),
        ("It takes 125 minutes.", "It takes 25 minutes.", None),
        ("It takes 40 minutes.", "I was wrong, sorry.", "other_answer"),
    ],
)
def test_a_wrong_answer_is_wrong_and_a_right_one_right(
    wrong: str, corrected: str, reason: str | None
) -> None:
    right = pair(1, answer="It takes 25 minutes.")
    assert corrections.fault(right, wrong, corrected) == reason
