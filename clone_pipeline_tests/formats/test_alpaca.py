"""Alpaca's examples."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clone_pipeline.formats import alpaca
from clone_pipeline.formats.talked import Unfit
from clone_pipeline.settings import FaultyInput
from clone_pipeline_tests.formats.contents import contents, conversation


def turns(content: Any) -> list[Any]:
    return list(content["conversations"])


@given(listed=st.lists(contents, max_size=4))
def test_what_is_written_is_read_back_but_for_what_is_told_again(
    listed: list[Any], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.getbasetemp() / "x.json"
    answers = sum(len(turns(each)) // 2 for each in listed)
    assert alpaca.write(listed, path) == answers
    unlike = [each for n, each in enumerate(listed) if each not in listed[:n]]
    told = [
        each
        for each in unlike
        if not any(o != each and turns(o)[: len(turns(each))] == turns(each) for o in unlike)
    ]
    key = lambda each: json.dumps(each)  # noqa: E731
    assert sorted(alpaca.parse(path), key=key) == sorted(told, key=key)


def test_a_conversation_is_an_example_an_answer_with_its_history() -> None:
    assert alpaca.examples(conversation("a", "b", "c", "d", system="S")) == [
        {"instruction": "a", "input": "", "output": "b", "system": "S"},
        {"instruction": "c", "input": "", "output": "d", "system": "S", "history": [["a", "b"]]},
    ]


def test_an_input_stands_below_its_instruction() -> None:
    record = {"instruction": "Sum up.", "input": "A text.", "output": "T."}
    assert alpaca.content(record) == conversation("Sum up.\nA text.", "T.")


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        ([], "unknown_shape"),
        ({"instruction": "a"}, "unknown_shape"),
        ({"instruction": "a", "output": 3}, "unknown_shape"),
        ({"instruction": "a", "output": "b", "history": ["c"]}, "unknown_shape"),
        ({"instruction": "a", "input": 3, "output": "b"}, "unknown_shape"),
        ({"instruction": "a", "output": " "}, "empty"),
    ],
)
def test_what_can_t_be_a_row_is_refused_with_its_reason(record: Any, reason: str) -> None:
    with pytest.raises(Unfit, match=reason):
        alpaca.content(record)


def test_a_file_that_is_none_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    for written, found in (("{}", "no JSON array"), ('[{"output": 1}]', "example 1: found unkn")):
        path.write_text(written)
        with pytest.raises(FaultyInput, match=found):
            alpaca.parse(path)
