import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clone_pipeline.evaluation.swapping import swapped

SAID = ["hi", "hey", "ok?", "sure: yes", "bye", "so long"]


def sharegpt(*turns: str, system: str = "be Anna") -> str:
    who = [("human", "gpt")[place % 2] for place in range(len(turns))]
    said = [("system", system), *zip(who, turns, strict=True)]
    return json.dumps({"conversations": [{"from": w, "value": text} for w, text in said]})


def segments(*turns: str, other: str = "Ben", head: str = "CONTEXT: Anna.\n") -> str:
    listed: list[dict[str, Any]] = []
    for place, said in enumerate(turns):
        name = f"\nAnna: {said}" if place % 2 else f"{other}: {said}"
        end = "\n" if place % 2 and place < len(turns) - 1 else ""
        listed.append({"label": place % 2 == 1, "text": name + end})
    listed[0]["text"] = head + listed[0]["text"]
    return json.dumps({"segments": listed})


@pytest.mark.parametrize("write", [sharegpt, segments])
def test_the_others_speak_in_the_personas_place_from_its_first_turn_to_their_last(
    write: Any,
) -> None:
    form = write.__name__
    found = swapped(write(*SAID), form)
    assert found
    assert json.loads(found) == json.loads(write(*SAID[1:-1]))
    again = swapped(found, form)
    assert again
    assert json.loads(again) == json.loads(write(*SAID[2:-2]))


@pytest.mark.parametrize("write", [sharegpt, segments])
def test_a_dialogue_in_which_nobody_answers_the_persona_has_no_other_side(write: Any) -> None:
    assert swapped(write("hi", "hey"), write.__name__) is None
    assert swapped('{"conversations": []}', "sharegpt") is None


def test_segments_without_a_system_prompt_are_told_by_the_others_name() -> None:
    found = swapped(segments("hi", "hey", "ok?", "x", head=""), "segments")
    assert found
    assert json.loads(found) == json.loads(segments("hey", "ok?", head=""))


def test_names_before_the_lines_of_a_group_chat_are_left_out_and_other_colons_stay() -> None:
    group = sharegpt("Ben: hi", "hey", "Cy: ok?\nBen: note: milk", "x")
    found = swapped(group, "sharegpt")
    assert found
    assert json.loads(found) == json.loads(sharegpt("hey", "ok?\nnote: milk"))
    two = swapped(sharegpt("Note: hi", "hey", "Note: ok?", "x"), "sharegpt")
    assert two
    assert "Note: ok?" in two
    several = segments("Ben: hi", "hey", "Cy: ok?", "x", other="Others")
    shown = swapped(several, "segments")
    assert shown
    assert json.loads(shown) == json.loads(segments("hey", "ok?", other="Others"))


@given(st.lists(st.text(st.characters(exclude_characters="\n"), min_size=1), max_size=9))
def test_no_turn_is_made_up_or_changed(turns: list[str]) -> None:
    found = swapped(sharegpt(*[f"{n} {text}" for n, text in enumerate(turns)]), "sharegpt")
    said = [t["value"] for t in json.loads(found)["conversations"][1:]] if found else []
    assert set(said) <= {f"{n} {text}" for n, text in enumerate(turns)}
    assert (found is None) == (len(turns) < 3)
