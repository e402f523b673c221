from pathlib import Path
from typing import Any, Literal

import pyarrow.parquet as pq

from clone_pipeline.evaluation import heldout
from clone_pipeline.evaluation.report import EXPERT
from clone_pipeline.records import TRAINING_DATASET, Row, to_table


def row(number: int, split: Literal["train", "held_out"], **changes: Any) -> Row:
    fields: dict[str, Any] = {
        "row_id": f"row {number}",
        "collection": "persona",
        "dataset": "anna",
        "form": "sharegpt",
        "content": f'{{"conversations": [{{"from": "human", "value": "hi {number}"}},'
        f'{{"from": "gpt", "value": "hello {number}"}}]}}',
        "weight": 1.0,
        "sources": ["persona:anna"],
        "persona": "anna",
        "split_group": str(number),
        "split": split,
    }
    return Row(**{**fields, **changes})


ROWS = [
    *(row(n, "held_out") for n in range(6)),
    *(row(n, "train") for n in range(10, 13)),
    row(20, "held_out", persona="ben"),
    row(21, "held_out", form="segments"),
    row(22, "held_out", collection="qa", dataset="rag", persona=None),
    row(26, "held_out", collection="qa", dataset="corrections", form="segments", persona=None),
    row(23, "train", form="segments", content='{"segments": [{"label": true, "text": "yo"}]}'),
    row(24, "train", form="completion", content='{"text": "an essay"}'),
    row(25, "train", collection="identity"),
]


def written(folder: Path, rows: list[Row]) -> Path:
    path = folder / "training_dataset.parquet"
    pq.write_table(to_table(rows, TRAINING_DATASET), path)
    return path


def read(dataset: Path, **changes: Any) -> dict[str, heldout.Subject]:
    options: dict[str, Any] = {
        "personas": ["anna", "cy"],
        "expert": True,
        "form": "sharegpt",
        "max_rows": 100,
    }
    return {each.name: each for each in heldout.read(dataset, **{**options, **changes})}


def test_each_subject_gets_its_own_held_out_rows_in_the_form_that_was_taught(
    tmp_path: Path,
) -> None:
    found = read(written(tmp_path, ROWS))
    assert {each.row_id for each in found["anna"].rows} == {f"row {n}" for n in range(6)}
    assert found["cy"].rows == []
    assert [each.row_id for each in found[EXPERT].rows] == ["row 22"]
    assert EXPERT not in read(written(tmp_path, ROWS), expert=False)


def test_a_sample_is_the_same_whatever_the_order_and_says_what_was_left_out(
    tmp_path: Path,
) -> None:
    forward = read(written(tmp_path, ROWS), max_rows=3)["anna"]
    backward = read(written(tmp_path, ROWS[::-1]), max_rows=3)["anna"]
    assert [each.row_id for each in forward.rows] == [each.row_id for each in backward.rows]
    assert forward.sampled_out == 3
    assert heldout.dropped(forward, too_long=0) == {"sampled_out": 3}


def test_training_text_is_what_the_speakers_say_in_training(tmp_path: Path) -> None:
    dataset = written(tmp_path, ROWS)
    assert sorted(heldout.training_texts(dataset)) == ["hello 10", "hello 11", "hello 12", "yo"]


def test_shards_are_read_as_one_dataset(tmp_path: Path) -> None:
    folder = tmp_path / "shards"
    folder.mkdir()
    for number, part in enumerate((ROWS[:4], ROWS[4:])):
        pq.write_table(to_table(part, TRAINING_DATASET), folder / f"{number}.parquet")
    assert len(read(folder)["anna"].rows) == 6
    before = heldout.digest(folder)
    pq.write_table(to_table(ROWS[:1], TRAINING_DATASET), folder / "2.parquet")
    assert heldout.digest(folder) != before
