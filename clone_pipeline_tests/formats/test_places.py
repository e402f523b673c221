from pathlib import Path

import pytest

from clone_pipeline.formats.places import MARK, claim
from clone_pipeline.settings import FaultyInput


def test_a_folder_that_was_claimed_once_may_be_claimed_again(tmp_path: Path) -> None:
    for _ in range(2):
        claim(tmp_path / "new" / "out", "bias", over=False)
    assert (tmp_path / "new/out" / MARK).exists()


def test_what_lies_there_is_not_written_over(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "diary.txt").write_text("dear")
    for path, name in (("mine", "bias"), ("mine", "x.json"), ("mine/diary.txt", "hf"),
                       ("mine/diary.txt", "x.json")):  # fmt: skip
        with pytest.raises(FaultyInput, match="Give --out"):
            claim(tmp_path / path, name, over=False)
    claim(tmp_path / "mine/diary.txt", "x.json", over=True)
    assert (tmp_path / "mine/diary.txt").read_text() == "dear"
    assert not (tmp_path / "mine" / MARK).exists()


def test_an_empty_folder_may_be_written(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    claim(tmp_path / "out", "hf", over=False)
    assert (tmp_path / "out" / MARK).exists()
