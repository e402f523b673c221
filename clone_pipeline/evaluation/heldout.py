"""The rows that a version is measured on, and the training text it must not repeat."""

import hashlib
import json
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq

from clone_pipeline.durable import file_digest
from clone_pipeline.evaluation.report import EXPERT
from clone_pipeline.formats.mixing import TRAINED_ONLY
from clone_pipeline.records import Row, from_table


@dataclass(frozen=True, slots=True)
class Subject:
    """A persona's, or the expert's, held-out rows; `sampled_out` were over the limit."""

    name: str
    rows: list[Row]
    sampled_out: int


def read(
    dataset: Path, *, personas: Collection[str], expert: bool, form: str, max_rows: int
) -> list[Subject]:
    """The held-out rows of each persona, then the expert's if there is one.

    Args:
        dataset: training_dataset, a Parquet file or a folder of shards.
        personas: keys; one without rows is there with none.
        expert: whether the model is one.
        form: the form that personas were taught in; of the expert's rows those in ShareGPT count,
            as it answers in the chat template whatever else taught it.
        max_rows: at most so many a subject, chosen by the row's digest, so the same each time.
    """
    rows = list(_rows(dataset, split="held_out"))
    found = {key: [r for r in rows if _is_of(r, key) and r.form == form] for key in personas}
    if expert:
        found[EXPERT] = [r for r in rows if r.collection == "qa" and r.form == "sharegpt"]
    return [_subject(name, listed, max_rows) for name, listed in found.items()]


def training_texts(dataset: Path) -> Iterator[str]:
    """What the personas and the expert say in the training rows that they need not repeat."""
    for row in _rows(dataset, split="train"):
        if row.collection in TRAINED_ONLY:
            continue
        content = json.loads(row.content)
        turns = content.get("conversations", ())
        yield from (turn["value"] for turn in turns if turn["from"] == "gpt")
        yield from (part["text"] for part in content.get("segments", ()) if part["label"])


def digest(dataset: Path) -> str:
    """SHA-256 over the dataset's file, or over its shards in the order of their names."""
    if dataset.is_file():
        return file_digest(dataset)
    shards = [file_digest(path) for path in sorted(dataset.glob("*.parquet"))]
    return hashlib.sha256("\n".join(shards).encode()).hexdigest()


def _rows(dataset: Path, *, split: str) -> Iterator[Row]:
    return from_table(pq.read_table(dataset, filters=[("split", "==", split)]), Row)


def _is_of(row: Row, persona: str) -> bool:
    return row.collection == "persona" and row.persona == persona


def _subject(name: str, rows: list[Row], max_rows: int) -> Subject:
    chosen = sorted(rows, key=lambda row: hashlib.sha256(row.row_id.encode()).digest())[:max_rows]
    return Subject(name, chosen, len(rows) - len(chosen))


def dropped(subject: Subject, *, too_long: int) -> dict[str, int]:
    """Why rows of the subject were not scored, by reason; reasons that did not occur are out."""
    counts = Counter({"sampled_out": subject.sampled_out, "too_long": too_long})
    return {reason: count for reason, count in counts.items() if count}
