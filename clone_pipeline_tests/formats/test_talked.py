"""Conversations from elsewhere."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clone_pipeline.formats.sharegpt import validate
from clone_pipeline.formats.talked import Unfit, content_of, of_sharegpt
from clone_pipeline_tests.formats.contents import contents, conversation

roles = st.sampled_from(["system", "user", "assistant", "human", "gpt", "Bot", "tool", "x", ""])


@given(st.lists(st.tuples(roles, st.text(max_size=4))))
def test_whatever_was_said_is_a_valid_conversation_or_refused(said: list[tuple[str, str]]) -> None:
    try:
        content = content_of(said)
    except Unfit as reason:
        known = {"unknown_role", "tools", "empty", "not_in_turn", "unanswered"}
        assert str(reason) in known  # noqa: PT017
    else:
        assert validate(content) == []


@given(contents)
def test_a_right_conversation_stays_as_it_is(content: Any) -> None:
    assert of_sharegpt(content) == content


def test_what_answers_nothing_and_what_is_not_answered_is_left_out() -> None:
    said = [("gpt", "hello"), ("human", "a"), ("gpt", "b"), ("human", "c")]
    assert content_of(said) == conversation("a", "b")


def test_other_keys_and_a_system_prompt_beside_are_read() -> None:
    record = {
        "id": 3,
        "system": "S",
        "conversations": [{"role": "user", "content": "a"}, {"from": "gpt", "value": "<s>"}],
    }
    assert of_sharegpt(record) == conversation("a", "< s >", system="S")


@pytest.mark.parametrize(
    ("record", "reason"),
    [(None, "unknown_shape"), ({"conversations": ["a"]}, "unknown_shape"),
     ({"conversations": [{"from": "human", "value": 3}]}, "not_text")],
)  # fmt: skip
def test_what_is_none_is_refused(record: Any, reason: str) -> None:
    with pytest.raises(Unfit, match=reason):
        of_sharegpt(record)
