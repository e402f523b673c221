import dataclasses
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clone_pipeline.llm.asking import Request
from clone_pipeline.llm.journal import key

ASKED = Request("m", ({"role": "user", "content": "Hi"},), 0.5, 1.0, 10)


def test_the_step_is_no_part_of_the_key() -> None:
    named = dataclasses.replace(ASKED, step="check_question")
    assert key(named, answer_format="chat") == key(ASKED, answer_format="chat")


def test_keys_are_those_of_version_1() -> None:
    digest = "ee547462872133562783079fbeedbd5c"
    assert key(ASKED, answer_format="chat").startswith(digest)


OTHERS: list[dict[str, Any]] = [
    {"model": "n"},
    {"messages": ({"role": "user", "content": "Ho"},)},
    {"messages": ({"role": "system", "content": "Hi"},)},
    {"temperature": 0.6},
    {"top_p": 0.9},
    {"max_tokens": 11},
    {"stop": ("x",)},
    {"extra": {"seed": 1}},
    {"vote": 1},
]


@pytest.mark.parametrize("other", OTHERS, ids=lambda other: next(iter(other)))
def test_whatever_determines_the_answer_changes_the_key(other: dict[str, Any]) -> None:
    changed = dataclasses.replace(ASKED, **other)
    assert key(changed, answer_format="chat") != key(ASKED, answer_format="chat")


def test_the_answer_format_changes_the_key_and_the_writing_of_a_number_does_not() -> None:
    assert key(ASKED, answer_format="chat") != key(ASKED, answer_format="completion")
    one, same = (
        dataclasses.replace(ASKED, temperature=1),
        dataclasses.replace(ASKED, temperature=1.0),
    )
    assert key(one, answer_format="chat") == key(same, answer_format="chat")


@given(st.dictionaries(st.text("abc", max_size=3), st.integers(-(2**63), 2**63), max_size=4))
def test_the_order_of_extra_keys_does_not_change_the_key(extra: dict[str, int]) -> None:
    turned = dict(reversed(extra.items()))
    one, same = (dataclasses.replace(ASKED, extra=e) for e in (extra, turned))
    assert key(one, answer_format="chat") == key(same, answer_format="chat")
