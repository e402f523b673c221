from pathlib import Path

import pytest

from clone_pipeline.chats.parsers import text_lines
from clone_pipeline.chats.parsers.text_lines import TextLines, text_of
from clone_pipeline.chats.partly import Losses, PartlyRead


def read(path: Path, content: bytes, other: str | None = None) -> tuple[list[str], Losses]:
    path.write_bytes(content)
    losses = Losses("x")
    lines = TextLines(path, losses, other=other)
    found = list(lines)
    lines.tell()
    return found, losses


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_lines_keep_their_ends_and_end_at_newlines_only(tmp_path: Path, encoding: str) -> None:
    found, losses = read(tmp_path / "1", "a\r\nb\u2028c\x0bd\n\u00e9".encode(encoding))
    assert found == ["a\r\n", "b\u2028c\x0bd\n", "\u00e9"]
    losses.tell()


def test_what_is_mended_is_told_and_costs_no_line(tmp_path: Path) -> None:
    found, losses = read(tmp_path / "1", b"a\xff\nb\0c\nd\n")
    assert found == ["a\ufffd\n", "bc\n", "d\n"]
    assert losses.lost == 0
    with pytest.raises(PartlyRead, match="1 lines with bytes that are not UTF-8") as told:
        losses.tell()
    assert "1 lines with NUL bytes" in str(told.value)
    assert read(tmp_path / "1", b"caf\xe9\n", "cp1252")[0] == ["caf\u00e9\n"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_line_too_long_is_lost_alone(
    tmp_path: Path, encoding: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(text_lines, "LONGEST_LINE", 64)
    found, losses = read(tmp_path / "1", f"a\n{'x' * 1000}\nb\n{'y' * 1000}".encode(encoding))
    assert found == ["a\n", "b\n"]
    assert losses.lost == 2


def test_the_head_of_a_file_is_text_or_not() -> None:
    assert text_of(b"\xff\xfea\0b") == "a"
    assert text_of(b"\xef\xbb\xbfab\xc3") == "ab\ufffd"
    assert text_of(b"a\0" * 9) is None
    assert text_of(b"a" * 200 + b"\0") == "a" * 200
