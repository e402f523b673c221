import json
from collections import Counter
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clone_pipeline.local_model import loading
from clone_pipeline.records import TRAINING_DATASET, Row, to_table
from clone_pipeline.settings import FaultyInput
from clone_pipeline.training.rows import Lessons, read
from clone_pipeline_tests.training.conftest import row

KINDS: dict[str, dict[str, object]] = {
    "used": {},
    "held_out": {"split": "held_out"},
    "other_form": {"form": "segments", "content": json.dumps({"segments": []})},
    "no_weight": {"weight": 0.0},
    "nothing_labelled": {
        "content": json.dumps({"conversations": [{"from": "human", "value": "x"}]})
    },
}


def lessons(rows: list[Row], folder: Path, tiny: Path) -> Lessons:
    path = folder / "training_dataset.parquet"
    pq.write_table(to_table(rows, TRAINING_DATASET), path)
    tokenizer = loading.load_tokenizer(tiny)
    return read(path, tokenizer, persona_format="sharegpt", max_tokens=128)


@given(kinds=st.lists(st.sampled_from(sorted(KINDS)), max_size=12))
@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_every_row_is_used_or_skipped_for_a_reason(
    kinds: list[str], tmp_path: Path, tiny_folder: Path
) -> None:
    rows = [row(n, **KINDS[kind]) for n, kind in enumerate(["used", *kinds])]
    found = lessons(rows, tmp_path, tiny_folder)
    assert found.rows + sum(found.skipped.values()) == len(rows)
    expected = Counter(kinds)
    expected.pop("used", None)
    assert found.skipped == expected


def test_shards_in_a_folder_are_read_as_one_table(tmp_path: Path, tiny_folder: Path) -> None:
    for number in range(3):
        shard = tmp_path / f"part-{number}.parquet"
        pq.write_table(to_table([row(number)], TRAINING_DATASET), shard)
    tokenizer = loading.load_tokenizer(tiny_folder)
    assert read(tmp_path, tokenizer, persona_format="sharegpt", max_tokens=128).rows == 3


def test_qa_rows_teach_in_sharegpt_whatever_the_personas_form(
    tmp_path: Path, tiny_folder: Path
) -> None:
    path = tmp_path / "t.parquet"
    pq.write_table(to_table([row(0), row(1, collection="qa")], TRAINING_DATASET), path)
    tokenizer = loading.load_tokenizer(tiny_folder)
    found = read(path, tokenizer, persona_format="segments", max_tokens=128)
    assert (found.rows, found.skipped) == (1, Counter(other_form=1))


def test_a_table_with_nothing_to_learn_says_what_was_skipped(
    tmp_path: Path, tiny_folder: Path
) -> None:
    with pytest.raises(FaultyInput, match=r"held_out.*1"):
        lessons([row(0, split="held_out")], tmp_path, tiny_folder)
