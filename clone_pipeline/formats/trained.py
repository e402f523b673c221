"""The tables that datasets are exported from, as rows of one side of the split."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import groupby
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa

from clone_pipeline.records import Form, Row, Turn, from_table
from clone_pipeline.settings import Fault, FaultyInput

Side = Literal["train", "held_out", "all"]

# Where a persona's rows of a form are, whichever of them is taught.
_TABLES: Mapping[str, str] = {"sharegpt": "sharegpt_dataset", "segments": "segments_dataset"}

# A persona and a conversation.
_Of = tuple[str | None, str]


def rows_of(data: Path, *, side: Side, form: Form | None = None) -> tuple[list[Row], Counter[str]]:
    """The rows of training_dataset on `side`, as they are or all in one form.

    A persona's dialogues that are taught in another form are taken from the table that holds them
    in `form`, on the side that their conversation is on; what stands in no row that is kept there
    is left out, or it would teach in one form what is held out in another.

    Args:
        data: the project's folder of tables.
        side: of the split.
        form: None takes every form.

    Returns:
        Rows, and rows left out by reason: "other_side", "plain_text" and "template_free" (of a
        form that can't be made `form`), "not_trained" (a dialogue of the other table that is not
        in training_dataset).

    Raises:
        FaultyInput: training_dataset, or the other table if that is needed, was never made.
    """
    kept: list[Row] = []
    left: Counter[str] = Counter()
    sides: dict[str, str | None] = {}
    told: dict[_Of, set[str]] = {}
    for row in _rows(data, "training_dataset"):
        dialogue = row.collection == "persona" and form in _TABLES and row.form != form
        if dialogue and row.form in _TABLES:
            sides[row.split_group] = row.split
            told.setdefault((row.persona, row.split_group), set()).update(row.sources)
        elif side not in ("all", row.split):
            left["other_side"] += 1
        elif form and row.form != form:
            left["plain_text" if row.form == "completion" else "template_free"] += 1
        else:
            kept.append(row)
    if sides and form:
        more, lost = _of_other_table(data, form, sides, told, side)
        return [*more, *kept], left + lost
    return kept, left


def sides_of(data: Path) -> dict[str, str | None]:
    """The side of each conversation and thread that is trained or held out."""
    return {row.split_group: row.split for row in _rows(data, "training_dataset")}


def conversations_of(data: Path) -> Iterator[list[Turn]]:
    """The conversations, each a list of turns.

    Raises:
        FaultyInput: the table was never made; raised at the first one.
    """
    turns = (turn for table in _tables(data, "conversations") for turn in from_table(table, Turn))
    for _, conversation in groupby(turns, key=lambda turn: turn.conversation_id):
        yield list(conversation)


def subreddits_of(data: Path) -> dict[str, str]:
    """Where each thread of Reddit was; nothing if none was fetched."""
    if not (data / "reddit_threads.parquet").exists():
        return {}
    found: dict[str, str] = {}
    for table in _tables(data, "reddit_threads", ["thread_id", "subreddit"]):
        found.update(
            zip(table["thread_id"].to_pylist(), table["subreddit"].to_pylist(), strict=True)
        )
    return found


def _of_other_table(
    data: Path,
    form: Form,
    sides: Mapping[str, str | None],
    told: Mapping[_Of, set[str]],
    side: Side,
) -> tuple[list[Row], Counter[str]]:
    kept: list[Row] = []
    left: Counter[str] = Counter()
    for row in _rows(data, _TABLES[form]):
        if row.collection != "persona":
            continue
        split = sides.get(row.split_group)
        known = told.get((row.persona, row.split_group), set())
        if split is None or not known.issuperset(row.sources):
            left["not_trained"] += 1
        elif side not in ("all", split):
            left["other_side"] += 1
        else:
            kept.append(replace(row, split="train" if split == "train" else "held_out"))
    return kept, left


def _rows(data: Path, name: str) -> Iterator[Row]:
    for table in _tables(data, name):
        yield from from_table(table, Row)


def _tables(data: Path, name: str, columns: list[str] | None = None) -> Iterator[Any]:
    path = data / f"{name}.parquet"
    if not path.exists():
        fix = f"Make it: clone-pipeline run --select '+key:\"{name}\"'"
        raise FaultyInput([Fault(str(path), "no such table", fix)])
    # Not above: it imports pandas, which an installation for bots has not.
    import pyarrow.dataset as ds  # noqa: PLC0415

    for batch in ds.dataset(path, format="parquet").to_batches(columns=columns):
        yield pa.Table.from_batches([batch])
