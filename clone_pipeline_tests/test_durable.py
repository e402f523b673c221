from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clone_pipeline.durable import append_line, file_digest, whole_lines, write_json


def test_a_written_file_leaves_nothing_beside_it(tmp_path: Path) -> None:
    write_json(tmp_path / "deep" / "a.json", {"ä": 1})
    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["a.json"]
    assert "ä" in (tmp_path / "deep" / "a.json").read_text(encoding="utf-8")


@given(cut=st.integers(0, 30))
def test_whatever_a_kill_leaves_of_the_last_line_the_lines_before_and_after_stand(
    tmp_path_factory: pytest.TempPathFactory, cut: int
) -> None:
    path = tmp_path_factory.mktemp("lines") / "a.jsonl"
    whole = b"first line\nsecond line\n"
    path.write_bytes(whole[:cut])
    before = whole_lines(path)
    append_line(path, "third")
    assert whole_lines(path) == [*before, "third"]


def test_a_digest_tells_files_apart(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"1")
    (tmp_path / "b").write_bytes(b"2")
    assert file_digest(tmp_path / "a") != file_digest(tmp_path / "b")
