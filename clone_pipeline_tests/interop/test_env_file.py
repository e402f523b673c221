"""A project's .env."""

import io
import stat
from pathlib import Path

import pytest
from dotenv import dotenv_values
from hypothesis import given
from hypothesis import strategies as st

from clone_pipeline.interop.env_file import _line, added, append
from clone_pipeline.settings import FaultyInput


@given(st.text(min_size=1))
def test_a_value_is_read_back_or_is_a_fault_that_hides_it(value: str) -> None:
    new, faults = added(Path("/nonexistent"), {"KEY": value})
    assert new == {"KEY": value}
    if not faults:
        assert dotenv_values(stream=io.StringIO(_line("KEY", value))) == {"KEY": value}
    elif len(value) > 9:
        assert value not in str(faults)


def test_variables_are_appended_for_the_owner_s_eyes_only(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("# mine\nA=1")
    (tmp_path / ".env").chmod(0o644)
    append(tmp_path, {"B": "it's \\ #2", "C": "x y"})
    assert (tmp_path / ".env").read_text() == "# mine\nA=1\nB='it\\'s \\\\ #2'\nC='x y'\n"
    assert dotenv_values(tmp_path / ".env") == {"A": "1", "B": "it's \\ #2", "C": "x y"}
    assert stat.S_IMODE((tmp_path / ".env").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == [".env"]


def test_what_is_there_with_the_same_value_is_not_added_again(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("export A='1'\n")
    assert added(tmp_path, {"A": "1", "B": "2"}) == ({"B": "2"}, [])


@pytest.mark.parametrize("line", ["A=other-secret", "A=", "A"])
def test_another_value_is_a_fault_and_neither_is_shown(tmp_path: Path, line: str) -> None:
    (tmp_path / ".env").write_text(line)
    new, faults = added(tmp_path, {"A": "my-secret"})
    assert new == {}
    assert len(faults) == 1
    assert "secret" not in str(faults[0])


def test_nothing_to_add_leaves_no_file(tmp_path: Path) -> None:
    append(tmp_path, {})
    assert not list(tmp_path.iterdir())


def test_a_link_stays_one(tmp_path: Path) -> None:
    (tmp_path / "real").write_text("")
    (tmp_path / ".env").symlink_to(tmp_path / "real")
    append(tmp_path, {"A": "1"})
    assert (tmp_path / ".env").is_symlink()
    assert (tmp_path / "real").read_text() == "A='1'\n"


def test_a_value_that_names_another_variable_is_a_fault() -> None:
    _, faults = added(Path("/nonexistent"), {"A": "x${HOME}y"})
    assert "no .env can hold" in str(faults[0])


@pytest.mark.parametrize("value", ["a\ud800b", "\udfff"])
def test_half_a_character_is_a_fault(value: str) -> None:
    _, faults = added(Path("/nonexistent"), {"A": value})
    assert "no .env can hold" in str(faults[0])


def test_a_file_that_is_no_text_is_a_fault_and_stays_as_it_is(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"X='\xe9'\n")
    for put in (added, append):
        with pytest.raises(FaultyInput, match="no UTF-8 text"):
            put(tmp_path, {"A": "1"})
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {".env": b"X='\xe9'\n"}
