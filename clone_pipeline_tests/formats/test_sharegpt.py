"""ShareGPT rows obey the format for any dialogue and any QA conversation."""

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clone_pipeline.formats import sharegpt
from clone_pipeline.formats.defusing import TEMPLATE_TOKENS
from clone_pipeline.records import Chunk, Dialogue, QaConversation, QaTurn
from clone_pipeline.serving import prompting
from clone_pipeline.settings import FaultyInput
from clone_pipeline_tests.formats.samples import chunk, conversations, dialogue, dialogues

PROMPTS = {"anna": "CONTEXT: Anna </s> talks.", "kim": " "}
CHUNKS = [
    chunk("k1", "The reef lies <|im_end|> north of {data}."),
    chunk("k2", "Other text.", document="d2"),
]


def contents(rows: list[Any]) -> list[dict[str, Any]]:
    return [json.loads(row.content) for row in rows]


@given(st.lists(dialogues(), max_size=6))
def test_rows_of_any_dialogues_obey_the_format_and_the_funnel_adds_up(
    listed: list[Dialogue],
) -> None:
    rows, dropped = sharegpt.from_dialogues(listed, system_prompts=PROMPTS)
    assert not any(sharegpt.validate(content) for content in contents(rows))
    assert len(listed) == len(rows) + dropped.total()
    assert len({row.content for row in rows}) == len(rows)
    assert not any(token in row.content for row in rows for token in TEMPLATE_TOKENS[:-3])


@given(st.lists(conversations(), max_size=6))
def test_rag_and_no_rag_rows_differ_in_the_system_prompt_only(
    listed: list[QaConversation],
) -> None:
    rows, dropped = sharegpt.from_qa(
        listed, chunks=CHUNKS, system_prompt="Expert.", system_prompt_rag="Use: {data}"
    )
    assert len(listed) == len(rows) // 2 + dropped.total()
    assert not any(sharegpt.validate(content) for content in contents(rows))
    for plain, rag in zip(rows[::2], rows[1::2], strict=True):
        assert (plain.dataset, rag.dataset) == ("no_rag", "rag")
        assert plain.split_group == rag.split_group
        one, two = contents([plain, rag])
        assert one["conversations"][1:] == two["conversations"][1:]
        assert one["conversations"][0] != two["conversations"][0]


QA = QaConversation("q1", "k1", ["p1"], [QaTurn("human", "Where?"), QaTurn("gpt", "North.")])


def test_the_passage_is_filled_in_once() -> None:
    rows, _ = sharegpt.from_qa(
        [QA], chunks=CHUNKS, system_prompt="", system_prompt_rag="Use: {data} Not {other}."
    )
    plain, rag = contents(rows)
    assert plain["conversations"][0] == {"from": "human", "value": "Where?"}
    assert rag["conversations"][0]["value"] == (
        "Use: The reef lies <| im_end |> north of {data}. Not {other}."
    )
    assert rows[1].sources == ["k1"]
    assert rows[1].split_group == "k1"


def rag_passages(listed: list[QaConversation], chunks: list[Chunk], share: float) -> list[str]:
    rows, _ = sharegpt.from_qa(
        listed, chunks=chunks, system_prompt="", system_prompt_rag="{data}", wrong_context=share
    )
    return [content["conversations"][0]["value"] for content in contents(rows[1::2])]


def test_a_share_of_the_rag_rows_shows_another_documents_chunk_and_keeps_its_answer() -> None:
    many = [chunk(f"k{n}", f"Text {n}.", document=f"d{n // 2}") for n in range(40)]
    listed = [
        QaConversation(f"q{n}", f"k{n}", [], [QaTurn("human", f"Where {n}?"), QaTurn("gpt", "N.")])
        for n in range(40)
    ]
    shown = rag_passages(listed, many, 0.5)
    wrong = [n for n, passage in enumerate(shown) if passage != f"Text {n}."]
    assert 10 < len(wrong) < 30
    assert shown == rag_passages(listed, many, 0.5)
    more = rag_passages(listed, many, 0.8)
    assert set(wrong) <= {n for n, passage in enumerate(more) if passage != many[n].text}
    texts = {each.text: each.document_id for each in many}
    assert all(texts[shown[n]] != f"d{n // 2}" for n in wrong)
    rows, _ = sharegpt.from_qa(
        listed, chunks=many, system_prompt="", system_prompt_rag="{data}", wrong_context=0.5
    )
    assert all(row.sources == [row.split_group] for row in rows)
    for plain, rag in zip(contents(rows[::2]), contents(rows[1::2]), strict=True):
        assert plain["conversations"] == rag["conversations"][1:]


def test_where_there_is_no_other_chunk_the_passage_is_the_right_one() -> None:
    assert rag_passages([QA], CHUNKS[:1], 1.0) == ["The reef lies <| im_end |> north of {data}."]


def test_a_conversation_of_several_chunks_shows_and_names_all_of_them() -> None:
    both = dataclasses.replace(QA, related=["k2"])
    assert rag_passages([both], CHUNKS, 0)[0].endswith("of {data}.\n\nOther text.")
    rows, _ = sharegpt.from_qa([both], chunks=CHUNKS, system_prompt="", system_prompt_rag="{data}")
    assert {tuple(row.sources) for row in rows} == {("k1", "k2")}
    lost = dataclasses.replace(QA, related=["k9"])
    _, dropped = sharegpt.from_qa(
        [lost], chunks=CHUNKS, system_prompt="", system_prompt_rag="{data}"
    )
    assert dropped == {"unknown_chunk": 1}


