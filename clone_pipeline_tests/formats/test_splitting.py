"""The split leaks nothing: not a conversation, not a chunk, not eight words in a row."""

import dataclasses
import json
import re
from collections import Counter, defaultdict
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clone_pipeline.formats import completion, qa_segments, segments, sharegpt
from clone_pipeline.formats.overlaps import drop_overlaps
from clone_pipeline.formats.rows import make_row
from clone_pipeline.formats.splitting import split
from clone_pipeline.records import Chunk, Form, Pair, Row
from clone_pipeline_tests.formats.samples import START, dialogue

PHRASE = "one two three four five six seven eight"
bodies = st.lists(
    st.sampled_from([PHRASE, "One, two, three, four", "five six", "seven eight!", "nine", "ten"]),
    min_size=1,
    max_size=3,
).map(" ".join)


@st.composite
def mixed_rows(draw: st.DrawFn) -> list[Row]:
    rows = []
    for number in range(draw(st.integers(0, 40))):
        kind = draw(st.sampled_from(["persona", "qa", "pretraining", "text"]))
        group = f"{'c' if kind == 'persona' else 'k'}{draw(st.integers(0, 12))}"
        turns = [
            {"from": "system", "value": f"Use this: {draw(bodies)} if it helps."},
            {"from": "human", "value": f"{draw(bodies)} {number}"},
            {"from": "gpt", "value": draw(bodies)},
        ]
        day = draw(st.none() | st.integers(0, 30))
        persona = draw(st.sampled_from(["anna", "kim"])) if kind == "persona" else None
        ended = None if day is None or not persona else START + timedelta(days=day)
        form: Form = "sharegpt" if kind in {"persona", "qa"} else "completion"
        plain = {"text": f"{draw(bodies)} {number}"}
        content = {"conversations": turns} if form == "sharegpt" else plain
        rows.append(
            make_row(kind, persona or "d", form, content, sources=[group], split_group=group,
                     persona=persona, ended=ended)
        )  # fmt: skip
    return list({row.row_id: row for row in rows}.values())


def grams(text: str) -> set[tuple[str, ...]]:
    words = re.findall(r"\w+", text.lower())
    return {tuple(words[n : n + 8]) for n in range(len(words) - 7)}


def turns(row: Row, *roles: str) -> list[str]:
    stored = json.loads(row.content).get("conversations", ())
    return [turn["value"] for turn in stored if turn["from"] in roles]


@given(mixed_rows(), st.sampled_from([0.0, 0.1, 0.3, 0.5]), st.integers(0, 3))
def test_no_group_is_on_both_sides_and_the_funnel_adds_up(
    rows: list[Row], share: float, seed: int
) -> None:
    kept, dropped = split(rows, held_out=share, seed=seed)
    assert len(rows) == len(kept) + dropped.total()
    assert [row.row_id for row in kept] == [
        row.row_id for row in rows if row.row_id in {k.row_id for k in kept}
    ]
    sides = defaultdict(set)
    for row in kept:
        sides[row.split_group].add(row.split)
    assert all(len(found) == 1 and found <= {"train", "held_out"} for found in sides.values())
    assert split(rows, held_out=share, seed=seed) == (kept, dropped)


@given(mixed_rows(), st.sampled_from([0.1, 0.3, 0.5]))
def test_no_held_out_turn_shares_eight_words_with_a_training_row(
    rows: list[Row], share: float
) -> None:
    kept, _ = split(rows, held_out=share)
    taught = set().union(
        *(grams(text) for row in kept if row.split == "train"
          for text in [*turns(row, "human", "gpt"), json.loads(row.content).get("text", "")])
    )  # fmt: skip
    for row in kept:
        if row.split == "held_out":
            assert not any(grams(text) & taught for text in turns(row, "human", "gpt"))


@given(mixed_rows(), st.sampled_from([0.1, 0.3, 0.5]))
def test_never_more_than_half_of_a_part_is_held_out(rows: list[Row], share: float) -> None:
    kept, _ = split(rows, held_out=share)
    total = Counter((row.collection, row.persona) for row in rows)
    held = Counter((row.collection, row.persona) for row in kept if row.split == "held_out")
    assert all(held[part] * 2 <= total[part] for part in total)


