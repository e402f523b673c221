import asyncio
import hashlib
import re
from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clone_pipeline.llm.asking import LlmFailure, Request
from clone_pipeline.qa import generation, suitability
from clone_pipeline.records import Chunk
from clone_pipeline_tests.qa.asked import (
    BICYCLE,
    HALF,
    PORT,
    PROMPTS,
    SAILS,
    STORM,
    TICKET,
    WHOLE,
    block,
    candidates,
    pages,
    said,
    step,
)
from clone_pipeline_tests.qa.scripted import ScriptedModel, chunk, in_turn, never


def test_a_chunks_text_and_its_documents_title_are_in_the_request() -> None:
    _, model = candidates(in_turn(WHOLE), [chunk(7)], details={"d": "The keeper's handbook"})
    asked = model.asked[0]
    assert "Lamp 7 burns 7 litres" in said(asked)
    assert "The keeper's handbook" in said(asked)
    assert (asked.model, asked.vote) == ("m", 0)


def test_what_a_chunk_holds_is_never_filled_in_as_a_field() -> None:
    _, model = candidates(in_turn(WHOLE), [chunk(1, "Write {textdetails} and {text} here.")])
    assert "Write {textdetails} and {text} here." in said(model.asked[0])


def test_pairs_have_stable_ids_made_of_chunk_style_question_and_answer() -> None:
    script = in_turn(*[block(f"What is part {n} of it?") for n in (1, 2, 1, 2, 1, 2)])
    first, again, other = (
        candidates(script, [chunk(1), chunk(2)], styles=[style])[0][0]
        for style in ("default", "default", "negative")
    )
    assert first == again
    assert len({pair.pair_id for pair in first + other}) == 4


def test_a_chunk_without_anything_to_ask_is_dropped_and_not_asked_about_again() -> None:
    (pairs, dropped, made), model = candidates(in_turn("There is nothing to ask."), [chunk(1)])
    assert (pairs, dropped) == ([], {"no_pairs": 1})
    assert made == {"pairs": 0, "facts": 1, "facts_unasked": 1}
    assert len(model.asked) == 1


def test_a_chunk_of_headings_alone_is_dropped_without_a_request() -> None:
    bare = Chunk("c", "d", 0, 0, 30, "# Introduction to the wallet\n\n#")
    (pairs, dropped, made), _ = candidates(never, [bare], filter_chunks=True, multi_source_share=1)
    assert (pairs, dropped) == ([], {"too_short": 1})
    assert made == {"pairs": 0, "facts": 0, "facts_unasked": 0}


def test_each_style_is_written_with_its_own_prompt_and_named_where_it_gave_nothing() -> None:
    def script(request: Request) -> str:
        negative = PROMPTS["negative"][generation.PROMPT].messages[0]["content"]
        return "Nothing to ask." if request.messages[0]["content"] == negative else WHOLE

    (pairs, dropped, made), model = candidates(script, [chunk(1)], styles=["default", "negative"])
    assert [pair.style for pair in pairs] == ["default"]
    assert (dropped, made["negative_no_pairs"]) == ({}, 1)
    assert len(model.asked) == 2


def test_a_question_that_an_earlier_chunk_asked_is_left_out_and_its_chunk_counted() -> None:
    (pairs, dropped, made), _ = candidates(lambda _: WHOLE, [chunk(1), chunk(2)])
    assert [pair.chunk_id for pair in pairs] == ["c1"]
    assert dropped == {"asked_elsewhere": 1}
    assert made["near_duplicates"] == 1


def test_a_question_that_one_chunk_answers_is_not_declined_for_another() -> None:
    prompts = {**PROMPTS, "refusal": PROMPTS["negative"]}
    refusing = PROMPTS["negative"][generation.PROMPT].messages[0]["content"]

    def script(request: Request) -> str:
        declines = request.messages[0]["content"] == refusing
        first = "Lamp 1 burns" in said(request)
        if declines == first:
            return block("What is it?", "I don't know." if declines else "A lamp.")
        return "Nothing to ask."

    made = generation.candidates(
        [chunk(1), chunk(2)], model=ScriptedModel(script), model_name="m", prompts=prompts,
        styles=["default", "refusal"],
    )  # fmt: skip
    pairs, dropped, counted = asyncio.run(made)
    assert [(pair.style, pair.answer) for pair in pairs] == [("default", "A lamp.")]
    assert (dropped, counted["near_duplicates"]) == ({"asked_elsewhere": 1}, 1)


