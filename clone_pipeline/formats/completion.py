"""Plain text rows, `{"text": str}`: chunks of documents, and folders of texts."""

import json
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from clone_pipeline.documents.chunking import chunk_document
from clone_pipeline.documents.reading import read_documents
from clone_pipeline.formats.defusing import defuse
from clone_pipeline.formats.files import write_whole
from clone_pipeline.formats.rows import make_row
from clone_pipeline.records import Chunk, Document, Row
from clone_pipeline.settings import Fault


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


def from_text_folder(
    folder: Path, *, max_chars: int
) -> tuple[list[Row], Counter[str], list[Fault]]:
    """The texts below `folder`, cut to rows; collection "text", a dataset for each folder in it.

    Args:
        folder: raw_input/text; files that lie in no folder are the dataset "text".
        max_chars: longest row, in characters.

    Returns:
        Rows, files (the unit that enters) dropped by reason as `read_documents` says, and a fault
        for each file that could not be read.
    """
    documents, dropped, faults = read_documents(folder)
    rows: dict[str, Row] = {}
    for document in documents:
        dataset, _, inside = document.path.partition("/")
        source = f"text:{document.path}"
        before = len(rows)
        for chunk in chunk_document(document, max_chars=max_chars):
            if chunk.text.strip():
                row = _row("text", dataset if inside else "text", chunk.text, source, source)
                rows.setdefault(row.row_id, row)
        dropped["duplicate"] += len(rows) == before
    return list(rows.values()), +dropped, faults


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


def parse(path: Path) -> list[dict[str, str]]:
    """The records of a file that `write_documents` wrote."""
    with path.open(encoding="utf-8", newline="\n") as file:
        return [json.loads(line) for line in file]


def _row(collection: str, dataset: str, text: str, source: str, group: str) -> Row:
    content = {"text": defuse(text.strip("\n"))}
    return make_row(collection, dataset, "completion", content, sources=[source], split_group=group)
