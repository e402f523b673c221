from typing import Any

import pytest

from clone_pipeline.qa import writing
from clone_pipeline_tests.qa.asked import (
    BICYCLE,
    HALF,
    PORT,
    SAILS,
    STORM,
    TICKET,
    WHOLE,
    candidates,
    said,
    step,
)
from clone_pipeline_tests.qa.scripted import chunk, cut_off, in_turn


@pytest.mark.parametrize(
    ("faulty", "refused"),
    [(HALF, {"refused_no_answer": 1}), ("", {}), (cut_off("Well,"), {}), ('[{"q": "Why?"}]', {})],
)
def test_a_reply_that_holds_no_whole_pair_is_asked_for_again_with_its_fault_named(
    faulty: Any, refused: dict[str, int]
) -> None:
    (pairs, dropped, made), model = candidates(in_turn(faulty, WHOLE), [chunk(1)])
    assert (len(pairs), dropped) == (1, {})
    assert made == {"pairs": 1, "facts": 1, "facts_unasked": 1, **refused}
    assert len(model.asked[1].messages) > len(model.asked[0].messages)
    assert "can't be used" in said(model.asked[1])


def test_a_chunk_whose_replies_stay_unreadable_is_dropped_for_that() -> None:
    (_, dropped, made), _ = candidates(in_turn(cut_off(HALF), cut_off(WHOLE)), [chunk(1)])
    assert dropped == {"unreadable": 1}
    assert made["refused_cut_off"] == 2


def test_rounds_show_what_was_asked_and_what_is_left_until_nothing_is() -> None:
    script = in_turn(SAILS, TICKET + BICYCLE, STORM)
    (pairs, _, made), model = candidates(script, [chunk(1, PORT)], top_up_rounds=5)
    assert len(pairs) == 4
    assert (made["top_up_pairs"], made["facts"], made["facts_unasked"]) == (3, 4, 0)
    asked, left = said(model.asked[1]).split("Not asked yet:")
    assert "- How often does the ferry sail in winter?" in asked
    assert "- The ferry sails" not in left
    assert "- Bicycles travel free of charge." in left
    assert [step(request) for request in model.asked[1:]] == [writing.MORE_PROMPT] * 2


@pytest.mark.parametrize(
    ("replies", "settings", "requests"),
    [
        ([SAILS, TICKET], {"top_up_rounds": 1}, 2),
        ([SAILS, TICKET], {"top_up_rounds": 5, "pairs_per_chunk": 2}, 2),
        ([SAILS], {"top_up_rounds": 5, "pairs_per_chunk": 1}, 1),
        ([SAILS, SAILS], {"top_up_rounds": 5}, 2),
        ([SAILS, "There is nothing more."], {"top_up_rounds": 5}, 2),
        ([SAILS + TICKET + BICYCLE + STORM], {"top_up_rounds": 5, "pairs_per_chunk": 9}, 1),
        (["Nothing to ask."], {"top_up_rounds": 5}, 1),
    ],
)
def test_rounds_end_when_used_up_or_enough_or_without_anything_new_or_left(
    replies: list[str], settings: dict[str, int], requests: int
) -> None:
    _, model = candidates(in_turn(*replies), [chunk(1, PORT)], **settings)
    assert len(model.asked) == requests