REPLIES = [WHOLE, HALF, "", "Nothing.", WHOLE + "\n" + HALF, SAILS + TICKET, BICYCLE, STORM + WHOLE]
JUDGMENTS = ["SUITABLE", "SUITABLE", "NOT SUITABLE", "Hm."]


def drawn(request: Request) -> str:
    """A reply that depends on the request alone."""
    mark = hashlib.md5("\n".join(m["content"] for m in request.messages).encode()).digest()[0]
    kinds = JUDGMENTS if step(request) == suitability.PROMPT else REPLIES
    return kinds[mark % len(kinds)]


@given(
    st.lists(st.sampled_from([PORT, "# Bare", "Lamps burn paraffin at night.", "A"]), max_size=6),
    st.fixed_dictionaries(
        {
            "styles": st.sampled_from([["default"], ["default", "negative"]]),
            "filter_chunks": st.booleans(),
            "top_up_rounds": st.integers(0, 2),
            "multi_source_share": st.sampled_from([0.0, 0.5, 1.0]),
            "near_duplicates": st.sampled_from([0.6, 0.85, 1.0]),
        }
    ),
    st.integers(0, 9),
)
def test_the_funnel_adds_up_and_nothing_depends_on_timing(
    texts: list[str], settings: dict[str, Any], seed: int
) -> None:
    chunks = [Chunk(f"c{n}", f"d{n % 3}", n, 0, 9, text) for n, text in enumerate(texts)]
    (pairs, dropped, made), model = candidates(drawn, chunks, seed=seed, **settings)
    kept = {pair.chunk_id for pair in pairs}
    assert len(chunks) == len(kept) + dropped.total()
    assert made["pairs"] == len(pairs) == len({pair.pair_id for pair in pairs})
    assert len({pair.question.casefold() for pair in pairs}) == len(pairs)
    assert [p.chunk_id for p in pairs] == sorted(p.chunk_id for p in pairs)
    (again, dropped_again, made_again), other = candidates(drawn, chunks, seed=seed + 1, **settings)
    assert (pairs, dropped, made) == (again, dropped_again, made_again)
    assert Counter(map(str, model.asked)) == Counter(map(str, other.asked))


@given(st.lists(st.sampled_from([SAILS, TICKET, BICYCLE + STORM, WHOLE, HALF]), max_size=5))
def test_every_pair_of_every_reply_is_kept_or_counted(replies: list[str]) -> None:
    chunks = [chunk(n) for n in range(len(replies))]

    def script(request: Request) -> str:
        return replies[int(re.findall(r"Lamp (\d) burns", said(request))[-1])]

    (pairs, _, made), _ = candidates(
        lambda r: script(r) if "burns" in said(r) else "No.", chunks, near_duplicates=0.85
    )
    written = sum(reply.count("**ANSWER:**") for reply in replies)
    assert len(pairs) + made["near_duplicates"] == written


def test_progress_counts_chunks() -> None:
    seen: list[tuple[int, int]] = []
    candidates(lambda _: WHOLE, [chunk(1), chunk(2)], progress=lambda *step: seen.append(step))
    assert seen == [(1, 2), (2, 2)]


def test_a_request_that_failed_for_good_stops_the_stage_with_its_own_error() -> None:
    def script(request: Request) -> str:
        raise LlmFailure("host", 402, "no money left", "Pay.")

    for settings in ({}, {"filter_chunks": True, "multi_source_share": 1.0}):
        with pytest.raises(LlmFailure, match="no money left"):
            candidates(script, pages(), **settings)


def test_all_chunks_are_asked_about_at_once() -> None:
    waiting, most = 0, 0

    class Slow(ScriptedModel):
        async def ask(self, request: Request) -> Any:
            nonlocal waiting, most
            waiting += 1
            most = max(most, waiting)
            await asyncio.sleep(0.01)
            waiting -= 1
            return await super().ask(request)

    model = Slow(lambda _: WHOLE)
    asked = generation.candidates(
        [chunk(n) for n in range(50)], model=model, model_name="m", prompts=PROMPTS,
        styles=["default", "negative"],
    )  # fmt: skip
    asyncio.run(asked)
    assert most == 100