def test_a_rag_prompt_without_a_place_for_the_passage_is_refused() -> None:
    with pytest.raises(FaultyInput, match=r"expert\.system_prompt_rag"):
        sharegpt.from_qa([QA], chunks=CHUNKS, system_prompt="", system_prompt_rag="Use it.")


def test_without_conversations_no_rag_prompt_is_needed() -> None:
    assert sharegpt.from_qa([], chunks=[], system_prompt="", system_prompt_rag="") == ([], {})


def test_a_dialogue_is_a_row_that_names_its_messages() -> None:
    rows, dropped = sharegpt.from_dialogues(
        [dialogue("hi", "hey", "sup", "not <s>much", key="c4")], system_prompts={"anna": "Be Anna."}
    )
    assert contents(rows) == [
        {
            "conversations": [
                {"from": "system", "value": "Be Anna."},
                {"from": "human", "value": "hi"},
                {"from": "gpt", "value": "hey"},
                {"from": "human", "value": "sup"},
                {"from": "gpt", "value": "not < s >much"},
            ]
        }
    ]
    assert rows[0].sources == [f"neutral:c4-{n}" for n in range(4)]
    assert (rows[0].split_group, rows[0].persona, rows[0].weight) == ("c4", "anna", 1.0)
    assert not dropped


def test_the_context_stands_below_the_system_prompt_as_a_callers_own_would() -> None:
    prompts = {"anna": "CONTEXT: Anna talks."}
    told = dataclasses.replace(dialogue("hi", "hey"), context="It is Friday night.")
    (row,), _ = sharegpt.from_dialogues([told], system_prompts=prompts)
    system = json.loads(row.content)["conversations"][0]
    assert system == {"from": "system", "value": f"{prompts['anna']}\nIt is Friday night."}
    card = {
        "personas": {"anna": {"name": "Anna", "system_prompt": prompts["anna"]}},
        "form": "sharegpt",
    }
    said = [prompting.Said("system", "It is Friday night."), prompting.Said("user", "hi")]
    asked = prompting.build(card, speaker="anna", said=said).prompt
    assert asked[0] == {"role": "system", "content": system["value"]}
    (row,), _ = sharegpt.from_dialogues([told], system_prompts={})
    assert json.loads(row.content)["conversations"][0]["value"] == "It is Friday night."


def test_the_same_row_twice_is_kept_once_and_counted() -> None:
    listed = [dialogue("hi", "hey", key="a"), dialogue("hi", "hey", key="b")]
    rows, dropped = sharegpt.from_dialogues(listed, system_prompts={})
    assert (len(rows), dropped) == (1, {"duplicate": 1})


@given(st.lists(dialogues(), max_size=5))
def test_a_written_file_reads_back(
    tmp_path_factory: pytest.TempPathFactory, listed: list[Dialogue]
) -> None:
    rows, _ = sharegpt.from_dialogues(listed, system_prompts=PROMPTS)
    path = tmp_path_factory.mktemp("export") / "deep" / "sharegpt.jsonl"
    assert sharegpt.write(rows, path) == len(rows)
    assert sharegpt.parse(path) == contents(rows)
    assert not list(path.parent.glob("*.part"))


def test_without_rows_there_is_an_empty_file(tmp_path: Path) -> None:
    assert sharegpt.write([], tmp_path / "sharegpt.jsonl") == 0
    assert (tmp_path / "sharegpt.jsonl").read_bytes() == b""
    assert sharegpt.parse(tmp_path / "sharegpt.jsonl") == []


def test_a_faulty_file_is_refused_with_all_its_lines(tmp_path: Path) -> None:
    good = {"conversations": [{"from": "human", "value": "a"}, {"from": "gpt", "value": "b"}]}
    path = tmp_path / "x.jsonl"
    path.write_text("\n".join(["{", json.dumps(good), json.dumps({"conversations": []})]))
    with pytest.raises(FaultyInput) as raised:
        sharegpt.parse(path)
    assert [fault.where.rpartition(":")[2] for fault in raised.value.faults] == ["1", "3"]


@pytest.mark.parametrize(
    ("roles", "rule"),
    [
        (["human"], "in turn"),
        (["gpt", "human"], "in turn"),
        (["human", "gpt", "gpt"], "in turn"),
        (["system"], "in turn"),
        (["human", "gpt", "system", "gpt"], "not the first"),
        (["human", "robot"], "not {"),
    ],
)
def test_each_broken_rule_is_a_sentence(roles: list[str], rule: str) -> None:
    stored = {"conversations": [{"from": role, "value": "x"} for role in roles]}
    assert any(rule in sentence for sentence in sharegpt.validate(stored))


@pytest.mark.parametrize(("value", "rule"), [(" ", "empty"), ("<|im_end|>", "template token")])
def test_values_are_neither_empty_nor_template_tokens(value: str, rule: str) -> None:
    turns = [{"from": "human", "value": value}, {"from": "gpt", "value": "b"}]
    assert any(rule in sentence for sentence in sharegpt.validate({"conversations": turns}))
