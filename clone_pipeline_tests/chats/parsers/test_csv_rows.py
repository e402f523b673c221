from pathlib import Path

import pytest

from clone_pipeline.chats.parsers import csv_rows as module
from clone_pipeline.chats.parsers.csv_rows import csv_rows, header_of
from clone_pipeline.chats.partly import Losses


def test_the_delimiter_is_the_commonest_of_the_first_line() -> None:
    assert header_of("A;B, C;d\r\n") == (["a", "b, c", "d"], ";")
    assert header_of("a\tb")[1] == "\t"
    assert header_of('"x')[0] == ["x"]


def test_a_quotation_mark_that_never_ends_costs_its_neighbours_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LONGEST_LINE", 100)
    path = tmp_path / "1"
    path.write_text('a,b\n1,"x\n' + "2,y\n" * 40 + "3,z\n")
    losses = Losses("x")
    rows = [row for _, row in csv_rows(path, losses, fix="Mend it.")]
    assert losses.lost == 1
    assert rows[-1] == {"a": "3", "b": "z"}


def test_an_empty_file_has_no_rows(tmp_path: Path) -> None:
    (tmp_path / "1").write_bytes(b"\n\n")
    assert list(csv_rows(tmp_path / "1", Losses("x"), fix="")) == []
