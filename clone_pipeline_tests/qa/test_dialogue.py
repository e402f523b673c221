import asyncio
from collections import Counter
from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from clone_pipeline.qa import dialogue, transcript
from clone_pipeline.records import Pair, QaConversation
from clone_pipeline_tests.qa.scripted import (
    BY_STYLE,
    Script,
    ScriptedModel,
    chunk,
    cut_off,
    in_turn,
    never,
    pair,
)

Made = tuple[list[QaConversation], Counter[str], dict[str, int]]


def converse(script: Script, pairs: list[Pair], **more: Any) -> tuple[Made, ScriptedModel]:
    model = ScriptedModel(script, seed=more.pop("seed", None))
    chunks = [chunk(n) for n in range(9)]
    made = dialogue.converse(
        pairs, chunks=chunks, model=model, model_name="large", prompts=BY_STYLE, **more
    )
    return asyncio.run(made), model


def written(pairs: list[Pair]) -> str:
    said = [
        f"**User:**\nHello, {one.question}\n\n**AI Assistant:**\nWell. {one.answer}"
        for one in pairs
    ]
    return "\n\n".join(said)


def test_the_pairs_of_a_chunk_become_one_written_conversation() -> None:
    pairs = [pair(1), pair(2)]
    (conversations, dropped, made), model = converse(in_turn(written(pairs)), pairs)
    assert [turn.text for turn in conversations[0].turns][1] == "Well. It burns 1 litres of it."
    assert conversations[0].pair_ids == ["p1", "p2"]
    assert not dropped
    assert made == {"conversations": 1, "plain_conversations": 0}
    asked = model.asked[0].messages[-1]["content"]
    assert asked.index(pairs[0].question) < asked.index(pairs[1].answer)


def test_a_conversation_that_lost_a_pair_is_written_once_more() -> None:
    pairs = [pair(1), pair(2)]
    (conversations, _, made), model = converse(in_turn(written(pairs[:1]), written(pairs)), pairs)
    assert len(conversations[0].turns) == 4
    assert made == {"conversations": 1, "plain_conversations": 0, "refused_too_few_turns": 1}
    told = model.asked[1].messages[-2:]
    assert told[0] == {"role": "assistant", "content": written(pairs[:1])}
    assert "fewer turns" in told[1]["content"]


def test_the_pair_that_a_conversation_lacks_is_named() -> None:
    pairs = [pair(1), pair(2)]
    other = [pair(1), pair(7, question="Who painted the door?", answer="Nobody remembers that.")]
    (_, _, made), model = converse(in_turn(written(other), written(pairs)), pairs)
    assert made["refused_pair_missing"] == 1
    assert pairs[1].question in model.asked[1].messages[-1]["content"]


def test_a_conversation_that_was_cut_off_is_asked_for_shorter() -> None:
    pairs = [pair(1)]
    _, model = converse(in_turn(cut_off(written(pairs)), written(pairs)), pairs)
    assert "cut off" in model.asked[1].messages[-1]["content"]
    assert "shorter" in model.asked[1].messages[-1]["content"]


def test_a_pair_of_several_chunks_is_a_conversation_of_its_own() -> None:
    pairs = [pair(1), replace(pair(2), related=["c4"]), pair(3), replace(pair(4), related=["c99"])]
    (conversations, dropped, _), _ = converse(never, pairs, by_rules=True)
    assert [(one.pair_ids, one.related) for one in conversations] == [
        (["p1", "p3"], []),
        (["p2"], ["c4"]),
    ]
    assert dropped == {"chunk_missing": 1}


def test_no_pair_is_lost_to_a_conversation_that_can_not_be_used() -> None:
    pairs = [pair(1), pair(2)]
    replies = in_turn("I'd rather not.", cut_off(written(pairs)))
    (conversations, dropped, made), _ = converse(replies, pairs)
    assert conversations[0].turns == transcript.plain(pairs)
    assert not dropped
    assert made == {
        "conversations": 1,
        "plain_conversations": 1,
        "refused_no_turns": 1,
        "refused_cut_off": 1,
    }


def test_conversations_of_the_embedded_model_are_plain_and_nothing_is_asked() -> None:
    (conversations, _, made), _ = converse(never, [pair(1), pair(2, of=2)], by_rules=True)
    assert [one.chunk_id for one in conversations] == ["c1", "c2"]
    assert made == {"conversations": 2, "plain_conversations": 2}


def test_progress_counts_pairs() -> None:
    seen: list[tuple[int, int]] = []
    converse(
        never,
        [pair(1), pair(2), pair(3, of=2)],
        by_rules=True,
        progress=lambda *step: seen.append(step),
    )
    assert seen == [(2, 3), (3, 3)]


PAIRS = st.lists(st.integers(1, 12), max_size=12).map(
    lambda chunks: [pair(n, of=of) for n, of in enumerate(chunks)]
)


@given(PAIRS, st.integers(0, 5))
def test_every_pair_is_in_one_conversation_or_dropped(pairs: list[Pair], seed: int) -> None:
    (conversations, dropped, made), _ = converse(lambda _: "no", pairs, seed=seed)
    held = [pair_id for one in conversations for pair_id in one.pair_ids]
    assert len(pairs) == len(held) + dropped.total()
    assert len(set(held)) == len(held)
    assert made["conversations"] == len(conversations)
    for one in conversations:
        assert [turn.role for turn in one.turns] == ["human", "gpt"] * len(one.pair_ids)
    order = list(dict.fromkeys(p.chunk_id for p in pairs if int(p.chunk_id[1:]) < 9))
    assert [one.chunk_id for one in conversations] == order
