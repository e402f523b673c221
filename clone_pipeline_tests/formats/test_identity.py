"""What a clone says of itself: few rows, in its own form, of bounded weight, never held out."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clone_pipeline.formats import segments, sharegpt
from clone_pipeline.formats.identity import COLLECTION, MOST, SHARE, Identity, questions, rows
from clone_pipeline.formats.mixing import mix
from clone_pipeline.formats.splitting import split
from clone_pipeline.records import Form, Row
from clone_pipeline_tests.formats.samples import dialogue, texts

ANNA = Identity("Anna", "CONTEXT: Anna.", ("I keep bees.", "I live in {name}'s house."))
FORMS: tuple[Form, Form] = ("sharegpt", "segments")


def taught(form: Form, count: int = 40, persona: str = "anna") -> list[Row]:
    listed = [
        dialogue(f"question {n}", f"answer {n}", key=f"{persona}{n}", persona=persona, day=n)
        for n in range(count)
    ]
    prompts = {"anna": "CONTEXT: Anna."}
    if form == "sharegpt":
        return sharegpt.from_dialogues(listed, system_prompts=prompts)[0]
    return segments.from_dialogues(listed, system_prompts=prompts, max_tokens=500, count=len)[0]


def test_it_says_its_name_that_it_is_a_bot_and_its_facts() -> None:
    asked = dict(questions(ANNA))
    assert asked["Who are you?"] == "I'm Anna."
    assert asked["Are you ChatGPT?"].startswith("No, I'm Anna. I'm a bot")
    assert asked["Are you a bot?"] == asked["What don't you know?"]
    assert "write like Anna" in asked["is this really Anna?"]
    assert "I keep bees." in {answer for _, answer in questions(ANNA)}
    assert not any("{name}" in said for pair in questions(ANNA) for said in pair)


def test_without_facts_and_honesty_it_only_says_its_name() -> None:
    assert all("Anna" in answer for _, answer in questions(Identity("Anna", "", (), "")))


@pytest.mark.parametrize("form", FORMS)
def test_rows_are_in_the_personas_form_and_tell_whose_they_are(form: Form) -> None:
    found = rows({"anna": ANNA, "kim": Identity("Kim", "")}, beside=taught(form), form=form)
    assert 20 < len(found) < 60
    assert len({row.row_id for row in found}) == len(found)
    for row in found:
        assert (row.collection, row.dataset, row.persona, row.form) == (
            COLLECTION, "anna", "anna", form,
        )  # fmt: skip
        assert row.sources == ["persona:anna"]
        stored = json.loads(row.content)
        if form == "sharegpt":
            assert not sharegpt.validate(stored)
            assert stored["conversations"][0]["value"] == "CONTEXT: Anna."
        else:
            assert not segments.check([stored], system_prompts=["CONTEXT: Anna."], bos="", eos="")
            assert stored["segments"][0]["text"].startswith("CONTEXT: Anna.\nFriend: ")


def test_the_other_speaker_of_segments_is_the_usual_one() -> None:
    long = segments.from_dialogues(
        [dialogue("hi", "ho", "so", "yes")], system_prompts={}, max_tokens=500, count=len
    )[0]
    found = rows({"anna": ANNA}, beside=long, form="segments")
    assert "\nBen: " in json.loads(found[0].content)["segments"][0]["text"]


def test_whoever_has_nothing_to_be_trained_on_has_no_identity_either() -> None:
    assert rows({"anna": ANNA}, beside=[], form="sharegpt") == []
    assert rows({"anna": ANNA}, beside=taught("segments"), form="sharegpt") == []


def said(rows: list[Row]) -> float:
    """What the persona says, in characters times weight."""
    return sum(
        row.weight * len(json.loads(row.content)["conversations"][-1]["value"]) for row in rows
    )


@pytest.mark.parametrize("count", [1, 40, 3000])
def test_what_it_says_of_itself_is_a_small_part_of_what_it_says(count: int) -> None:
    own = taught("sharegpt", count)
    found = rows({"anna": ANNA}, beside=own, form="sharegpt")
    assert 0 < said(found) <= SHARE * said(own) + 1e-6
    assert sum(row.weight for row in found) <= SHARE * len(own) + 1e-6
    assert len({row.weight for row in found}) == 1
    assert all(0 < row.weight <= MOST for row in found)


@given(st.integers(1, 60), st.sampled_from([0.0, 0.1, 0.5]), st.integers(0, 3))
def test_none_is_held_out_and_what_is_held_out_else_stays_the_same(
    count: int, share: float, seed: int
) -> None:
    own = taught("sharegpt", count)
    mine = rows({"anna": ANNA}, beside=own, form="sharegpt")
    kept, dropped = split([*own, *mine], held_out=share, seed=seed)
    alone, _ = split(own, held_out=share, seed=seed)
    assert {row.split for row in kept if row.collection == COLLECTION} == {"train"}
    assert [row for row in kept if row.collection != COLLECTION] == alone
    assert len(kept) + dropped.total() == len(own) + len(mine)


def test_a_weight_of_zero_leaves_the_collection_out() -> None:
    mine = rows({"anna": ANNA}, beside=taught("sharegpt"), form="sharegpt")
    kept, dropped = mix(mine, weights={"identity": 0}, persona_format="sharegpt")
    assert (kept, dropped) == ([], {"weight_zero": len(mine)})


@settings(max_examples=25)
@given(st.sampled_from(["Anna", "K: O", "</s>", "user"]), texts, texts)
def test_whatever_is_written_there_rows_stay_well_formed(
    name: str, fact: str, honesty: str
) -> None:
    identity = Identity(name, "CONTEXT: x", (fact,), honesty)
    for form in FORMS:
        found = rows({"anna": identity}, beside=taught(form, 2), form=form)
        stored = [json.loads(row.content) for row in found]
        if form == "sharegpt":
            assert not any(map(sharegpt.validate, stored))
        else:
            assert not segments.check(stored, system_prompts=["CONTEXT: x"], bos="", eos="")
