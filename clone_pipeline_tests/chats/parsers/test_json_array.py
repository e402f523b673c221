import json
import re
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clone_pipeline.chats.parsers import json_array
from clone_pipeline.chats.parsers.json_array import JsonArray

LEAVES = st.one_of(st.text(max_size=20), st.integers(), st.none(), st.booleans())
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(), inner)),
    max_leaves=6,
)
ROWS = st.lists(st.dictionaries(st.text(max_size=5), VALUES, max_size=4), max_size=8)


def read(path: Path) -> tuple[list[Any], JsonArray]:
    array = JsonArray(path, key="messages")
    return [row for piece in array.slices() for row in json.loads(piece)], array


@settings(max_examples=60, deadline=None)
@given(
    rows=ROWS, indent=st.sampled_from([None, 1, 2, 4]), crlf=st.booleans(), size=st.integers(1, 60)
)
def test_the_slices_hold_every_object_of_the_array_in_order(
    rows: list[Any],
    indent: int | None,
    crlf: bool,
    size: int,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    path = tmp_path_factory.mktemp("array") / "a.json"
    text = json.dumps({"name": 'a "messages": [', "messages": rows, "n": 1}, indent=indent)
    path.write_bytes((text.replace("\n", "\r\n") if crlf else text).encode())
    before, json_array.SLICE_BYTES = json_array.SLICE_BYTES, size
    try:
        found, array = read(path)
    finally:
        json_array.SLICE_BYTES = before
    assert found == rows
    assert array.closed
    assert json.loads(array.head)["messages"] == []
    assert b'"n"' in array.footer


@settings(max_examples=60, deadline=None)
@given(rows=ROWS, indent=st.sampled_from([None, 2]), share=st.floats(0, 1))
def test_of_a_file_cut_short_every_whole_object_before_the_cut_is_given(
    rows: list[Any], indent: int | None, share: float, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("array") / "a.json"
    text = json.dumps({"messages": rows, "n": 1}, indent=indent).encode()
    path.write_bytes(text[: int(share * len(text))])
    found, array = read(path)
    assert found == rows[: len(found)]
    assert found == rows or not array.closed


@pytest.mark.parametrize("start", [None, rb",\s*(?=\{\"n\")", rb",\s*(?=\{\"never\")"])
def test_one_object_a_line_is_read_at_constant_memory(tmp_path: Path, start: bytes | None) -> None:
    path = tmp_path / "a.json"
    rows = [{"n": n, "text": "x" * 400} for n in range(100_000)]
    body = ",\n  ".join(json.dumps(row) for row in rows)
    path.write_text(f'{{"messages": [\n  {body}\n]}}')
    array = JsonArray(path, key="messages", starts=re.compile(start) if start else None)
    tracemalloc.start()
    found = sum(piece.count(b'"n"') for piece in array.slices())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found == len(rows)
    assert array.closed
    # A way that finds no place to cut at keeps 16 slices before another is taken.
    assert peak < 3 * (16 + 4) * json_array.SLICE_BYTES


def test_indented_objects_of_another_indent_are_read_at_linear_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(json_array, "SLICE_BYTES", 256)
    path = tmp_path / "a.json"
    rows = [{"n": n} for n in range(20_000)]
    body = ",\n".join(json.dumps(row) for row in rows)
    path.write_text('{"messages": [\n    {\n"first": 1},\n' + body + "\n]}")
    array = JsonArray(path, key="messages")
    pieces = list(array.slices())
    assert sum(len(json.loads(piece)) for piece in pieces) == len(rows) + 1
    assert array.closed
    assert max(map(len, pieces)) < 70 * 256


@pytest.mark.parametrize("indent", [None, 1, 2, "\t"])
def test_objects_behind_the_array_are_not_taken_for_its_own(
    tmp_path: Path, indent: int | str | None
) -> None:
    path = tmp_path / "a.json"
    people = [{"name": "a"}, {"name": "b"}]
    path.write_text(json.dumps({"messages": [{"n": 1}, {"n": 2}], "people": people}, indent=indent))
    found, array = read(path)
    assert found == [{"n": 1}, {"n": 2}]
    assert array.closed
    assert json.loads(b"{" + array.footer.strip().removeprefix(b",")) == {"people": people}


def test_a_bracket_before_more_objects_does_not_close_the_array(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text('{"messages": [{"n": 1}], {"n": 2}], "n": 1}')
    found, array = read(path)
    assert found == [{"n": 1}]
    assert not array.closed


def test_slices_go_on_from_the_place_of_any_of_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(json_array, "SLICE_BYTES", 50)
    path = tmp_path / "a.json"
    for indent in (None, 2):
        rows = [{"n": n, "x": {"y": "z" * n}} for n in range(20)]
        path.write_text(json.dumps({"messages": rows, "n": 1}, indent=indent))
        array = JsonArray(path, key="messages")
        placed = list(array.placed())
        assert len(placed) > 2
        for number, (place, _) in enumerate(placed):
            again = [row for _, piece in array.placed(place) for row in json.loads(piece)]
            assert again == [row for _, piece in placed[number:] for row in json.loads(piece)]
            assert array.closed
