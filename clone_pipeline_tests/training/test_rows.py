import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clone_pipeline.formats import qa_segments
from clone_pipeline.local_model import loading
from clone_pipeline.local_model.labelled import UNLABELLED
from clone_pipeline.records import TRAINING_DATASET, Chunk, Correction, Pair, Row, to_table
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


def test_what_a_clone_says_of_itself_costs_its_voice_no_epoch(
    tmp_path: Path, tiny_folder: Path
) -> None:
    own = [row(number, weight=1.5) for number in range(4)]
    more = [row(number, collection="identity", weight=3.0) for number in range(4, 30)]
    alone, beside = (lessons(rows, tmp_path, tiny_folder) for rows in (own, [*own, *more]))
    assert beside.rows == 30
    assert alone.tokens == beside.tokens == 1.5 * sum(len(e.input_ids) for e in alone.examples)


def test_a_table_with_nothing_to_learn_says_what_was_skipped(
    tmp_path: Path, tiny_folder: Path
) -> None:
    with pytest.raises(FaultyInput, match=r"held_out.*1"):
        lessons([row(0, split="held_out")], tmp_path, tiny_folder)


def test_of_qa_segments_only_the_last_answer_is_learned(tmp_path: Path, tiny_folder: Path) -> None:
    wrong = Correction("w", "p", "k", "How long?", "Forty minutes.", "Surely less?", "Only five.")
    pairs = [Pair(f"p{n}", "k", "default", f"What {n}?", f"That {n}.") for n in range(2)]
    chunk = Chunk("k", "d", 0, 0, 9, "Note: it takes five.\n\nReader: one who reads.")
    limit = qa_segments.Limit(500, len)
    rows, _ = qa_segments.from_corrections([wrong], related={}, system_prompt="Be.", limit=limit)
    more, _ = qa_segments.from_pairs(pairs, chunks=[chunk], system_prompt_rag="{data}", limit=limit)
    path = tmp_path / "training_dataset.parquet"
    taught = [replace(each, split="train") for each in [*rows, *more]]
    pq.write_table(to_table(taught, TRAINING_DATASET), path)
    tokenizer = loading.load_tokenizer(tiny_folder)
    found = read(path, tokenizer, persona_format="sharegpt", max_tokens=500)
    assert (found.rows, found.skipped, len(found.examples)) == (3, {}, 3)
    end = tokenizer.eos_token
    said = [
        tokenizer.decode([i for i, label in zip(each.input_ids, each.labels, strict=True)
                          if label != UNLABELLED])
        for each in found.examples
    ]  # fmt: skip
    assert [text.split() for text in said] == [
        f"\nExpert: {answer}{end}".split() for answer in ("Only five.", "That 0.", "That 1.")
    ]
    whole = tokenizer.decode(found.examples[0].input_ids)
    assert "Forty minutes." in whole
