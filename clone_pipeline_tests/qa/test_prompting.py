from pathlib import Path

import pytest

from clone_pipeline.llm.prompt import default_folder, render
from clone_pipeline.qa import parsing, rewording, transcript
from clone_pipeline.qa.prompting import FIELDS, load_prompts
from clone_pipeline.qa.verification import CHECKS
from clone_pipeline.settings import FaultyInput
from clone_pipeline_tests.qa.scripted import EMBEDDED, PROMPTS


def shots(name: str) -> list[str]:
    """What the assistant says in the examples of a prompt."""
    return [m["content"] for m in PROMPTS[name].messages if m["role"] == "assistant"]


def test_every_shipped_prompt_loads_and_fills_exactly_its_fields() -> None:
    for name, prompt in {**PROMPTS, **EMBEDDED}.items():
        given, needed = FIELDS[name]
        assert set(needed) <= prompt.fields <= set(given)
        filled = render(prompt, **{field: f"<{field}>" for field in given})
        shown = "".join(message["content"] for message in filled)
        assert all(shown.count(f"<{field}>") == 1 for field in needed)


def test_the_examples_are_in_the_format_that_is_read() -> None:
    written = [parsing.parse_pairs(shot) for shot in shots("qatuples_gen_no_filenames")]
    assert [len(one.pairs) for one in written] == [3, 3, 0]
    assert not any(one.refused for one in written)
    decisions = [rewording.parse_repair(s) for s in shots("check_qatuple_context_no_filenames")]
    assert [d.decision for d in decisions if isinstance(d, rewording.Repair)] == [
        "pass",
        "reword",
        "fail",
    ]
    for shot in shots("multi_turn_assistant_conversation"):
        assert isinstance(transcript.parse_conversation(shot), list)


@pytest.mark.parametrize("check", CHECKS)
def test_the_judges_examples_end_in_both_verdicts(check: str) -> None:
    judging = CHECKS[check]
    read = [
        parsing.parse_verdict(shot, positive=judging.positive, negative=judging.negative)
        for shot in shots(judging.prompt)
    ]
    assert {True, False} == set(read)


def test_a_projects_own_file_stands_in_for_the_shipped_one(tmp_path: Path) -> None:
    bare = "- role: system\n  content: Judge.\n- role: user\n  content: '{text} {question} {odd}'\n"
    (tmp_path / "check_question.yaml").write_text(bare, encoding="utf-8")
    loaded = load_prompts(["check_question", "check_answer"], [tmp_path, default_folder()])
    assert loaded["check_question"].path == tmp_path / "check_question.yaml"
    assert render(loaded["check_question"], text="T", question="Q")[-1]["content"] == "T Q {odd}"
    assert loaded["check_answer"].path.parent == default_folder()


def test_all_faults_of_all_files_are_reported_at_once(tmp_path: Path) -> None:
    (tmp_path / "check_question.yaml").write_text("- role: user\n  content: hi\n", encoding="utf-8")
    (tmp_path / "check_answer.yaml").write_text("messages: []\n", encoding="utf-8")
    with pytest.raises(FaultyInput) as caught:
        load_prompts(["check_question", "check_answer"], [tmp_path])
    shown = str(caught.value)
    assert "{text}" in shown
    assert "{question}" in shown
    assert "check_answer.yaml" in shown
