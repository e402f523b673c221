"""The neutral schema in files that are broken, huge or in another encoding."""

import contextlib
import json
import tracemalloc
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clone_pipeline.chats import parsers
from clone_pipeline.chats.parsers import neutral
from clone_pipeline.settings import FaultyInput
from clone_pipeline_tests.chats.parsers.test_neutral import parse, write_parquet
from clone_pipeline_tests.chats.samples import read_partly


def rows(*texts: str) -> bytes:
    return "".join(json.dumps({"author": "A", "text": text}) + "\n" for text in texts).encode()


def test_a_line_of_fifty_megabytes_is_lost_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    huge = b'{"author": "A", "text": "' + b"x" * 50_000_000 + b'"}\n'
    path.write_bytes(rows("one") + huge + rows("two"))
    tracemalloc.start()
    found, told = read_partly(neutral, path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [m.text for m in found] == ["one", "two"]
    assert told is not None
    assert (told.lost, "line 2, of 50,000,028 bytes" in str(told)) == (1, True)
    assert peak < 40_000_000


def test_a_file_that_is_one_long_line_is_claimed_and_its_loss_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'{"author": "A", "text": "' + b"x" * 9_000_000 + b'"}')
    assert parsers.find(path) is neutral
    found, told = read_partly(neutral, path)
    assert (found, told and told.lost) == ([], 1)


def test_bytes_that_are_no_utf8_are_mended_and_told(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(rows("one") + b'{"author": "A", "text": "caf\xe9"}\n' + rows("two"))
    found, told = read_partly(neutral, path)
    assert [m.text for m in found] == ["one", "caf\ufffd", "two"]
    assert told is not None
    assert (told.lost, "1 lines with bytes that are not UTF-8" in str(told)) == (0, True)


def test_nul_bytes_are_left_out_and_told(tmp_path: Path) -> None:
    for name, content in (
        ("a.jsonl", rows("one", "x" * 300).replace(b"one", b"o\0ne")),
        ("a.csv", b"author,text\nA,o\0ne\nA," + b"x" * 300 + b"\n"),
    ):
        path = tmp_path / name
        path.write_bytes(content)
        assert parsers.find(path) is neutral
        found, told = read_partly(neutral, path)
        assert found[0].text == "one"
        assert "1 lines with NUL bytes" in str(told)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_files_with_a_mark_are_read(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text("author,text\nA,caf\u00e9\n", encoding=encoding)
    assert [m.text for m in parse(path)] == ["caf\u00e9"]
    path.write_text('{"author": "A", "text": "caf\u00e9"}\n', encoding=encoding)
    assert [m.text for m in parse(path)] == ["caf\u00e9"]


def test_json_nested_too_deeply_costs_its_line_only(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    deep = '{"author": "A", "text": "x", "more": ' + "[" * 100_000 + "]" * 100_000 + "}\n"
    path.write_bytes(rows("one") + deep.encode() + rows("two"))
    found, told = read_partly(neutral, path)
    assert [m.text for m in found] == ["one", "two"]
    assert told is not None
    assert told.lost == 1


def test_a_parquet_row_that_python_does_not_know_is_lost_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    times = pa.array([0, 2**62, 1], pa.timestamp("us"))
    table = pa.table({"author": ["A"] * 3, "text": ["one", "x", "two"], "timestamp": times})
    pq.write_table(table, path)
    found, told = read_partly(neutral, path)
    assert [m.text for m in found] == ["one", "two"]
    assert told is not None
    assert told.lost == 1


def test_a_parquet_file_that_is_cut_short_is_no_export(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    write_parquet(path, [{"author": "A", "text": "x"}])
    path.write_bytes(path.read_bytes()[:-20])
    assert parsers.find(path) is None
    with pytest.raises(FaultyInput, match="a broken Parquet file"):
        list(neutral.parse(path, source_file="a.parquet"))


@settings(max_examples=60, deadline=None)
@given(content=st.binary(max_size=200), start=st.sampled_from([b"", rows("x"), b"author,text\n"]))
def test_any_bytes_are_read_lost_or_refused(
    content: bytes, start: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("neutral") / "x"
    path.write_bytes(start + content)
    with contextlib.suppress(FaultyInput):
        list(neutral.parse(path, source_file="x"))
