"""Rows with a line of context below the system prompt obey the rules, and still can break them."""

import dataclasses
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clone_pipeline.evaluation import prompts
from clone_pipeline.formats import segments
from clone_pipeline.records import Dialogue
from clone_pipeline_tests.formats.samples import dialogues

PROMPTS = {"anna": "CONTEXT: Anna.\nShe talks with a friend.", "kim": "CONTEXT: Kim."}
CONTEXT = "You are talking with Ben, your brother. It is Tuesday evening, 2021-03-02."


def broken(example: dict[str, Any]) -> list[str]:
    return segments.check([example], system_prompts=PROMPTS.values(), bos="", eos="")


@given(dialogues(), st.sampled_from(["", CONTEXT]))
def test_a_row_with_context_obeys_all_rules_and_is_asked_as_it_was_taught(
    dialogue: Dialogue, context: str
) -> None:
    told = dataclasses.replace(dialogue, context=context)
    rows, _ = segments.from_dialogues(
        [told], system_prompts=PROMPTS, max_tokens=200, count=lambda text: len(text.split())
    )
    for row in rows:
        example = json.loads(row.content)
        assert not broken(example)
        prompt = PROMPTS[dialogue.persona]
        asked = prompts.from_row(row.content, "segments", system_prompt=prompt)
        texts = [segment["text"] for segment in example["segments"]]
        assert str(asked.prompt).startswith(f"{prompt}\n{context}\n" if context else prompt)
        assert "".join(texts).startswith(str(asked.prompt))
        assert all("\n" not in stop[1:] and stop.endswith(":") for stop in asked.stop)


@pytest.mark.parametrize("first", [f"{CONTEXT}\n{CONTEXT}\nBen: a", f"{CONTEXT}\n", "so\nso"])
def test_more_than_one_line_of_context_is_told(first: str) -> None:
    parts = [
        {"label": False, "text": f"CONTEXT: Kim.\n{first}"},
        {"label": True, "text": "\nKim: b"},
    ]
    assert [rule[:2] for rule in broken({"segments": parts})] == ["S3"]