def persona_rows(count: int, *, days: bool, persona: str = "anna") -> list[Row]:
    listed = [
        dialogue(f"question {n}", f"answer {n}", key=f"{persona}{n}", persona=persona,
                 day=n if days else None)
        for n in range(count)
    ]  # fmt: skip
    return sharegpt.from_dialogues(listed, system_prompts={})[0]


def test_the_last_days_are_held_out_where_times_are_known() -> None:
    kept, _ = split(persona_rows(30, days=True), held_out=0.1)
    held = [row.split_group for row in kept if row.split == "held_out"]
    assert held == ["anna27", "anna28", "anna29"]


def test_without_times_the_seed_decides_and_the_share_is_held_out() -> None:
    rows = persona_rows(100, days=False)
    held = [
        {row.row_id for row in split(rows, held_out=0.1, seed=seed)[0] if row.split == "held_out"}
        for seed in (0, 1)
    ]
    assert [len(found) for found in held] == [10, 10]
    assert held[0] != held[1]


def test_a_big_conversation_is_not_held_out_where_smaller_ones_fill_the_share() -> None:
    rows = [
        dataclasses.replace(row, split_group="big" if n < 40 else row.split_group)
        for n, row in enumerate(persona_rows(100, days=False))
    ]
    for seed in range(10):
        kept, _ = split(rows, held_out=0.1, seed=seed)
        held = [row.split_group for row in kept if row.split == "held_out"]
        assert len(held) == 10
        assert "big" not in held


def test_every_persona_with_enough_rows_has_some_held_out() -> None:
    rows = [row for key in ("anna", "kim") for row in persona_rows(12, days=True, persona=key)]
    kept, _ = split(rows, held_out=0.01)
    held = Counter(row.persona for row in kept if row.split == "held_out")
    assert held == {"anna": 1, "kim": 1}


def test_rows_of_one_chunk_are_on_one_side_whatever_their_collection() -> None:
    rows = []
    for n in range(20):
        for collection, dataset in (("qa", "rag"), ("qa", "no_rag"), ("pretraining", "documents")):
            content = {"text": f"{dataset} {n}"}
            rows.append(
                make_row(collection, dataset, "completion", content, sources=[f"k{n}"],
                         split_group=f"k{n}")
            )  # fmt: skip
    kept, _ = split(rows, held_out=0.1)
    held = [row.split_group for row in kept if row.split == "held_out"]
    assert Counter(held) == dict.fromkeys(set(held), 3)
    assert len(set(held)) == 2


def test_a_training_row_that_tells_a_held_out_answer_is_dropped() -> None:
    rows = persona_rows(20, days=True)
    said = {"conversations": [{"from": "human", "value": "?"}, {"from": "gpt", "value": PHRASE}]}
    rows[3] = dataclasses.replace(rows[3], content=json.dumps(said))
    rows[19] = dataclasses.replace(rows[19], content=json.dumps(said))
    kept, dropped = split(rows, held_out=0.05)
    assert dropped == {"overlaps_held_out": 1}
    assert [row.row_id for row in kept if row.split == "held_out"] == [rows[19].row_id]


@pytest.mark.parametrize("told", ["text", "pretraining", "passage", "question"])
@pytest.mark.parametrize("asked", [False, True])
def test_what_a_held_out_turn_says_is_told_nowhere_else(told: str, asked: bool) -> None:
    rows = persona_rows(20, days=True)
    said = [PHRASE, "hm"] if asked else ["hm", PHRASE]
    held = [{"from": who, "value": text} for who, text in zip(("human", "gpt"), said, strict=True)]
    rows[19] = dataclasses.replace(rows[19], content=json.dumps({"conversations": held}))
    rows += [passage_row(f"k{n}", f"passage {n}") for n in range(3)]
    telling = f"They say: {PHRASE.upper()}!"
    if told == "passage":
        rows.append(passage_row("k9", telling))
    elif told == "question":
        rows.append(passage_row("k9", "passage 9", question=telling))
    else:
        content = {"text": telling}
        rows.append(make_row(told, "d", "completion", content, sources=["s"], split_group="s"))
    kept, dropped = split(rows, held_out=0.05)
    assert dropped == {"overlaps_held_out": 1}
    assert [row.row_id for row in kept] == [row.row_id for row in rows[:-1]]


