"""Users' own datasets."""

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clone_pipeline import records
from clone_pipeline.formats import alpaca, chatml, completion, hf_dataset, openai_messages, shared
from clone_pipeline.formats.rows import make_row
from clone_pipeline.records import Row
from clone_pipeline_tests.formats.contents import conversation

LISTED = [conversation("a", "b", "c", "d", system="S"), conversation("e", "f")]


def lines(*records: Any) -> str:
    return "".join(f"{json.dumps(record)}\n" for record in records)


def read(folder: Path) -> tuple[list[Row], Any]:
    found = completion.from_text_folder(folder, max_chars=200)
    assert found.files + found.dropped.total() >= 1
    return found.rows, found.records


@pytest.mark.parametrize(
    "name", ["x.jsonl", "x.json", "messages.jsonl", "alpaca.json", "x.parquet", "hf", "text.txt"]
)
def test_conversations_in_any_format_are_rows_of_their_form(tmp_path: Path, name: str) -> None:
    path = tmp_path / "mine" / name
    path.parent.mkdir()
    if name == "x.json":
        path.write_text(json.dumps(LISTED, indent=1))
    elif name == "messages.jsonl":
        openai_messages.write(LISTED, path)
    elif name == "alpaca.json":
        alpaca.write(LISTED, path)
    elif name == "x.parquet":
        records = [openai_messages.example(each) for each in LISTED]
        pq.write_table(pa.Table.from_pylist(records), path)
    elif name == "hf":
        rows = [make_row("q", "d", "sharegpt", each, sources=[], split_group="g")
                for each in LISTED]  # fmt: skip
        hf_dataset.write(rows, path)
    else:
        told = [{"text": chatml.text(each)} for each in LISTED] if name == "text.txt" else LISTED
        path.write_text(lines(*told))
    rows, counts = read(tmp_path)
    assert sorted(row.content for row in rows) == sorted(map(json.dumps, LISTED))
    assert {(row.collection, row.dataset, row.form) for row in rows} == {
        ("text", "mine", "sharegpt")
    }
    again = {"left_out_told_again": 1} if name == "alpaca.json" else {}
    assert counts == {"read": 2 + len(again)} | again
    assert len({row.split_group for row in rows}) == 2


def test_texts_in_records_are_cut_to_rows(tmp_path: Path) -> None:
    (tmp_path / "x.jsonl").write_text(
        lines({"text": "".join(f"word {n} " for n in range(60))}, {"text": " "}, {"text": "<s>"})
    )
    rows, counts = read(tmp_path)
    assert {row.form for row in rows} == {"completion"}
    assert len(rows) == 4  # three of the long one
    assert {row.split_group for row in rows} == {"text:x.jsonl#1", "text:x.jsonl#3"}
    assert json.loads(rows[-1].content) == {"text": "< s >"}
    assert counts == {"read": 3, "left_out_empty": 1}


def test_records_that_are_no_rows_are_counted_and_told(tmp_path: Path) -> None:
    tools = {"messages": [{"role": "tool", "content": "3"}]}
    written = lines(LISTED[0], tools, {"x": 1}, LISTED[0]) + "{broken\n"
    (tmp_path / "x.jsonl").write_text(written)
    found = completion.from_text_folder(tmp_path, max_chars=200)
    assert found.records == {
        "read": 5, "left_out_tools": 1, "left_out_unknown_shape": 2, "left_out_told_again": 1,
    }  # fmt: skip
    (fault,) = found.faults
    assert "4 of 5 records that are no row" in str(fault)
    assert (found.files, found.dropped) == (1, {})


def test_a_dataset_without_a_usable_record_is_a_dropped_file(tmp_path: Path) -> None:
    (tmp_path / "x.jsonl").write_text(lines({"messages": []}))
    found = completion.from_text_folder(tmp_path, max_chars=200)
    assert (found.rows, found.files, found.dropped) == ([], 0, {"no_row": 1})


def test_a_broken_dataset_is_a_dropped_file_and_nothing_else_is_lost(tmp_path: Path) -> None:
    (tmp_path / "hf").mkdir()
    (tmp_path / "hf" / "dataset_dict.json").write_text("{")
    (tmp_path / "essay.txt").write_text("An essay.")
    found = completion.from_text_folder(tmp_path, max_chars=200)
    assert (len(found.rows), found.dropped) == (1, {"damaged": 1})
    assert "no part of a dataset" in str(found.faults[0])


@pytest.mark.parametrize(
    "written",
    ["An essay.", '{"a": 1}', "[1, 2]", "[not json", '{\n"title": "x"\n}', "PAR1 is a word",
     '{"cells": []}', ""],
)  # fmt: skip
def test_other_files_stay_texts(tmp_path: Path, written: str) -> None:
    (tmp_path / "x.json").write_text(written)
    assert shared.find(tmp_path) == []
    found = completion.from_text_folder(tmp_path, max_chars=200)
    assert {row.form for row in found.rows} <= {"completion"}
    assert found.files + found.dropped.total() == 1


def test_a_record_in_many_lines_and_a_broken_first_line_are_read(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps(LISTED[0], indent=2))
    (tmp_path / "b.jsonl").write_text("{broken\n" + lines(LISTED[1]))
    rows, counts = read(tmp_path)
    assert len(rows) == 2
    assert counts == {"read": 3, "left_out_unknown_shape": 1}


def test_hidden_files_are_passed_over(tmp_path: Path) -> None:
    (tmp_path / ".x.jsonl").write_text(lines(LISTED[0]))
    assert completion.from_text_folder(tmp_path, max_chars=200).rows == []


values: Any = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["messages", "conversations", "role", "content", "from", "value", "text",
                         "instruction", "input", "output", "history", "system", "type"]), inner),
    max_leaves=12,
)  # fmt: skip


@given(written=st.lists(values, max_size=4).map(lambda each: lines(*each).encode()) | st.binary())
def test_no_file_makes_the_reader_fail_and_every_record_is_counted(
    written: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.getbasetemp() / "fuzz"
    folder.mkdir(exist_ok=True)
    (folder / "x.jsonl").write_bytes(written)
    found = completion.from_text_folder(folder, max_chars=200)
    told = {row.sources[0] for row in found.rows if "#" in row.sources[0]}
    lost = sum(n for name, n in found.records.items() if name != "read")
    assert found.records["read"] == len(told) + lost
    assert found.files + found.dropped.total() == 1


def test_halves_of_surrogate_pairs_become_question_marks(tmp_path: Path) -> None:
    told = [
        {"text": "a\ud800b"},
        {
            "messages": [
                {"role": "user", "content": "x\udc00"},
                {"role": "assistant", "content": "y"},
            ]
        },
        {"instruction": "q\ud83d", "output": "o"},
    ]
    path = tmp_path / "d.jsonl"
    path.write_text("".join(json.dumps(each) + "\n" for each in told), encoding="utf-8")
    rows, _ = shared.read(shared.Dataset(path, "d.jsonl"), max_chars=1000)
    table = records.to_table(rows, records.DATASET_ROWS)
    assert [("?" in content) for content in table["content"].to_pylist()] == [True] * 3
