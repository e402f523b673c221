import asyncio
from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clone_pipeline.llm.asking import LlmFailure, Request
from clone_pipeline.qa import generation
from clone_pipeline.records import Chunk, Pair
from clone_pipeline_tests.qa.scripted import PROMPTS, Script, ScriptedModel, chunk, cut_off, in_turn

WHOLE = "**QUESTION:**\nWhat is it?\n\n**ANSWER:**\nA lamp."
HALF = "**QUESTION:**\nWhat is it?"
Made = tuple[list[Pair], Counter[str], dict[str, int]]


def candidates(script: Script, chunks: list[Chunk], **more: Any) -> tuple[Made, ScriptedModel]:
    model = ScriptedModel(script, seed=more.pop("seed", None))
    made = generation.candidates(chunks, model=model, model_name="m", prompts=PROMPTS, **more)
    return asyncio.run(made), model


def test_a_chunks_text_and_its_documents_title_are_in_the_request() -> None:
    _, model = candidates(in_turn(WHOLE), [chunk(7)], details={"d": "The keeper's handbook"})
    asked = model.asked[0]
    assert "Lamp 7 burns 7 litres" in asked.messages[-1]["content"]
    assert "The keeper's handbook" in asked.messages[-1]["content"]
    assert (asked.model, asked.vote) == ("m", 0)


def test_what_a_chunk_holds_is_never_filled_in_as_a_field() -> None:
    _, model = candidates(in_turn(WHOLE), [chunk(1, "Write {textdetails} and {text} here.")])
    assert "Write {textdetails} and {text} here." in model.asked[0].messages[-1]["content"]


def test_pairs_have_stable_ids_made_of_chunk_style_question_and_answer() -> None:
    (first, *_), _ = candidates(lambda _: WHOLE, [chunk(1), chunk(2)])
    (again, *_), _ = candidates(lambda _: WHOLE, [chunk(1), chunk(2)])
    (other, *_), _ = candidates(lambda _: WHOLE, [chunk(1), chunk(2)], style="open")
    assert first == again
    assert len({pair.pair_id for pair in first + other}) == 4


def test_a_chunk_without_anything_to_ask_is_dropped_and_not_asked_about_again() -> None:
    (pairs, dropped, made), model = candidates(in_turn("There is nothing to ask."), [chunk(1)])
    assert (pairs, dropped, made) == ([], {"no_pairs": 1}, {"pairs": 0})
    assert len(model.asked) == 1


def test_a_chunk_of_headings_alone_is_dropped_without_a_request() -> None:
    bare = Chunk("c", "d", 0, 0, 30, "# Introduction to the wallet\n\n#")
    (pairs, dropped, made), model = candidates(lambda _: WHOLE, [bare])
    assert (pairs, dropped, made) == ([], {"too_short": 1}, {"pairs": 0})
    assert not model.asked


def test_half_a_pair_is_asked_for_once_more() -> None:
    (pairs, dropped, made), model = candidates(in_turn(HALF, WHOLE), [chunk(1)])
    assert len(pairs) == 1
    assert not dropped
    assert made == {"pairs": 1, "refused_no_answer": 1}
    assert [request.vote for request in model.asked] == [0, 1000]


def test_a_chunk_whose_replies_stay_unreadable_is_dropped_for_that() -> None:
    (_, dropped, made), _ = candidates(in_turn(cut_off(HALF), cut_off(WHOLE)), [chunk(1)])
    assert dropped == {"unreadable": 1}
    assert made == {"pairs": 0, "refused_cut_off": 2}


REPLIES = st.lists(st.sampled_from([WHOLE, HALF, "", "Nothing.", WHOLE + "\n" + HALF]))


@given(REPLIES, st.integers(0, 9))
def test_every_chunk_is_kept_or_dropped_and_order_does_not_depend_on_timing(
    replies: list[str], seed: int
) -> None:
    chunks = [chunk(n) for n in range(len(replies))]

    def script(request: Request) -> str:
        return next(
            reply
            for one, reply in zip(chunks, replies, strict=True)
            if f'"""\n{one.text}\n"""' in request.messages[-1]["content"]
        )

    (pairs, dropped, made), _ = candidates(script, chunks, seed=seed)
    kept = {pair.chunk_id for pair in pairs}
    assert len(chunks) == len(kept) + dropped.total()
    assert made["pairs"] == len(pairs)
    assert [p.chunk_id for p in pairs] == sorted(
        (p.chunk_id for p in pairs), key=lambda c: int(c[1:])
    )


def test_progress_counts_chunks() -> None:
    seen: list[tuple[int, int]] = []
    candidates(lambda _: WHOLE, [chunk(1), chunk(2)], progress=lambda *step: seen.append(step))
    assert seen == [(1, 2), (2, 2)]


def test_a_request_that_failed_for_good_stops_the_stage_with_its_own_error() -> None:
    def script(request: Request) -> str:
        raise LlmFailure("host", 402, "no money left", "Pay.")

    with pytest.raises(LlmFailure, match="no money left"):
        candidates(script, [chunk(1), chunk(2)])
