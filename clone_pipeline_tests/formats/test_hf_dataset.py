"""Folders of Hugging Face's datasets."""

import dataclasses
import json
from pathlib import Path
from typing import Any

import datasets
import pytest

from clone_pipeline.formats import hf_dataset, hf_reading
from clone_pipeline.formats.rows import make_row
from clone_pipeline.records import Form, Row
from clone_pipeline.settings import FaultyInput
from clone_pipeline_tests.formats.contents import conversation

CONTENTS: dict[Form, Any] = {
    "sharegpt": conversation("a", "b\n\u2028é", system="S"),
    "segments": {"segments": [{"label": False, "text": "a"}, {"label": True, "text": "b"}]},
    "completion": {"text": "an essay"},
}


def row(form: Form, split: Any, **more: Any) -> Row:
    made = make_row("text", "d", form, CONTENTS[form], sources=["m:1"], split_group="g", **more)
    return dataclasses.replace(made, split=split, weight=0.5)


ROWS = [row("sharegpt", "train"), row("sharegpt", "held_out", persona="anna"),
        row("completion", "train"), row("segments", "train")]  # fmt: skip


def test_what_is_saved_is_read_back_by_us_and_by_datasets(tmp_path: Path) -> None:
    made = hf_dataset.write(ROWS, tmp_path)
    assert made == {"conversations": 2, "texts": 1, "segments": 1}
    assert list(hf_reading.read(tmp_path / "conversations")) == [
        hf_dataset.record(each) for each in ROWS[:2]
    ]
    stored: Any = datasets.load_from_disk(str(tmp_path / "conversations"))
    assert stored["train"][0]["messages"][0] == {"role": "system", "content": "S"}
    assert stored["held_out"][0] == hf_dataset.record(ROWS[1])
    assert list(hf_reading.read(tmp_path / "texts" / "train"))[0]["text"] == "an essay"


def test_a_dataset_without_rows_any_more_is_gone_and_nothing_half_is_left(tmp_path: Path) -> None:
    hf_dataset.write(ROWS, tmp_path)
    hf_dataset.write(ROWS[2:3], tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["texts"]


def test_a_folder_that_is_none_is_told_so_and_a_broken_one_is_refused(tmp_path: Path) -> None:
    hf_dataset.write(ROWS[:1], tmp_path)
    folder = tmp_path / "conversations"
    assert hf_reading.is_dataset(folder)
    assert hf_reading.is_dataset(folder / "train")
    assert not hf_reading.is_dataset(tmp_path)
    for path in (folder / "train").glob("*.arrow"):
        path.write_bytes(b"nonsense")
    with pytest.raises(FaultyInput, match="no part of a dataset"):
        list(hf_reading.read(folder))
    (folder / "dataset_dict.json").write_text("[]")
    with pytest.raises(FaultyInput, match="no part of a dataset"):
        list(hf_reading.read(folder))


def test_names_in_a_folder_never_lead_out_of_it(tmp_path: Path) -> None:
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / "dataset_dict.json").write_text(json.dumps({"splits": ["../../secret"]}))
    with pytest.raises(FaultyInput, match=r"x/secret/state\.json"):
        list(hf_reading.read(tmp_path / "x"))
