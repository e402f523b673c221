"""Plain text rows, `{"text": str}`: chunks of documents, and folders of texts and datasets."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from clone_pipeline.documents.chunking import chunk_document
from clone_pipeline.documents.reading import read_documents
from clone_pipeline.formats import shared
from clone_pipeline.formats.defusing import defuse
from clone_pipeline.formats.files import write_whole
from clone_pipeline.formats.rows import make_row
from clone_pipeline.records import Chunk, Document, Rewriting, Row
from clone_pipeline.settings import Fault, FaultyInput


class TextFolder(NamedTuple):
    """What a folder of texts and datasets holds.

    Attributes:
        rows: of training.
        files: how many files gave any; a folder of Hugging Face's counts as one.
        dropped: the others by reason: as `read_documents` says, and "no_row" (a dataset without a
            usable record).
        faults: one for each file that could not be read, or not in whole.
        records: of datasets, as `shared.read` counts them.
    """

    rows: list[Row]
    files: int
    dropped: Counter[str]
    faults: list[Fault]
    records: Counter[str]


def from_chunks(chunks: Iterable[Chunk]) -> tuple[list[Row], Counter[str]]:
    """One row a chunk, without the newlines around it; collection "pretraining".

    Returns:
        Rows, and chunks dropped by reason: "empty", "duplicate" (the same text again).
    """
    rows: dict[str, Row] = {}
    dropped: Counter[str] = Counter()
    for chunk in chunks:
        row = _row("pretraining", "documents", chunk.text, chunk.chunk_id, chunk.chunk_id)
        if not chunk.text.strip():
            dropped["empty"] += 1
        elif row.row_id in rows:
            dropped["duplicate"] += 1
        else:
            rows[row.row_id] = row
    return list(rows.values()), dropped


def from_rewritings(rewritings: Iterable[Rewriting]) -> tuple[list[Row], Counter[str]]:
    """One row a rewriting; collection "pretraining", its kind as the dataset.

    A chunk's is on the chunk's side of the split. A whole document's names the document, which
    binds no chunks together: else one summary would put all of them on one side.

    Returns:
        Rows, and rewritings dropped by reason: "empty", "duplicate" (the same text again).
    """
    rows: dict[str, Row] = {}
    dropped: Counter[str] = Counter()
    for each in rewritings:
        source = each.chunk_id or f"document:{each.document_id}"
        row = _row("pretraining", each.kind, each.text, source, source)
        if not each.text.strip():
            dropped["empty"] += 1
        elif row.row_id in rows:
            dropped["duplicate"] += 1
        else:
            rows[row.row_id] = row
    return list(rows.values()), dropped


def from_text_folder(folder: Path, *, max_chars: int) -> TextFolder:
    """The texts and datasets below `folder`; collection "text", a dataset for each folder in it.

    A file of records that `shared.find` knows is rows in their form; any other is text, cut to
    rows.

    Args:
        folder: raw_input/text; files that lie in no folder are the dataset "text".
        max_chars: longest row of text, in characters.
    """
    datasets = shared.find(folder)
    documents, dropped, faults = read_documents(folder, without={each.path for each in datasets})
    rows: dict[str, Row] = {}
    files = 0
    for document in documents:
        before = len(rows)
        rows |= {row.row_id: row for row in _rows_of(document, max_chars) if row.row_id not in rows}
        files += len(rows) > before
        dropped["duplicate"] += len(rows) == before
    told: Counter[str] = Counter()
    for dataset in datasets:
        try:
            found, counts = shared.read(dataset, max_chars=max_chars)
        except FaultyInput as error:
            dropped["damaged"] += 1
            faults += error.faults
            continue
        new = {row.row_id: row for row in found if row.row_id not in rows}
        sources = {row.sources[0] for row in found}
        counts["left_out_duplicate"] += len(sources - {row.sources[0] for row in new.values()})
        rows |= new
        told += counts
        files += bool(new)
        dropped["no_row"] += not new
        faults += _left_out(dataset.shown, counts)
    return TextFolder(list(rows.values()), files, +dropped, faults, told)


def write_documents(chunks: Iterable[Chunk], documents: Iterable[Document], path: Path) -> int:
    """Write one JSON line a document, `{"text", "source"}`: its chunks joined, in its order.

    Returns:
        How many lines; documents without chunks have none.
    """
    texts: dict[str, list[str]] = {}
    for chunk in sorted(chunks, key=lambda chunk: chunk.position):
        texts.setdefault(chunk.document_id, []).append(chunk.text)
    records = [
        {"text": defuse("".join(texts[document.document_id])), "source": document.path}
        for document in documents
        if document.document_id in texts
    ]
    write_whole(path, (json.dumps(record, ensure_ascii=False) + "\n" for record in records))
    return len(records)


def write_rewritings(
    rewritings: Iterable[Rewriting], documents: Iterable[Document], path: Path
) -> int:
    """Write one JSON line a rewriting, `{"text", "source"}`, in the form of `write_documents`."""
    paths = {document.document_id: document.path for document in documents}
    lines = [
        json.dumps(
            {"text": defuse(each.text), "source": paths.get(each.document_id, "")},
            ensure_ascii=False,
        )
        for each in rewritings
    ]
    write_whole(path, (f"{line}\n" for line in dict.fromkeys(lines)))
    return len(set(lines))


def parse(path: Path) -> list[dict[str, str]]:
    """The records of a file that `write_documents` or `write_rewritings` wrote."""
    with path.open(encoding="utf-8", newline="\n") as file:
        return [json.loads(line) for line in file]


def _rows_of(document: Document, max_chars: int) -> Iterator[Row]:
    dataset, _, inside = document.path.partition("/")
    source = f"text:{document.path}"
    for chunk in chunk_document(document, max_chars=max_chars):
        if chunk.text.strip():
            yield _row("text", dataset if inside else "text", chunk.text, source, source)


def _left_out(shown: str, counts: Counter[str]) -> list[Fault]:
    lost = {name.removeprefix("left_out_"): n for name, n in counts.items() if name != "read" and n}
    if not lost:
        return []
    told = ", ".join(f"{n:,} {reason}" for reason, n in sorted(lost.items()))
    found = f"{sum(lost.values()):,} of {counts['read']:,} records that are no row ({told})"
    return [Fault(shown, found, "The others are used; docs/formats.md says what each word means.")]


def _row(collection: str, dataset: str, text: str, source: str, group: str) -> Row:
    content = {"text": defuse(text.strip("\n"))}
    return make_row(collection, dataset, "completion", content, sources=[source], split_group=group)
