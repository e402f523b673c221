"""Datasets that users have already: ShareGPT, OpenAI's messages, Alpaca, texts; found by content.

In JSON, JSONL, Parquet, or a folder that Hugging Face's `save_to_disk` wrote.
"""

import json
import os
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import Any

from clone_pipeline.documents.chunking import chunk_document
from clone_pipeline.formats import alpaca, chatml, hf_reading, openai_messages
from clone_pipeline.formats.defusing import defuse
from clone_pipeline.formats.rows import make_row
from clone_pipeline.formats.talked import Content, Unfit, json_lines, of_sharegpt, whole
from clone_pipeline.records import Document, Row
from clone_pipeline.settings import FaultyInput

# The record that tells a file's shape is among so many.
_LOOKED_AT = 20


@dataclass(frozen=True, slots=True)
class Dataset:
    """A file, or a folder of Hugging Face's, that holds records.

    `shown` is its path in the folder of texts, "/" between the names.
    """

    path: Path
    shown: str


def find(folder: Path) -> list[Dataset]:
    """The datasets below `folder`, in the order of their paths; what begins with a dot is none."""
    found = []
    for parent, folders, names in os.walk(folder):
        here = Path(parent)
        whole = [here] if here != folder and hf_reading.is_dataset(here) else []
        folders[:] = [] if whole else sorted(n for n in folders if not n.startswith("."))
        files = () if whole else sorted(n for n in names if not n.startswith("."))
        for path in whole or [here / name for name in files]:
            if whole or _is_dataset(path):
                shown = os.fsencode(path.relative_to(folder).as_posix()).decode("utf-8", "replace")
                found.append(Dataset(path, shown))
    return sorted(found, key=lambda each: each.shown)


def read(dataset: Dataset, *, max_chars: int) -> tuple[list[Row], Counter[str]]:
    """A dataset's records as rows of collection "text", in the form that fits each.

    Conversations are of the form sharegpt; texts are cut to `max_chars` characters, but those in
    ChatML are conversations. A conversation that another one begins with is left out, as in files
    that hold an example an answer.

    Returns:
        Rows, and records: "read" in all, and "left_out_<reason>" for those that are no row: the
        reasons of `Unfit`, "told_again", "duplicate".

    Raises:
        FaultyInput: the dataset is broken.
    """
    name, _, inside = dataset.shown.partition("/")
    name = name if inside or dataset.path.is_dir() else "text"
    told: list[tuple[str, Content | str]] = []
    counts: Counter[str] = Counter()
    for number, (_, record) in enumerate(records(dataset.path), 1):
        counts["read"] += 1
        try:
            told.append((f"text:{dataset.shown}#{number}", content_of_record(record)))
        except Unfit as reason:
            counts[f"left_out_{reason}"] += 1
    rows: dict[str, Row] = {}
    for source, content in _not_told_again(told, counts):
        before = len(rows)
        for form, each in _pieces(content, source, max_chars):
            row = make_row("text", name, form, each, sources=[source], split_group=source)
            rows.setdefault(row.row_id, row)
        counts["left_out_duplicate"] += len(rows) == before
    return list(rows.values()), +counts


def content_of_record(record: Any) -> Content | str:
    """A record as a conversation, or the text that it is.

    Raises:
        Unfit: "unknown_shape", and what the reader of its shape refuses.
    """
    reader = _reader(record)
    if reader is None:
        raise Unfit("unknown_shape")
    return reader(record)


def records(path: Path) -> Iterator[tuple[int, Any]]:
    """The records of a file or folder with their line, or their number where there are no lines.

    A line that is no JSON is None, as is a file of which nothing is.

    Raises:
        FaultyInput: a Parquet file or a folder of Hugging Face's that is broken.
    """
    if path.is_dir():
        return enumerate(hf_reading.read(path), 1)
    with path.open("rb") as file:
        start = file.read(1024).removeprefix(b"\xef\xbb\xbf").lstrip()
    if start.startswith(b"PAR1"):
        return enumerate(hf_reading.read_parquet(path), 1)
    if start.startswith(b"["):
        return enumerate(_array(path) or (None,), 1)
    lines = json_lines(path)
    first = next(lines, (1, None))
    # Without a first line there may be one record in many lines.
    whole = _array(path) if first[1] is None else None
    return enumerate(whole, 1) if whole else chain([first], lines)


def _reader(record: Any) -> Callable[[Any], Content | str] | None:
    """What reads a record of this shape."""
    if not isinstance(record, dict):
        return None
    if isinstance(record.get("conversations"), list):
        return of_sharegpt
    if isinstance(record.get("messages"), list):
        return openai_messages.content
    if "instruction" in record and "output" in record:
        return alpaca.content
    return _text if isinstance(record.get("text"), str) else None


def _text(record: dict[str, str]) -> Content | str:
    text = whole(record["text"])
    if text.lstrip().startswith(chatml.START):
        return chatml.content(text)
    if not text.strip():
        raise Unfit("empty")
    return defuse(text)


def _not_told_again(
    told: list[tuple[str, Content | str]], counts: Counter[str]
) -> Iterator[tuple[str, Content | str]]:
    contents = [content for _, content in told if not isinstance(content, str)]
    kept = {id(content) for content in alpaca.longest(contents)}
    for source, content in told:
        if isinstance(content, str) or id(content) in kept:
            yield source, content
        else:
            counts["left_out_told_again"] += 1


def _pieces(content: Content | str, source: str, max_chars: int) -> Iterator[tuple[Any, Content]]:
    if not isinstance(content, str):
        yield "sharegpt", content
        return
    document = Document(source, source, "text/plain", "", content)
    for chunk in chunk_document(document, max_chars=max_chars):
        if chunk.text.strip():
            yield "completion", {"text": defuse(chunk.text.strip("\n"))}


def _is_dataset(path: Path) -> bool:
    """Whether the first records of the file are of a shape that is known."""
    try:
        with path.open("rb") as file:
            start = file.read(1024).removeprefix(b"\xef\xbb\xbf").lstrip()
        if not start.startswith((b"{", b"[", b"PAR1")):
            return False
        return any(_reader(each) for _, each in islice(records(path), _LOOKED_AT))
    except (OSError, FaultyInput):
        return False


def _array(path: Path) -> Iterator[Any] | None:
    """The records of a JSON file, of its array or the one that it is; None if it is none."""
    try:
        stored = json.loads(path.read_text(encoding="utf-8-sig", errors="replace"))
    except (ValueError, RecursionError):
        return None
    return iter(stored if isinstance(stored, list) else [stored])
