import subprocess
from pathlib import Path

import pytest
import yaml

from clone_pipeline import project, scaffold
from clone_pipeline.settings import FaultyInput

PROMISED = {
    "clone.yaml", "workspace.yaml", "dagster.yaml", ".env.example", ".gitignore",
    ".dagster/dagster.yaml",
}  # fmt: skip


def test_a_new_project_has_the_promised_files_and_folders(tmp_path: Path) -> None:
    written = scaffold.create(tmp_path / "new")
    assert {path.relative_to(tmp_path / "new").as_posix() for path in written} == PROMISED
    for folder in ("raw_input/chats", "raw_input/docs", "raw_input/text", ".dagster"):
        assert (tmp_path / "new" / folder).is_dir()
    assert project.load(tmp_path / "new").personas
    assert not list((tmp_path / "new").rglob("*.part"))


@pytest.mark.parametrize("name", ["dagster.yaml", ".dagster/dagster.yaml"])
def test_telemetry_is_off_and_a_killed_runs_slot_is_freed(tmp_path: Path, name: str) -> None:
    scaffold.create(tmp_path)
    tree = yaml.safe_load((tmp_path / name).read_text(encoding="utf-8"))
    assert tree["telemetry"] == {"enabled": False}
    assert tree["nux"] == {"enabled": False}
    assert tree["run_monitoring"]["free_slots_after_run_end_seconds"] > 0


def test_the_secrets_file_names_variables_without_values(tmp_path: Path) -> None:
    scaffold.create(tmp_path)
    lines = (tmp_path / ".env.example").read_text(encoding="utf-8").splitlines()
    assert all(line.endswith("=") for line in lines if line and not line.startswith("#"))
    ignored = (tmp_path / ".gitignore").read_text(encoding="utf-8").splitlines()
    assert {".env", ".private/", ".dagster/", "data/", "models/"} <= set(ignored)


def test_git_takes_no_secrets_not_even_half_written_ones(tmp_path: Path) -> None:
    scaffold.create(tmp_path)
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    names = [".env", "..env.17.part", ".env.local", ".env.example", "clone.yaml"]
    asked = ["git", "check-ignore", *names]
    done = subprocess.run(asked, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.split() == names[:3]


def test_a_standing_project_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "clone.yaml").write_text("qa: {votes: 5}\n", encoding="utf-8")
    with pytest.raises(FaultyInput, match="a clone.yaml already"):
        scaffold.create(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["clone.yaml"]


def test_a_file_is_no_place_for_a_project(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("mine", encoding="utf-8")
    with pytest.raises(FaultyInput, match="a file"):
        scaffold.create(tmp_path / "taken")


def test_files_that_are_there_already_are_kept(tmp_path: Path) -> None:
    (tmp_path / ".gitignore").write_text("mine\n", encoding="utf-8")
    written = scaffold.create(tmp_path)
    assert (tmp_path / ".gitignore").read_text(encoding="utf-8") == "mine\n"
    assert tmp_path / ".gitignore" not in written


def test_the_dagster_home_is_written_once(tmp_path: Path) -> None:
    home = scaffold.write_dagster_home(tmp_path)
    (home / "dagster.yaml").write_text("mine\n", encoding="utf-8")
    assert scaffold.write_dagster_home(tmp_path) == home
    assert (home / "dagster.yaml").read_text(encoding="utf-8") == "mine\n"
