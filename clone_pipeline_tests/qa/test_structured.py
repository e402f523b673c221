import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clone_pipeline.qa import structured
from clone_pipeline.qa.parsing import (
    parse_correction,
    parse_pairs,
    parse_suitable,
    parse_verdict,
)
from clone_pipeline.qa.rating import parse_rating
from clone_pipeline.qa.rewording import Repair, parse_repair
from clone_pipeline.qa.structured import FORMS, as_text, response_format
from clone_pipeline.qa.transcript import parse_conversation

GENERATION, REPAIR = "qatuples_gen_no_filenames", "check_qatuple_context_no_filenames"
CONVERSATION = "multi_turn_assistant_conversation"
PAIRS = {"pairs": [{"question": "What is it?", "answer": "A lamp."}]}
WORDS = st.text(alphabet="abcdefgh ?.,", min_size=1).map(str.strip).filter(bool)


@pytest.mark.parametrize("name", FORMS)
def test_every_schema_is_strict(name: str) -> None:
    wanted = response_format(name)
    assert wanted is not None
    assert wanted["type"] == "json_schema"
    assert wanted["json_schema"]["strict"] is True
    assert json.loads(json.dumps(wanted)) == wanted

    def check(schema: dict[str, Any]) -> None:
        if schema["type"] == "object":
            assert schema["additionalProperties"] is False
            assert schema["required"] == list(schema["properties"])
            for inner in schema["properties"].values():
                check(inner)
        if schema["type"] == "array":
            check(schema["items"])

    check(wanted["json_schema"]["schema"])
    assert all(f'"{key}"' in structured.instruction(name) for key in schema_of(name)["required"])


def schema_of(name: str) -> dict[str, Any]:
    wanted = response_format(name)
    assert wanted is not None
    schema: dict[str, Any] = wanted["json_schema"]["schema"]
    return schema


def test_a_rewriting_has_no_schema() -> None:
    assert response_format("rewrite_article") is None
    assert as_text("rewrite_article", '{"text": "x"}') == '{"text": "x"}'


@pytest.mark.parametrize(
    "wrap", ["{}", "```json\n{}\n```", "<think>Let me see {{}}.</think>\n{}", "\n {} \n"]
)
def test_json_is_read_though_it_was_not_asked_for(wrap: str) -> None:
    reply = wrap.replace("{{}}", "()").replace("{}", json.dumps(PAIRS))
    assert parse_pairs(as_text(GENERATION, reply)).pairs == [("What is it?", "A lamp.")]


def test_a_bare_list_of_pairs_or_turns_is_read() -> None:
    assert parse_pairs(as_text(GENERATION, json.dumps(PAIRS["pairs"]))).pairs
    turns = [{"speaker": "User", "text": "Hi?"}, {"speaker": "AI Assistant", "text": "Ho."}]
    read = parse_conversation(as_text(CONVERSATION, json.dumps(turns)))
    assert [turn.text for turn in read if not isinstance(turn, str)] == ["Hi?", "Ho."]


def test_no_pairs_are_no_fault() -> None:
    read = parse_pairs(as_text(GENERATION, '{"pairs": []}'))
    assert not read.pairs
    assert not read.refused


@pytest.mark.parametrize(
    "reply",
    [
        "",
        "{}",
        "{",
        "null",
        "[1]",
        '{"pairs": 3}',
        '{"pairs": [{"question": "What?"}]}',
        '{"a": 1}',
    ],
)
def test_what_is_no_such_object_stays_as_it_is(reply: str) -> None:
    for name in FORMS:
        assert as_text(name, reply) == reply


@pytest.mark.parametrize(
    ("rating", "read"),
    [("7", 7), ('"8/10"', 8), ("7.5", 7), ("[6]", 6), ('"good"', None), ("Infinity", None),
     ("1e999", None), ("NaN", None), ("true", None), ("0", None), ("11", None)],
)  # fmt: skip
def test_a_rating_of_any_kind_is_read_or_refused(rating: str, read: int | None) -> None:
    reply = f'{{"reasoning": "Clear.", "rating": {rating}}}'
    assert parse_rating(as_text("rate_pair", reply)) == read


@pytest.mark.parametrize("start", ["[", '{"a":', '[{"a":'])
def test_json_that_never_ends_is_text(start: str) -> None:
    reply = start * 100_000
    assert as_text(GENERATION, reply) == reply


def test_half_a_surrogate_pair_becomes_text_that_a_table_takes() -> None:
    reply = '{"pairs": [{"question": "What \\ud83d?", "answer": "A lamp \\ud83d\\ude00."}]}'
    [(question, answer)] = parse_pairs(as_text(GENERATION, reply)).pairs
    assert question.encode() == b"What ??"
    assert answer == "A lamp \U0001f600."


def test_an_empty_reasoning_does_no_harm() -> None:
    text = as_text("rate_pair", '{"reasoning": "", "rating": 7}')
    assert parse_rating(text) == 7


@given(st.sampled_from(["RELEVANT", "IRRELEVANT"]), st.text())
def test_the_verdict_is_that_of_its_key_whatever_the_reasoning(word: str, reasoning: str) -> None:
    reply = json.dumps({"reasoning": reasoning, "verdict": word})
    read = parse_verdict(
        as_text("check_question", reply), positive="RELEVANT", negative="IRRELEVANT"
    )
    assert read is (word == "RELEVANT")


@given(st.sampled_from(["PASS", "REWORD", "FAIL"]), WORDS, WORDS, WORDS)
def test_every_repair_is_read_back(word: str, reasoning: str, question: str, answer: str) -> None:
    reply = {"reasoning": reasoning, "judgment": word, "question": question, "answer": answer}
    pair = (question, answer) if word == "REWORD" else ("", "")
    read = parse_repair(as_text(REPAIR, json.dumps(reply)))
    assert read == Repair(word.lower(), *pair)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "reasoning",
    ["**Reworded** it would do.", "## Question Rewording", "Final judgment: FAIL **QUESTION:** x",
     "QUESTION: is it FAIL?\nFinal judgment: FAIL", "Final judgment:", "****QUESTION:****"],
)  # fmt: skip
def test_a_repairs_judgment_is_that_of_its_key_whatever_the_reasoning(reasoning: str) -> None:
    reply = {"reasoning": reasoning, "judgment": "PASS", "question": "", "answer": ""}
    assert parse_repair(as_text(REPAIR, json.dumps(reply))) == Repair("pass")


@given(st.lists(st.tuples(WORDS, WORDS), unique_by=lambda pair: pair[0].casefold()))
def test_every_pair_is_read_back(pairs: list[tuple[str, str]]) -> None:
    reply = {"pairs": [{"question": q, "answer": a} for q, a in pairs]}
    assert parse_pairs(as_text(GENERATION, json.dumps(reply))).pairs == pairs


def test_the_other_forms_are_read_back() -> None:
    verdict = json.dumps({"reasoning": "Only links.", "verdict": "NOT SUITABLE"})
    assert parse_suitable(as_text("judge_paragraph", verdict)) is False
    parts = {"wrong_answer": "Two.", "objection": "Sure?", "corrected_answer": "No, one."}
    read = parse_correction(as_text("wrong_answer", json.dumps(parts)))
    assert read == ("Two.", "Sure?", "No, one.")
