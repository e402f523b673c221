"""A project with tables to export: two dialogues, the second held out, and a thread of Reddit."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from typer.testing import CliRunner, Result

from clone_pipeline import records
from clone_pipeline.cli import app
from clone_pipeline.formats.rows import make_row
from clone_pipeline.records import Form, Row, Turn
from clone_pipeline_tests.formats.contents import conversation

BIAS = "12345678901234567"
TOLD = [conversation("hi", "yes?", "slugs", "beer", system="You are Anna."), conversation("a", "b")]
SEGMENTS = {"segments": [{"label": False, "text": "S\nBen: a"}, {"label": True, "text": "\nA: b"}]}
LINES = {
    "bias": f"¶1:> ((T)) ¶{BIAS}:> no",
    "ssi": "<|soss r/g|><|sot|>T<|sost|>B<|soopr|>x<|eoss|>",
}


def row(
    group: str, split: Any, content: Any, form: Form = "sharegpt", dataset: str = "anna"
) -> Row:
    collection = "reddit" if dataset in LINES else "persona"
    persona = None if dataset in LINES else "anna"
    made = make_row(
        collection, dataset, form, content, sources=[group], split_group=group, persona=persona
    )
    return replace(made, split=split)


def turns(group: str, *said: str, channel: str = "77") -> list[Turn]:
    return [
        Turn(group, n, "9" if n % 2 else BIAS, "Anna" if n % 2 else "Ben",
             "anna" if n % 2 else None, text, None, None, [], None, channel)
        for n, text in enumerate(said)
    ]  # fmt: skip


def make(tmp_path: Path) -> Path:
    """A project with two dialogues, the second held out, and a thread of Reddit."""
    bot = {"name": "Anna", "accounts": {"discord": ["22345678901234567"]}}
    (tmp_path / "clone.yaml").write_text(json.dumps({"personas": {"anna": bot}}))
    trained = [row("c1", "train", TOLD[0]), row("c2", "held_out", TOLD[1])]
    trained += [row("t3_a", "train", {"text": text}, "completion", name)
                for name, text in LINES.items()]  # fmt: skip
    store(tmp_path, "training_dataset", trained, records.TRAINING_DATASET)
    talk = [*turns("c1", "hi", "yes?"), *turns("c2", "a", "b"), *turns("c3", "alone"),
            *turns("reddit:1", "T", "x", channel="r/g")]  # fmt: skip
    store(tmp_path, "conversations", talk, records.CONVERSATIONS)
    return tmp_path


def store(folder: Path, name: str, rows: list[Any], schema: pa.Schema) -> None:
    (folder / "data").mkdir(exist_ok=True)
    pq.write_table(records.to_table(rows, schema), folder / "data" / f"{name}.parquet")


def call(project: Path, *arguments: str | Path) -> Result:
    said = ["export", *map(str, arguments), "--project", str(project)]
    return CliRunner().invoke(app, said)
