"""A Verustoolkit configuration, unchanged: imported, run, and exported as that system's files."""

import json
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner, Result

from clone_pipeline import project
from clone_pipeline.cli import app
from clone_pipeline.formats import sharegpt
from clone_pipeline.llm.openai_compatible import api_key
from clone_pipeline_tests.defs import opened
from clone_pipeline_tests.interop import verustoolkit_project as old
from clone_pipeline_tests.interop import verustoolkit_reader as reader
from clone_pipeline_tests.llm.openai_server import running


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The project, and what was exported of it."""
    root = tmp_path_factory.mktemp("checkout")
    folder, out = root / "project", root / "dataset"
    with pytest.MonkeyPatch.context() as patch, running(
        answer=old.answer, api_key=old.KEY
    ) as server:  # fmt: skip
        patch.delenv("LLM_API_KEY", raising=False)
        config = old.make(root / "verustoolkit", url=server.base_url)
        before = tree_of(config.parent)
        shown = CliRunner().invoke(
            app, ["import", "verustoolkit", str(config), "--project", str(folder)]
        )
        assert shown.exit_code == 0, shown.output
        assert old.KEY not in shown.output
        patch.setenv("LLM_API_KEY", old.KEY)
        assert api_key(project.load(folder).llm.api_key_env) == old.KEY
        outcome = opened.run(folder, '+key:"qa_conversations"')
        assert outcome.succeeded, outcome.failures
        assert tree_of(config.parent) == before
    shown = export(folder, out)
    assert shown.exit_code == 0, shown.output
    return folder, out


def export(folder: Path, out: Path) -> Result:
    call = ["export", "verustoolkit", "--project", str(folder), "--out", str(out)]
    return CliRunner().invoke(app, call)


def tree_of(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*")) if path.is_file()
    }  # fmt: skip


def test_every_file_is_of_that_system_s_schema(exported: tuple[Path, Path]) -> None:
    assert reader.broken(exported[1]) == []


def test_every_folder_of_that_system_is_there(exported: tuple[Path, Path]) -> None:
    there = Counter(path.parent.name for path in exported[1].rglob("*/*") if path.is_file())
    assert set(there) == set(reader.FOLDERS) - {"check_answer_relevancy_generations"}
    passed, kept = there["qatuples_raw"], 4
    assert passed == there["qatuples_revised"] == 5
    assert there["question_context_revision_generations"] == passed
    assert there["check_question_generations"] == there["check_answer_accuracy_generations"]
    assert there["check_question_generations"] == 2 * passed  # two of three votes decide
    assert there["multi_turn_convs"] == there["multi_turn_convs_info"]
    pairs = [pair for row in lines(exported[1] / "master_list.jsonl") for pair in row["qa_tuples"]]
    assert len(pairs) == kept


def lines(path: Path) -> list[Any]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_a_pair_that_repair_tossed_is_failed_and_a_reworded_one_is_as_reworded(
    exported: tuple[Path, Path],
) -> None:
    revised = [path.read_text() for path in (exported[1] / "qatuples_revised").iterdir()]
    assert revised.count("failed") == 1
    assert sum("When is the rope of Hove's crane renewed?" in each for each in revised) == 1
    raw = [json.loads(path.read_text()) for path in (exported[1] / "qatuples_raw").iterdir()]
    assert not any("Hove's crane" in pair[0] for pair in raw)
    assert {pair[3] for pair in raw} == {"ferry", "harbour/crane.md"}
    worthy = json.loads((exported[1] / "filtered_worthy_for_questions.json").read_text())
    assert {(pair[2], pair[3]) for pair in raw} <= {(text, name) for text, name in worthy}


def test_rows_hold_the_system_prompts_and_the_passage_of_the_configuration(
    exported: tuple[Path, Path],
) -> None:
    without = sharegpt.parse(exported[1] / "simplified_data_no_rag.jsonl")
    with_text = sharegpt.parse(exported[1] / "simplified_data_rag.jsonl")
    masters = lines(exported[1] / "master_list.jsonl")
    assert {row["conversations"][0]["value"] for row in without} == {old.NO_RAG}
    for one, other, master in zip(without, with_text, masters, strict=True):
        assert one["conversations"][1:] == other["conversations"][1:]
        passage = old.RAG.replace("{data}", master["rag_context"])
        assert other["conversations"][0]["value"] == passage
        said = [said for _, said in reader.turns_of(master["conversation"])]
        assert said == [turn["value"] for turn in one["conversations"][1:]]


def test_what_was_said_is_as_it_was_asked_with_the_prompts_of_both_folders(
    exported: tuple[Path, Path],
) -> None:
    folder, out = exported
    asked = {
        name: [reader.exchange(path) for path in (out / name).iterdir()] for name in reader.FOLDERS
        if name.endswith("_generations") and (out / name).is_dir()
    }  # fmt: skip
    strict = asked["check_question_generations"]
    assert all(said[0]["content"].startswith("Be strict.") for said in strict)
    written = asked["question_generation_generations"]
    assert all("**QUESTION:**" in said[-1]["content"] for said in written)
    info = json.loads((out / "multi_turn_convs_info/info_0.json").read_text())
    assert (out / f"multiturn_conversation_generations/{info[4]}.txt").is_file()
    groups = {path.stem for path in (out / "question_generation_generations").iterdir()}
    checks = [path.name for path in (out / "check_question_generations").iterdir()]
    assert {name.partition("--")[0] for name in checks} == groups
    assert len(list((folder / "prompts").iterdir())) == 5


def test_the_text_to_pretrain_on_is_one_record_of_all_files(exported: tuple[Path, Path]) -> None:
    found = json.loads((exported[1] / "pretraining.json").read_text())
    assert found == {"text": f"{old.FERRY}\n\n---NEW FILE---\n\n{old.CRANE}"}


def test_an_export_that_is_repeated_writes_the_same_and_leaves_nothing_stale(
    exported: tuple[Path, Path], tmp_path: Path
) -> None:
    folder, out = exported
    again = tmp_path / "again"
    shutil.copytree(out, again)
    for stale in ("qatuples_raw/para_99_q_0.json", "default/multi_turn_convs/conv_0.json"):
        (again / stale).parent.mkdir(parents=True, exist_ok=True)
        (again / stale).write_text("[]")
    (again / "notes.txt").write_text("mine")
    shown = export(folder, again)
    assert "4 pairs" in shown.output
    assert tree_of(again) == tree_of(out) | {"notes.txt": b"mine"}


def test_a_folder_that_somebody_else_made_is_left_alone(
    exported: tuple[Path, Path], tmp_path: Path
) -> None:
    (tmp_path / "mine").write_text("")
    assert export(exported[0], tmp_path).exit_code == 1
    assert tree_of(tmp_path) == {"mine": b""}


def test_one_side_of_the_split_alone_is_no_choice(tmp_path: Path) -> None:
    (tmp_path / "clone.yaml").write_text("{}")
    call = ["export", "verustoolkit", "--project", str(tmp_path), "--split", "held_out"]
    assert CliRunner().invoke(app, call).exit_code == 2


def test_the_imported_project_keeps_no_key(exported: tuple[Path, Path]) -> None:
    holding = [name for name, held in tree_of(exported[0]).items() if old.KEY.encode() in held]
    assert holding == [".env"]
    written = yaml.safe_load((exported[0] / "clone.yaml").read_text())
    assert written["llm"]["api_key_env"] == "LLM_API_KEY"
