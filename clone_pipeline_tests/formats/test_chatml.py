"""ChatML as text."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clone_pipeline.formats import chatml
from clone_pipeline.settings import FaultyInput
from clone_pipeline_tests.formats.contents import contents, conversation


@given(listed=st.lists(contents, max_size=4))
def test_what_is_written_is_read_back(
    listed: list[Any], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.getbasetemp() / "x.txt"
    assert chatml.write(listed, path) == len(listed)
    assert chatml.parse(path) == listed


def test_a_conversation_is_as_templates_write_it() -> None:
    assert chatml.text(conversation("hi", "yes?", system="Be kind.")) == (
        "<|im_start|>system\nBe kind.<|im_end|>\n"
        "<|im_start|>user\nhi<|im_end|>\n"
        "<|im_start|>assistant\nyes?<|im_end|>\n"
    )


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("hello", "unknown_shape"),
        ("<|im_start|>user\nhi<|im_end|>\nloose", "unknown_shape"),
        ("<|im_start|>user\nhi", "unknown_shape"),
        ("<|im_start|>user\nhi<|im_end|>", "unanswered"),
    ],
)
def test_what_is_no_conversation_is_refused(tmp_path: Path, written: str, reason: str) -> None:
    (tmp_path / "x.txt").write_text(written)
    with pytest.raises(FaultyInput, match=rf"conversation 1: found {reason}"):
        chatml.parse(tmp_path / "x.txt")