def passage_row(chunk: str, passage: str, *, question: str = "and?") -> Row:
    prompt = f"You guide people through one two three. Use this:\n\n{passage}\n\nBe short."
    said = [("system", prompt), ("human", question), ("gpt", f"answer {chunk}")]
    content = {"conversations": [{"from": who, "value": text} for who, text in said]}
    return make_row("qa", "rag", "sharegpt", content, sources=[chunk], split_group=chunk)


@pytest.mark.parametrize("form", ["sharegpt", "segments"])
def test_a_context_below_the_system_prompt_makes_no_rows_overlap(form: str) -> None:
    prompt = "CONTEXT: one two three four five six seven eight nine."
    listed = [
        dataclasses.replace(
            dialogue(f"question {n}", f"answer {n}", key=f"c{n}", day=n),
            context=f"You are talking with Ben, who is your brother number {n} of many.",
        )
        for n in range(30)
    ]
    prompts = {"anna": prompt}
    rows = {
        "segments": segments.from_dialogues(
            listed, system_prompts=prompts, max_tokens=500, count=len
        )[0],
        "sharegpt": sharegpt.from_dialogues(listed, system_prompts=prompts)[0],
    }[form]
    kept, dropped = split(rows, held_out=0.2)
    assert (len(kept), dropped) == (30, {})


def test_what_all_system_prompts_have_in_common_is_no_passage() -> None:
    rows = [passage_row(f"k{n}", f"passage {n}") for n in range(20)]
    words = "You guide people through one two three. Use this"
    held = persona_rows(20, days=True)
    said = {"conversations": [{"from": "human", "value": "?"}, {"from": "gpt", "value": words}]}
    held[19] = dataclasses.replace(held[19], content=json.dumps(said))
    kept, dropped = split([*rows, *held], held_out=0.05)
    assert (len(kept), dropped.total()) == (40, 0)


def test_a_held_out_row_that_half_the_training_rows_share_words_with_goes_itself() -> None:
    listed = [
        dialogue(f"hi {n}", f"{n} says {PHRASE if n % 2 else n}", key=f"c{n}", day=n)
        for n in range(40)
    ]
    rows, _ = sharegpt.from_dialogues(listed, system_prompts={})
    kept, dropped = split(rows, held_out=0.1)
    assert dropped == {"overlaps_training": 2}
    assert len([row for row in kept if row.split == "train"]) == 36


def test_a_system_prompt_that_all_rows_share_is_no_overlap() -> None:
    prompt = f"CONTEXT: Anna says {PHRASE}.\nShe is kind."
    listed = [
        dialogue(f"hi {n}", PHRASE if n == 19 else f"hey {n}", key=f"c{n}", day=n)
        for n in range(20)
    ]
    prompts = {"anna": prompt}
    for rows in (
        segments.from_dialogues(listed, system_prompts=prompts, max_tokens=500, count=len)[0],
        sharegpt.from_dialogues(listed, system_prompts=prompts)[0],
    ):
        kept, dropped = split(rows, held_out=0.1)
        assert (len(kept), dropped.total()) == (20, 0)


def test_a_conversation_of_more_than_half_the_rows_is_for_training() -> None:
    rows = [
        dataclasses.replace(row, split_group="big" if n > 5 else row.split_group)
        for n, row in enumerate(persona_rows(20, days=True))
    ]
    kept, _ = split(rows, held_out=0.1)
    assert {row.split_group for row in kept if row.split == "held_out"} == {"anna4", "anna5"}


@pytest.mark.parametrize("share", [0.0, 0.1])
def test_few_rows_are_all_for_training(share: float) -> None:
    kept, _ = split(persona_rows(4, days=True), held_out=share)
    assert {row.split for row in kept} == {"train"}


