"""What was imported into a project's folder: all of it, or nothing."""

import os
import stat
from pathlib import Path

import pytest
import yaml

from clone_pipeline import project
from clone_pipeline.interop.account import Imported
from clone_pipeline.interop.hotshotbot import read_hotshotbot
from clone_pipeline.interop.writing import text_of, write
from clone_pipeline.settings import FaultyInput
from clone_pipeline_tests.interop.configurations import HOTSHOTBOT, VTX
from clone_pipeline_tests.interop.observing import hotshot, vtx

INLINE = "discord: {token: s3cret-Value}\n"


def files(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*")) if path.is_file()
    }  # fmt: skip


@pytest.mark.parametrize("imported", [vtx(VTX), hotshot(HOTSHOTBOT)])
def test_a_new_folder_becomes_a_project_that_can_be_loaded(
    imported: Imported, tmp_path: Path
) -> None:
    told = write(imported, tmp_path / "new")
    made = project.load(tmp_path / "new")
    assert yaml.safe_load((tmp_path / "new/clone.yaml").read_text()) == imported.tree
    assert made.bots_plan(tmp_path / "new").bots["main"]
    assert (tmp_path / "new/.gitignore").read_text().splitlines()[0] == ".env"
    assert (tmp_path / "new/raw_input/chats").is_dir()
    assert "clone.yaml: written" in told[0]


def test_secrets_are_in_env_and_nowhere_else(tmp_path: Path) -> None:
    told = write(vtx(INLINE), tmp_path)
    holding = [name for name, held in files(tmp_path).items() if b"s3cret-Value" in held]
    assert holding == [".env"]
    assert stat.S_IMODE((tmp_path / ".env").stat().st_mode) == 0o600
    assert "s3cret-Value" not in str(told)
    assert "DISCORDTOKEN" in told[-1]


def test_two_systems_are_put_into_one_project(tmp_path: Path) -> None:
    write(vtx(VTX), tmp_path)
    before = (tmp_path / "clone.yaml").read_text()
    write(read_hotshotbot(HOTSHOTBOT, name="hot", env={}), tmp_path)
    after = project.load(tmp_path)
    assert set(after.bots) == {"main", "hot"}
    assert all(line in (tmp_path / "clone.yaml").read_text() for line in before.splitlines())


def test_an_import_that_is_repeated_changes_nothing(tmp_path: Path) -> None:
    write(vtx(VTX), tmp_path)
    before = files(tmp_path)
    write(vtx(VTX), tmp_path)
    assert files(tmp_path) == before


def test_a_key_that_would_be_overwritten_is_named_and_nothing_is_written(tmp_path: Path) -> None:
    write(vtx("discord: {frequency: 0.1, decay_rate: 0.1}"), tmp_path)
    before = files(tmp_path)
    again = vtx("discord: {frequency: 0.2, decay_rate: 0.3, token: s3cret}")
    with pytest.raises(FaultyInput) as raised:
        write(again, tmp_path)
    assert [fault.where for fault in raised.value.faults] == [
        f"discord.{key} (bots.main.discord.rules.{key} here)" for key in ("frequency", "decay_rate")
    ]
    assert files(tmp_path) == before


def test_clashes_of_both_files_are_told_at_once(tmp_path: Path) -> None:
    write(vtx("discord: {frequency: 0.1, token: one}"), tmp_path)
    with pytest.raises(FaultyInput) as raised:
        write(vtx("discord: {frequency: 0.2, token: two}"), tmp_path)
    assert [fault.where.split(" ")[0] for fault in raised.value.faults] == [
        "discord.frequency", ".env",
    ]  # fmt: skip


def test_a_wrong_value_is_named_by_its_old_and_its_new_key(tmp_path: Path) -> None:
    wrong = "telegram: {frequency: often}\nreddit: {subs: {NoRules: {limit: 0}}}\n"
    with pytest.raises(FaultyInput) as raised:
        write(vtx(wrong + "personas: {anna: {bias: 5}}"), tmp_path / "new")
    assert {fault.where for fault in raised.value.faults} == {
        "telegram.frequency (bots.main.telegram.rules.frequency here)",
        "reddit.subs.NoRules.limit (reddit.subs.NoRules.limit here)",
        "personas.anna.bias (personas.anna.bias here)",
    }
    assert not (tmp_path / "new").exists()


def test_a_default_gives_way_to_what_the_project_says(tmp_path: Path) -> None:
    (tmp_path / "clone.yaml").write_text("personas:\n  ryan: {name: Ryan Peters}\n")
    told = write(vtx(VTX), tmp_path)
    ryan = project.load(tmp_path).personas["ryan"]
    assert (ryan.name, ryan.bias) == ("Ryan Peters", 806051627198709760)
    assert "personas.ryan.name: left as it was in clone.yaml." in told


def test_a_file_in_the_folder_s_place_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("")
    with pytest.raises(FaultyInput, match="a file"):
        write(vtx("discord:"), tmp_path / "x")


def test_a_clone_yaml_that_is_no_text_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "clone.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(FaultyInput, match="no readable text"):
        write(vtx("discord:"), tmp_path)


def test_a_faulty_clone_yaml_is_not_made_worse(tmp_path: Path) -> None:
    (tmp_path / "clone.yaml").write_text("cleaning: {near: 1}\n")
    with pytest.raises(FaultyInput, match=r"cleaning\.near"):
        write(vtx("discord:"), tmp_path)
    assert os.listdir(tmp_path) == ["clone.yaml"]


def test_the_text_says_where_each_value_came_from() -> None:
    assert "frequency: 0.3  # discord.frequency\n" in text_of(vtx("discord: {frequency: 0.3}"))


def test_an_env_that_is_no_text_is_a_fault_and_nothing_is_written(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"X='\xe9'")
    with pytest.raises(FaultyInput, match="no UTF-8 text"):
        write(vtx(INLINE), tmp_path)
    assert os.listdir(tmp_path) == [".env"]


@pytest.mark.parametrize(
    ("ignored", "said"),
    [("data/\n", True), ("/.env\n", False), ("# x\n.env*\n", False), ("!.env\n", True)],
)
def test_a_gitignore_that_lets_secrets_through_is_told(
    tmp_path: Path, ignored: str, said: bool
) -> None:
    (tmp_path / ".gitignore").write_text(ignored)
    assert any("does not name .env" in each for each in write(vtx(INLINE), tmp_path)) is said


def test_two_people_of_one_name_are_not_made_one(tmp_path: Path) -> None:
    held = "personas:\n  anna:\n    name: Anna\n    accounts: {discord: ['%s']}\n"
    anna = vtx("personas: {anna: {bias: 806051627198709760}}")
    (tmp_path / "clone.yaml").write_text(held % ("1" * 18))
    with pytest.raises(FaultyInput, match=r"personas\.anna\.bias .* somebody else"):
        write(anna, tmp_path)
    (tmp_path / "clone.yaml").write_text(held % "806051627198709760")
    write(anna, tmp_path)
    assert project.load(tmp_path).personas["anna"].bias == 806051627198709760
