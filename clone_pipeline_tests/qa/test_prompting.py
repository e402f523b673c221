from pathlib import Path

import pytest

from clone_pipeline.llm.prompt import default_folder, render
from clone_pipeline.qa import structured
from clone_pipeline.qa.prompting import FIELDS, known_styles, load_prompts, load_styles, of_style
from clone_pipeline.settings import FaultyInput
from clone_pipeline_tests.qa.test_shipped_prompts import ALL, STYLES


def test_a_style_takes_what_it_lacks_from_the_default() -> None:
    assert ALL["code"]["check_question"] == ALL["default"]["check_question"]
    assert ALL["negative"]["check_question"] != ALL["default"]["check_question"]
    assert ALL["multi_source"]["check_answer"] == ALL["default"]["check_answer"]


def test_a_styles_file_is_looked_for_in_its_folders_first(tmp_path: Path) -> None:
    bare = "- role: user\n  content: '{text} {question} {answer}'\n"
    for own in ("check_question.yaml", "negative/check_question.yaml", "mine/check_answer.yaml"):
        (tmp_path / own).parent.mkdir(exist_ok=True)
        (tmp_path / own).write_text(bare, encoding="utf-8")
    folders = [tmp_path, default_folder()]
    loaded = load_styles(
        ["check_question", "check_answer"], ["default", "negative", "mine", "refusal"], folders
    )
    paths = {s: {n: p.path for n, p in prompts.items()} for s, prompts in loaded.items()}
    assert paths["default"]["check_question"] == tmp_path / "check_question.yaml"
    assert paths["negative"]["check_question"] == tmp_path / "negative/check_question.yaml"
    assert paths["negative"]["check_answer"] == default_folder() / "negative/check_answer.yaml"
    assert paths["mine"]["check_answer"] == tmp_path / "mine/check_answer.yaml"
    assert paths["mine"]["check_question"] == tmp_path / "check_question.yaml"
    assert paths["refusal"]["check_question"] == default_folder() / "refusal/check_question.yaml"
    assert set(known_styles(folders)) == {*STYLES, "mine"}


def test_an_unknown_style_names_the_styles_there_are(tmp_path: Path) -> None:
    with pytest.raises(FaultyInput, match="negativ.*negative.*reasoning"):
        load_styles(["check_question"], ["default", "negativ"], [tmp_path, default_folder()])
    with pytest.raises(FaultyInput, match="qa.styles"):
        of_style(ALL, "negativ")


def test_a_projects_own_file_stands_in_for_the_shipped_one(tmp_path: Path) -> None:
    bare = "- role: system\n  content: Judge.\n- role: user\n  content: '{text} {question} {odd}'\n"
    (tmp_path / "check_question.yaml").write_text(bare, encoding="utf-8")
    loaded = load_prompts(["check_question", "check_answer"], [tmp_path, default_folder()])
    assert loaded["check_question"].path == tmp_path / "check_question.yaml"
    assert render(loaded["check_question"], text="T", question="Q")[-1]["content"] == "T Q {odd}"
    assert loaded["check_answer"].path.parent == default_folder()


def test_all_faults_of_all_files_and_styles_are_reported_at_once(tmp_path: Path) -> None:
    (tmp_path / "check_question.yaml").write_text("- role: user\n  content: hi\n", encoding="utf-8")
    (tmp_path / "check_answer.yaml").write_text("messages: []\n", encoding="utf-8")
    with pytest.raises(FaultyInput) as caught:
        load_styles(["check_question", "check_answer"], ["default", "odd"], [tmp_path])
    shown = str(caught.value)
    assert "{text}" in shown
    assert "{question}" in shown
    assert "check_answer.yaml" in shown
    assert "odd" in shown
    assert len(caught.value.faults) == 4


def test_every_form_belongs_to_a_prompt() -> None:
    assert set(structured.FORMS) <= set(FIELDS)
