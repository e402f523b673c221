"""Chunks in other forms, and summaries of documents, long ones in parts."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clone_pipeline.llm.asking import Reply, Request
from clone_pipeline.llm.prompt import default_folder
from clone_pipeline.qa import rewriting
from clone_pipeline.qa.prompting import load_prompts
from clone_pipeline.records import Chunk, Document, Rewriting
from clone_pipeline_tests.qa.scripted import ScriptedModel, cut_off, in_turn, never

KINDS = ["summary", "article", "facts", "inferences", "dialogue"]
PROMPTS = load_prompts([rewriting.prompt_of(kind) for kind in KINDS], [default_folder()])
TITLE = "The lamps of Hove"
DOCUMENTS = [Document("d", "lamps.md", "text/markdown", TITLE, "")]


def chunk(number: int, *, document: str = "d", length: int = 500) -> Chunk:
    words = " ".join(f"lamp{number}x{place} burns" for place in range(length))[:length]
    return Chunk(f"{document}{number}", document, number, 0, length, words)


def made(
    model: ScriptedModel, chunks: Sequence[Chunk], kinds: Sequence[str], **options: Any
) -> tuple[list[Rewriting], Counter[str], dict[str, int]]:
    return asyncio.run(
        rewriting.rewritings(
            chunks, documents=DOCUMENTS, kinds=kinds, model=model, model_name="m",
            prompts=PROMPTS, **options,
        )
    )  # fmt: skip


def kind_of(request: Request) -> str:
    return next(
        kind
        for kind in KINDS
        if PROMPTS[rewriting.prompt_of(kind)].messages[0]["content"]
        == request.messages[0]["content"]
    )


def told(request: Request) -> str:
    return f"Told as {kind_of(request)}, {sum(map(ord, request.messages[-1]['content']))}."


def test_each_chunk_is_told_in_each_kind_and_each_document_summed_up() -> None:
    model = ScriptedModel(told, seed=3)
    chunks = [chunk(0), chunk(1), chunk(0, document="e")]
    kept, dropped, counts = made(model, chunks, KINDS)
    assert not dropped
    assert counts == {"article": 3, "facts": 3, "inferences": 3, "dialogue": 3, "summary": 2}
    assert len({each.rewriting_id for each in kept}) == len(kept) == 14
    assert {each.chunk_id for each in kept if each.kind == "facts"} == {"d0", "d1", "e0"}
    assert [each.document_id for each in kept if each.kind == "summary"] == ["d", "e"]
    assert all((each.chunk_id is None) == (each.kind == "summary") for each in kept)
    assert all(each.text.startswith(f"Told as {each.kind}, ") for each in kept)
    [first, *_] = [each for each in model.asked if kind_of(each) == "article"]
    assert TITLE in first.messages[-1]["content"]


def test_a_short_document_is_summed_up_in_one_request_whole() -> None:
    model = ScriptedModel(told)
    chunks = [chunk(1), chunk(0), chunk(2)]
    made(model, chunks, ["summary"])
    [asked] = model.asked
    whole = chunk(0).text + chunk(1).text + chunk(2).text
    assert whole.strip() in asked.messages[-1]["content"]


def test_a_long_document_is_summed_up_in_parts_until_one_is_left() -> None:
    model = ScriptedModel(told, seed=1)
    chunks = [chunk(n) for n in range(40)]
    [one], dropped, counts = made(model, chunks, ["summary"], max_chars=1100)
    assert (counts, dropped) == ({"summary": 1}, {})
    parts = [each for each in model.asked if "burns" in each.messages[-1]["content"]]
    assert len(parts) == 20
    rest = [each for each in model.asked if each not in parts]
    assert 1 <= len(rest) <= 3
    assert one.text == told(rest[-1])
    start = len(PROMPTS["rewrite_summary"].messages[-1]["content"])
    longest = max(len(each.messages[-1]["content"]) for each in model.asked)
    assert longest <= 1100 + start + len(TITLE)


def test_the_same_chunks_are_asked_about_in_the_same_words() -> None:
    chunks = [chunk(n) for n in range(12)]
    asked = []
    for seed in (1, 2):
        model = ScriptedModel(told, seed=seed)
        made(model, chunks, KINDS, max_chars=1100)
        asked.append({repr(each) for each in model.asked})
    assert asked[0] == asked[1]


def test_summaries_that_do_not_get_shorter_end_and_are_counted() -> None:
    def long(request: Request) -> str:
        source = request.messages[-1]["content"]
        return "word " * (len(source) // 8) + str(len(source))

    model = ScriptedModel(long)
    kept, dropped, _ = made(model, [chunk(n) for n in range(8)], ["summary"], max_chars=700)
    assert (kept, dropped) == ([], {"not_shorter": 1})
    assert len(model.asked) < 20


GOOD = "Every lamp is lit at dusk by the keeper."
BAD: dict[str, tuple[str | Reply, str]] = {
    "empty": ("", "it was empty"),
    "cut_off": (cut_off(GOOD), "cut off"),
    "copied": (chunk(0).text, "it repeats the text"),
    "refused": ("I can't help with that.", "it declines the task"),
}


@pytest.mark.parametrize("reason", list(BAD))
def test_a_bad_reply_is_asked_again_once_with_its_fault_named(reason: str) -> None:
    reply, why = BAD[reason]
    model = ScriptedModel(in_turn(reply, GOOD))
    [one], dropped, counts = made(model, [chunk(0)], ["article"])
    assert one.text == GOOD
    assert not dropped
    assert counts == {"article": 1, f"refused_{reason}": 1}
    assert why in model.asked[1].messages[-1]["content"]
    kept, dropped, counts = made(ScriptedModel(in_turn(reply, reply)), [chunk(0)], ["article"])
    assert (kept, dropped, counts) == ([], {reason: 1}, {f"refused_{reason}": 2})


REPLIES = st.sampled_from([GOOD, *(reply for reply, _ in BAD.values())])


@given(
    st.lists(REPLIES, min_size=60, max_size=60),
    st.integers(0, 5),
    st.lists(st.sampled_from(KINDS), unique=True),
)
def test_every_text_is_told_or_has_a_reason(
    replies: list[str | Reply], number: int, kinds: list[str]
) -> None:
    chunks = [chunk(n, length=500 * (n > 0)) for n in range(number)]
    kept, dropped, counts = made(ScriptedModel(in_turn(*replies), seed=1), chunks, kinds)
    texts = number * len([kind for kind in kinds if kind != "summary"])
    texts += bool(number) and "summary" in kinds
    assert len(kept) + dropped.total() == texts == len(rewriting.texts_of(chunks, kinds))
    assert sum(counts.get(kind, 0) for kind in KINDS) == len(kept)


def test_little_text_is_not_asked_about() -> None:
    short = Chunk("k", "d", 0, 0, 9, "# Lamps")
    kept, dropped, _ = made(ScriptedModel(never), [short], KINDS)
    assert (kept, dropped) == ([], {"too_short": 5})
    assert made(ScriptedModel(never), [chunk(0)], []) == ([], Counter(), {})
