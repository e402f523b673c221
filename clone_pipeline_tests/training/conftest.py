"""A tiny model, a tiny dataset and a run file for the room's tests."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from clone_pipeline.records import TRAINING_DATASET, Row, to_table
from clone_pipeline_tests.tiny_llama import make_tiny_llama

MakeRun = Callable[..., Path]


def row(number: int, **changes: Any) -> Row:
    turns = [
        {"from": "system", "value": "CONTEXT: Anna is a gardener."},
        {"from": "human", "value": f"What of the beans, {'once more ' * (number % 7)}Anna?"},
        {"from": "gpt", "value": f"The beans are in row {number % 5}, by the shed."},
    ]
    known: dict[str, Any] = {
        "row_id": f"r{number:03d}",
        "collection": "persona",
        "dataset": "anna",
        "form": "sharegpt",
        "content": json.dumps({"conversations": turns}),
        "weight": 1.0,
        "sources": [f"m{number}"],
        "persona": "anna",
        "split_group": f"c{number}",
        "split": "train",
    }
    return Row(**{**known, **changes})


@pytest.fixture(scope="session")
def tiny_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_tiny_llama(tmp_path_factory.mktemp("tiny"))


@pytest.fixture
def make_run(tiny_folder: Path, tmp_path: Path) -> MakeRun:
    """Writes a dataset and a run file; keywords become training settings."""

    def make(name: str = "run", *, rows: list[Row] | None = None, **settings: Any) -> Path:
        dataset = tmp_path / f"{name}.parquet"
        listed = rows or [row(number) for number in range(48)]
        pq.write_table(to_table(listed, TRAINING_DATASET), dataset)
        (tmp_path / name).mkdir(exist_ok=True)
        known = {"epochs": 3, "batch_tokens": 512, "max_tokens": 128, "threads": 1}
        task = {
            "base_model": str(tiny_folder),
            "dataset": str(dataset),
            "work": str(tmp_path / name),
            "persona_format": "sharegpt",
            "settings": {**known, **settings},
            "seed": 7,
        }
        path = tmp_path / f"{name}.json"
        path.write_text(json.dumps(task))
        return path

    return make
