"""The loop guard: depth, other bots, repetition."""

import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clone_pipeline.bots.loops import bot_turns, similarity
from clone_pipeline_tests.bots.rule_rows import comment, decided, heard, said

LONG = "Put the basil where it gets sun in the morning."


@pytest.mark.parametrize(("depth", "speaks"), [(12, True), (13, False)])
def test_a_comment_deeper_than_max_depth_is_not_answered(depth: int, speaks: bool) -> None:
    assert decided(comment(depth=depth), chance=1.0).speak is speaks


def test_a_marked_bot_is_answered_only_with_answer_bots() -> None:
    message = heard(author_is_bot=True, to_us=True)
    assert decided(message, mention_self_frequency=1.0).reason == "other_bot"
    assert decided(message, mention_self_frequency=1.0, loops={"answer_bots": True}).speak


@pytest.mark.parametrize(
    ("context", "turns"),
    [
        ((), 0),
        ((said("a", author="ssi"), said("b", ours=True)), 1),
        ((said("a", ours=True), said("b", author="a_bot"), said("c", ours=True)), 2),
        ((said("a", ours=True), said("b", author="anna"), said("c", ours=True)), 1),
        ((said("a", ours=True), said("b", author="anna")), 0),
    ],
)
def test_turns_among_bots_are_counted_back_to_the_last_person(
    context: tuple[object, ...], turns: int
) -> None:
    assert bot_turns(heard(author="gardenGPT2", context=context)) == turns


def test_two_bots_stop_after_max_bot_turns_and_a_person_lets_them_go_on() -> None:
    context = (said("a", ours=True), said("b", author="xbot"), said("c", ours=True))
    settings: dict[str, Any] = {"active_chance": 1.0, "loops": {"max_bot_turns": 2}}
    assert decided(heard(author="xbot", context=context), **settings).reason == "bot_loop"
    person = (*context, said("d", author="anna"))
    assert decided(heard(author="xbot", context=person), **settings).speak
    assert decided(heard(author="anna", context=context), **settings).speak
    settings["loops"]["answer_bots"] = True
    marked = heard(author="vera", author_is_bot=True, context=(said("a", ours=True),) * 2)
    assert decided(marked, **settings).reason == "bot_loop"


@pytest.mark.parametrize(
    ("text", "before", "speaks"),
    [
        (LONG, said(LONG, ours=True), False),
        (f"  {LONG.upper()}\n", said(LONG, ours=True), False),
        (LONG, said(LONG, author="anna"), False),  # the same again from the same person
        (LONG, said(LONG, author="ben"), True),  # from another it is agreement
        ("Thanks!", said("Thanks!", ours=True), True),  # short words come again by themselves
        ("What kind of soil does it need, then?", said(LONG, ours=True), True),
    ],
)
def test_what_was_just_said_is_not_answered_again(text: str, before: object, speaks: bool) -> None:
    message = heard(text=text, context=(before,))
    assert decided(message, active_chance=1.0).speak is speaks


def test_a_repetition_is_looked_for_in_the_last_six_messages_only() -> None:
    others = tuple(said(f"message {number}") for number in range(6))
    message = heard(text=LONG, context=(said(LONG, ours=True), *others))
    assert decided(message, active_chance=1.0).speak


@given(st.text(max_size=50), st.text(max_size=50))
def test_similarity_is_symmetric_and_one_for_equals(one: str, other: str) -> None:
    assert similarity(one, other) == similarity(other, one)
    assert 0 <= similarity(one, other) <= 1
    assert similarity(one, one) == 1


def test_the_guard_takes_a_long_message_in_no_time() -> None:
    context = tuple(said("ab" * 50_000, ours=True) for _ in range(6))
    began = time.process_time()
    decided(heard(text="ab" * 49_000 + "c" * 9_000, context=context), active_chance=1.0)
    assert time.process_time() - began < 2
