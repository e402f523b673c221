"""Files that an import takes over, and where Verustoolkit's folders say they are."""

from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner, Result

from clone_pipeline import project
from clone_pipeline.cli import app
from clone_pipeline.interop.copying import Copy, clashes, copy_all, files_below, places
from clone_pipeline.settings import Fault, FaultyInput
from clone_pipeline_tests.interop import verustoolkit_project as old

URL = "http://127.0.0.1:5000/v1"


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def bring(config: Path, folder: Path, *more: str) -> Result:
    call = ["import", "verustoolkit", str(config), "--project", str(folder), *more]
    return CliRunner().invoke(app, call)


def test_files_are_copied_byte_by_byte_and_again_is_nothing(tmp_path: Path) -> None:
    source = tmp_path / "a.txt"
    source.write_bytes(b"\xff\r\n\x00")
    copies = [Copy(source, "deep/down/a.txt")]
    assert (copy_all(copies, tmp_path / "p"), copy_all(copies, tmp_path / "p")) == (1, 0)
    assert (tmp_path / "p/deep/down/a.txt").read_bytes() == b"\xff\r\n\x00"
    assert clashes(copies, tmp_path / "p") == []


def test_another_file_is_in_the_way(tmp_path: Path) -> None:
    source, there = write(tmp_path / "a.txt", "new"), write(tmp_path / "p/a.txt", "mine")
    copies = [Copy(source, "a.txt"), Copy(source, "a.txt/b.txt")]
    assert [fault.where for fault in clashes(copies, tmp_path / "p")] == [
        str(there), str(there / "b.txt"),
    ]  # fmt: skip
    assert there.read_text() == "mine"


def test_what_begins_with_a_dot_is_no_document(tmp_path: Path) -> None:
    for name in ("b/c.txt", ".git/config", "a.txt", ".DS_Store"):
        write(tmp_path / name, "")
    assert [path.name for path in files_below(tmp_path)] == ["a.txt", "c.txt"]


def test_a_file_that_holds_the_key_is_no_document(tmp_path: Path) -> None:
    said = yaml.safe_dump({**old.tree(URL), "PATH": {"INPUT": "."}})
    config = write(tmp_path / "old/config.yaml", said)
    write(tmp_path / "old/run.log", f"asked with {old.KEY}")
    write(tmp_path / "old/a.txt", "The ferry.")
    result = bring(config, tmp_path / "p")
    assert result.exit_code == 0, result.output
    assert [path.name for path in (tmp_path / "p/raw_input/docs").iterdir()] == ["a.txt"]
    assert "run.log" in "".join(result.output.split())


def test_a_name_may_be_as_long_as_names_may_be(tmp_path: Path) -> None:
    source = write(tmp_path / ("x" * 255), "")
    assert copy_all([Copy(source, source.name)], tmp_path / "p") == 1


def test_folders_that_were_made_for_nothing_are_gone(tmp_path: Path) -> None:
    copies = [Copy(tmp_path / "a", "x/y/a"), Copy(tmp_path / "a", "x/b")]
    with pytest.raises(FaultyInput):
        _fail_in(copies, tmp_path / "p")
    assert list(tmp_path.iterdir()) == []
    with places(copies, tmp_path / "p"):
        pass
    assert (tmp_path / "p/x/y").is_dir()


def _fail_in(copies: list[Copy], folder: Path) -> None:
    with places(copies, folder):
        raise FaultyInput([Fault("a", "b", "c")])


def test_an_override_wins_file_by_file(tmp_path: Path) -> None:
    config = old.make(tmp_path / "old", url=URL)
    write(tmp_path / "old/prompts_override/notes.txt", "for myself")
    shown = bring(config, tmp_path / "p")
    assert shown.exit_code == 0, shown.output
    own, default = tmp_path / "old/prompts_override", tmp_path / "old/prompts"
    for path in (tmp_path / "p/prompts").iterdir():
        source = own if path.stem == "check_question" else default
        assert path.read_bytes() == (source / path.name).read_bytes()
    assert len(list((tmp_path / "p/prompts").iterdir())) == 5
    assert project.load(tmp_path / "p").qa.prompts == "prompts"
    assert (tmp_path / "p/raw_input/docs/harbour/crane.md").read_text() == old.CRANE
    assert bring(config, tmp_path / "p").exit_code == 0


def test_texts_are_prompts_in_completion_mode(tmp_path: Path) -> None:
    config = old.make(tmp_path / "old", url=URL, COMPLETION_MODE=True)
    write(tmp_path / "old/prompts/check_answer.txt", "Text: {text}")
    assert bring(config, tmp_path / "p").exit_code == 0
    assert (tmp_path / "p/prompts/check_answer.txt").read_text() == "Text: {text}"


def test_a_step_of_augmentoolkit_is_called_as_it_is_here(tmp_path: Path) -> None:
    config = old.make(tmp_path / "old", url=URL)
    for name in ("judge_paragraph_no_filenames", "judge_paragraph_filenames"):
        old.prompt(tmp_path / f"old/prompts/{name}.yaml", "Suitable?", "{text}")
    shown = bring(config, tmp_path / "p")
    assert (tmp_path / "p/prompts/judge_paragraph.yaml").is_file()
    assert "No step asks with judge_paragraph_filenames.yaml" in " ".join(shown.output.split())


def test_a_checkout_that_is_the_project_keeps_its_prompts(tmp_path: Path) -> None:
    config = old.make(tmp_path, url=URL)
    before = (tmp_path / "prompts/check_question.yaml").read_bytes()
    shown = bring(config, tmp_path)
    assert shown.exit_code == 0, shown.output
    assert (tmp_path / "prompts/check_question.yaml").read_bytes() == before
    own = tmp_path / str(project.load(tmp_path).qa.prompts)
    assert b"Be strict" in (own / "check_question.yaml").read_bytes()


def test_folders_that_are_not_there_are_told(tmp_path: Path) -> None:
    config = old.make(tmp_path / "old", url=URL)
    config = config.rename(tmp_path / "config.yaml")
    shown = " ".join(bring(config, tmp_path / "p").output.split())
    for key in ("PATH.INPUT", "PATH.PROMPTS", "PATH.DEFAULT_PROMPTS"):
        assert f"not taken {key}: not taken: no such folder" in shown
    assert project.load(tmp_path / "p").qa.prompts is None
    assert bring(config, tmp_path / "q", "--root", str(tmp_path / "old")).exit_code == 0
    assert project.load(tmp_path / "q").qa.prompts == "prompts"


def test_a_project_within_the_documents_is_no_document(tmp_path: Path) -> None:
    config = old.make(tmp_path, url=URL)
    config.write_text(config.read_text().replace("./raw_text_input", "."))
    assert bring(config, tmp_path / "p").exit_code == 0
    before = [path for path in (tmp_path / "p").rglob("*") if path.is_file()]
    assert bring(config, tmp_path / "p").exit_code == 0
    assert [path for path in (tmp_path / "p").rglob("*") if path.is_file()] == before


def test_nothing_is_written_if_something_stands_against_it(tmp_path: Path) -> None:
    config = old.make(tmp_path / "old", url=URL, CHUNK_SIZE=1)
    assert bring(config, tmp_path / "p").exit_code == 1
    assert not (tmp_path / "p").exists()
    mine = write(tmp_path / "p/raw_input/docs/ferry.txt", "mine")
    shown = bring(old.make(tmp_path / "old", url=URL), tmp_path / "p")
    assert shown.exit_code == 1
    assert "another file already" in shown.stderr
    assert [path for path in (tmp_path / "p").rglob("*") if path.is_file()] == [mine]
