"""OpenAI's messages."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clone_pipeline.formats import openai_messages
from clone_pipeline.formats.talked import Unfit
from clone_pipeline.settings import FaultyInput
from clone_pipeline_tests.formats.contents import contents, conversation

PATH = "x.jsonl"


@given(listed=st.lists(contents, max_size=4))
def test_what_is_written_is_read_back(
    listed: list[Any], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.getbasetemp() / PATH
    assert openai_messages.write(listed, path) == len(listed)
    assert openai_messages.parse(path) == listed


def test_a_line_is_openai_s() -> None:
    assert openai_messages.example(conversation("hi", "yes?", system="Be kind.")) == {
        "messages": [
            {"role": "system", "content": "Be kind."},
            {"role": "user", "content": "hi"},
            {"role": "assistant", "content": "yes?"},
        ]
    }


def test_text_may_be_told_in_parts_and_a_developer_speaks_as_the_system() -> None:
    parts = [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]
    told = [turn("developer", "Be kind."), turn("user", parts), turn("assistant", "c", weight=1)]
    assert openai_messages.content({"messages": told, "id": 7}) == conversation(
        "a\nb", "c", system="Be kind."
    )


def turn(role: str, content: Any, **more: Any) -> dict[str, Any]:
    return {"role": role, "content": content, **more}


@pytest.mark.parametrize(
    ("messages", "reason"),
    [
        (None, "unknown_shape"),
        (["hi"], "unknown_shape"),
        ([turn("user", "a"), turn("assistant", None, tool_calls=[{}])], "tools"),
        ([turn("user", "a"), turn("tool", "3"), turn("assistant", "b")], "tools"),
        ([turn("user", [{"type": "image_url"}]), turn("assistant", "b")], "not_text"),
        ([turn("user", "a"), turn("assistant", "b", weight=0)], "unlearned_answer"),
        ([turn("user", "a"), turn("narrator", "b")], "unknown_role"),
        ([turn("user", "a"), turn("user", "b"), turn("assistant", "c")], "not_in_turn"),
        ([turn("user", " "), turn("assistant", "b")], "empty"),
        ([turn("assistant", "b"), turn("user", "a")], "unanswered"),
        ([], "unanswered"),
    ],
)
def test_what_can_t_be_a_row_is_refused_with_its_reason(messages: Any, reason: str) -> None:
    with pytest.raises(Unfit, match=f"^{reason}$"):
        openai_messages.content({"messages": messages})


def test_a_file_with_faults_names_their_lines(tmp_path: Path) -> None:
    path = tmp_path / PATH
    good = json.dumps(openai_messages.example(conversation("a", "b")))
    path.write_text(f'{good}\n\nnonsense\n{{"messages": 1}}\n')
    with pytest.raises(FaultyInput) as refused:
        openai_messages.parse(path)
    assert [fault.where for fault in refused.value.faults] == [f"{path}:3", f"{path}:4"]
