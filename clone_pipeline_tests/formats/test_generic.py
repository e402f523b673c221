"""Conversations about anything: every record is a row, a counted drop, or a fault with its line."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clone_pipeline.formats import generic, sharegpt
from clone_pipeline.formats.mixing import mix
from clone_pipeline.formats.rows import make_row
from clone_pipeline.formats.splitting import split
from clone_pipeline.records import Row
from clone_pipeline.settings import FaultyInput

SHAREGPT = {"conversations": [{"from": "human", "value": "a"}, {"from": "gpt", "value": "b"}]}
MESSAGES = {"messages": [{"role": "user", "content": "c"}, {"role": "assistant", "content": "d"}]}
ALPACA = {"instruction": "e", "input": "", "output": "f"}
TOOLS = {"messages": [{"role": "user", "content": "c"}, {"role": "tool", "content": "d"}]}


def lines(path: Path, *records: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    written = [each if isinstance(each, str) else json.dumps(each) for each in records]
    path.write_text("\n".join(written) + "\n", encoding="utf-8")


def faults(folder: Path, shares: dict[str, float]) -> list[str]:
    with pytest.raises(FaultyInput) as raised:
        generic.read(folder, shares=shares)
    return [fault.where.removeprefix(f"{folder}/") for fault in raised.value.faults]


def test_all_forms_and_files_are_rows_named_by_file_and_line(tmp_path: Path) -> None:
    lines(tmp_path / "chat.jsonl", SHAREGPT, "", MESSAGES, TOOLS, SHAREGPT)
    (tmp_path / "plain.json").write_text(json.dumps([ALPACA]), encoding="utf-8")
    pq.write_table(pa.Table.from_pylist([MESSAGES]), tmp_path / "hub.parquet")
    lines(tmp_path / "two/a.jsonl", SHAREGPT)
    lines(tmp_path / "two/b.jsonl", ALPACA)
    (tmp_path / ".hidden").write_text("x", encoding="utf-8")
    shares = dict.fromkeys(("chat", "plain", "hub", "two"), 0.2)
    found = generic.read(tmp_path, shares=shares)
    assert (found.records, found.dropped) == (8, {"tools": 1, "duplicate": 1})
    assert Counter(row.dataset for row in found.rows) == {"chat": 2, "plain": 1, "hub": 1, "two": 2}
    assert {row.collection for row in found.rows} == {"generic"}
    assert [row.sources for row in found.rows if row.dataset == "chat"] == [
        ["generic:chat#1"], ["generic:chat#3"]
    ]  # fmt: skip
    assert {row.sources[0] for row in found.rows if row.dataset == "two"} == {
        "generic:two#a.jsonl:1", "generic:two#b.jsonl:1"
    }  # fmt: skip
    assert not any(sharegpt.validate(json.loads(row.content)) for row in found.rows)


def test_lines_that_are_no_conversation_are_named_all_at_once(tmp_path: Path) -> None:
    lines(tmp_path / "chat.jsonl", SHAREGPT, "{", {"q": 1}, {"text": "a text"}, MESSAGES)
    assert faults(tmp_path, {"chat": 1}) == ["chat.jsonl:2", "chat.jsonl:3", "chat.jsonl:4"]
    lines(tmp_path / "chat.jsonl", *["{"] * 50)
    assert len(faults(tmp_path, {"chat": 1})) == 20


def test_a_torn_array_is_told(tmp_path: Path) -> None:
    (tmp_path / "chat.json").write_text(json.dumps([SHAREGPT, ALPACA])[:-20], encoding="utf-8")
    assert faults(tmp_path, {"chat": 1}) == ["chat.json:1"]


def test_a_file_needs_a_share_and_a_share_a_file(tmp_path: Path) -> None:
    lines(tmp_path / "chat.jsonl", SHAREGPT)
    assert faults(tmp_path, {"chad": 0.2}) == ["datasets.generic.chad", "chat"]
    with pytest.raises(FaultyInput, match="Did you mean `chat`"):
        generic.read(tmp_path, shares={"chad": 0.2})
    assert faults(tmp_path / "none", {"chat": 0.2}) == ["datasets.generic.chat"]


def test_without_folder_and_shares_there_is_nothing(tmp_path: Path) -> None:
    assert generic.read(tmp_path / "none", shares={}) == ([], 0, Counter())


def rows(collection: str, dataset: str, number: int) -> list[Row]:
    return [
        make_row(
            collection, dataset, "completion", {"text": f"{dataset} {n}"},
            sources=[f"{dataset}{n}"], split_group=f"{dataset}{n}",
        )
        for n in range(number)
    ]  # fmt: skip


@given(st.integers(0, 60), st.integers(0, 40), st.floats(0.01, 2), st.floats(0.01, 2))
def test_each_file_gives_its_share_of_the_other_rows(
    others: int, number: int, one: float, two: float
) -> None:
    entering = rows("qa", "rag", others) + rows("generic", "x", number)
    entering += rows("generic", "y", 5)
    kept, dropped = mix(entering, weights={}, generic={"x": one, "y": two})
    taken = Counter(row.dataset for row in kept)
    assert (taken["rag"], taken["x"]) == (others, min(number, round(one * others)))
    assert taken["y"] == min(5, round(two * others))
    assert len(entering) == len(kept) + dropped.total()
    assert set(dropped) <= {"beyond_share"}
    more, _ = mix(entering, weights={}, generic={"x": one * 2, "y": two})
    assert {row.row_id for row in kept} <= {row.row_id for row in more}


def test_rows_left_out_by_weight_bring_no_generic_rows_with_them() -> None:
    entering = rows("qa", "rag", 10) + rows("qa", "no_rag", 10) + rows("generic", "x", 50)
    kept, _ = mix(entering, weights={"qa/rag": 0}, generic={"x": 0.5})
    assert Counter(row.dataset for row in kept) == {"no_rag": 10, "x": 5}


def test_generic_rows_are_not_held_out() -> None:
    sided, _ = split(rows("qa", "rag", 40) + rows("generic", "x", 40), held_out=0.5)
    assert {row.split for row in sided if row.collection == "generic"} == {"train"}
