"""The training rows of the dataset table, as tokens."""

import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.dataset as ds

from clone_pipeline.formats.mixing import TRAINED_ONLY
from clone_pipeline.local_model.encoding import encode_parts
from clone_pipeline.local_model.labelled import Encoded
from clone_pipeline.settings import Fault, FaultyInput

_COLUMNS = ["row_id", "collection", "form", "content", "weight", "split"]


@dataclass(frozen=True, slots=True)
class Lessons:
    """What is learned from: examples side by side with the weights of the rows they come from.

    Attributes:
        examples: rows as tokens; a long row gives several.
        weights: how often an example is seen in an epoch.
        tokens: of an epoch, weights counted, without what is never tested (`TRAINED_ONLY`).
        rows: how many rows were used.
        skipped: rows that were not, by reason: "held_out", "other_form", "no_weight",
            "nothing_labelled".
        digest: of rows and weights in order.
    """

    examples: list[Encoded]
    weights: list[float]
    tokens: float
    rows: int
    skipped: Counter[str]
    digest: str


def read(dataset: Path, tokenizer: Any, *, persona_format: str, max_tokens: int) -> Lessons:
    """The rows of split "train", as tokens of this tokenizer.

    Args:
        dataset: training_dataset.parquet, a file or a folder of shards.
        tokenizer: the base model's.
        persona_format: the form in which the personas' rows teach; their other rows are skipped.
        max_tokens: longest example.

    Raises:
        FaultyInput: nothing is left to learn from, or no such table.
    """
    if not dataset.exists():
        raise FaultyInput([Fault(str(dataset), "no such table", "Make training_dataset first.")])
    examples: list[Encoded] = []
    weights: list[float] = []
    tokens = 0.0
    skipped: Counter[str] = Counter()
    seen = hashlib.sha256()
    used = 0
    for row in _rows(dataset):
        reason, parts = _unfit(row, persona_format), []
        if reason is None:
            parts = _encoded(row, tokenizer, max_tokens)
            reason = None if parts else "nothing_labelled"
        if reason:
            skipped[reason] += 1
            continue
        used += 1
        seen.update(f"{row['row_id']} {row['weight']!r}\n".encode())
        examples += parts
        weights += [float(row["weight"])] * len(parts)
        if row["collection"] not in TRAINED_ONLY:
            tokens += row["weight"] * sum(len(part.input_ids) for part in parts)
    if not examples:
        found = f"no row to learn from (skipped: {dict(skipped)})"
        raise FaultyInput([Fault(str(dataset), found, "See `clone-pipeline funnel`.")])
    return Lessons(examples, weights, tokens, used, skipped, seen.hexdigest())


def _rows(dataset: Path) -> Iterator[dict[str, Any]]:
    table = ds.dataset(dataset, format="parquet")
    for batch in table.to_batches(columns=_COLUMNS, batch_size=256):
        yield from batch.to_pylist()


def _encoded(row: dict[str, Any], tokenizer: Any, max_tokens: int) -> list[Encoded]:
    return list(encode_parts(tokenizer, row["content"], row["form"], max_tokens=max_tokens))


def _unfit(row: dict[str, Any], persona_format: str) -> str | None:
    if row["split"] != "train":
        return "held_out"
    if row["collection"] == "persona" and row["form"] != persona_format:
        return "other_form"
    return None if row["weight"] > 0 else "no_weight"