def test_a_thread_as_a_whole_text_and_the_dialogues_in_it_are_on_one_side() -> None:
    rows = []
    for number in range(30):
        thread, ids = f"t3_{number}", [f"reddit:t1_{number}_{k}" for k in range(2)]
        said = [f"thread {number} reply {k}" for k in range(2)]
        for k in range(2):
            turns = [
                {"from": "human", "value": f"Why {number}?"},
                {"from": "gpt", "value": said[k]},
            ]
            rows.append(
                make_row(
                    "persona",
                    "anna",
                    "sharegpt",
                    {"conversations": turns},
                    sources=[ids[k]],
                    persona="anna",
                    split_group=f"{thread}:{k}",
                )  # fmt: skip
            )
        text = {"text": f"title {number} " + " ".join(said)}
        rows.append(make_row("reddit", "bias", "completion", text, sources=ids, split_group=thread))
    sided, _ = split(rows, held_out=0.2)
    sides = defaultdict(set)
    for row in sided:
        sides[row.sources[0].split("_")[1]].add(row.split)
    assert all(len(found) == 1 for found in sides.values())
    assert {"held_out"} in sides.values()


def lamps(number: int) -> tuple[list[Pair], list[Chunk]]:
    """Pairs and chunks of as many lamps, each with words of its own."""
    said = [" ".join(f"lamp{n}x{m}" for m in range(12)) for n in range(number)]
    chunks = [
        Chunk(f"k{n}", f"d{n}", 0, 0, 9, f"# Lamp\nNote: {text}.") for n, text in enumerate(said)
    ]
    pairs = [Pair(f"p{n}", f"k{n}", "default", f"What of {n}?", t) for n, t in enumerate(said)]
    return pairs, chunks


def shown(pairs: list[Pair], chunks: list[Chunk], wrong: float = 0) -> list[Row]:
    rows, _ = qa_segments.from_pairs(
        pairs, chunks=chunks, system_prompt_rag="Read this: {data}", wrong_context=wrong,
        limit=qa_segments.Limit(10_000, len),
    )  # fmt: skip
    return rows


def test_what_qa_segments_say_counts_as_of_any_other_row() -> None:
    pairs, chunks = lamps(40)
    (held, *_), [text, *_] = shown(pairs, chunks), completion.from_chunks(chunks)[0]
    copied = dataclasses.replace(text, split="train")
    for one, other in (("held_out", "train"), ("train", "held_out")):
        said = dataclasses.replace(held, split=one)  # type: ignore[arg-type]
        again = dataclasses.replace(held, row_id="again", split=other)  # type: ignore[arg-type]
        assert drop_overlaps([said, again])[1].total() == 1
    said = dataclasses.replace(held, split="held_out")
    assert drop_overlaps([said, copied])[1].total() == 1


def test_what_qa_segments_only_show_does_not_count() -> None:
    pairs, chunks = lamps(2)
    wrong, _ = shown(pairs, chunks, wrong=1)
    other = completion.from_chunks(chunks[1:])[0][0]
    assert "lamp1x3" in wrong.content
    rows = [
        dataclasses.replace(wrong, split="held_out"), dataclasses.replace(other, split="train")
    ]  # fmt: skip
    assert drop_overlaps(rows) == (rows, {})
    talk = [{"from": "human", "value": "What of 1?"}, {"from": "gpt", "value": pairs[1].answer}]
    asked = make_row("qa", "rag", "sharegpt", {"conversations": talk}, sources=["k1"],
                     split_group="k1")  # fmt: skip
    rows = [
        dataclasses.replace(wrong, split="train"), dataclasses.replace(asked, split="held_out")
    ]  # fmt: skip
    assert drop_overlaps(rows) == (rows, {})


def test_a_documents_summary_binds_no_chunks_together() -> None:
    rows = [
        make_row("pretraining", "facts", "completion", {"text": f"{n}"}, sources=[f"k{n}"],
                 split_group=f"k{n}")
        for n in range(20)
    ]  # fmt: skip
    rows += [
        make_row("pretraining", "summary", "completion", {"text": f"s{n}"},
                 sources=["document:d"], split_group="document:d")
        for n in range(2)
    ]  # fmt: skip
    kept, _ = split(rows, held_out=0.2)
    assert 3 <= sum(row.split == "held_out" for row in kept) <= 5
