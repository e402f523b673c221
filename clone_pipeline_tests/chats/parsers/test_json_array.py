import json
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
