"""Plain text rows from chunks and folders."""

import json
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from clone_pipeline.documents.chunking import chunks
from clone_pipeline.formats import completion
from clone_pipeline.records import Document, Rewriting

BODY = st.lists(st.sampled_from(["One. ", "two\n\n", "<s>", "three ", "\n"]), max_size=150).map(
    "".join
)


def documents(bodies: list[str]) -> list[Document]:
    return [Document(f"d{n}", f"{n}.md", "text/markdown", "", b) for n, b in enumerate(bodies)]


@given(st.lists(BODY, max_size=4))
def test_every_chunk_is_a_row_or_dropped_for_a_reason(bodies: list[str]) -> None:
    cut, *_ = chunks(documents(bodies), max_chars=200)
    rows, dropped = completion.from_chunks(cut)
    assert len(cut) == len(rows) + dropped.total()
    assert all("<s>" not in row.content and json.loads(row.content)["text"] for row in rows)
    assert all(row.sources == [row.split_group] for row in rows)


def test_pretraining_has_one_record_a_document(tmp_path: Path) -> None:
    listed = documents(["A word. " * 90, "", "short </s>"])
    cut, *_ = chunks(listed, max_chars=200)
    path = tmp_path / "pretraining.jsonl"
    assert completion.write_documents(cut, listed, path) == 2
    assert completion.parse(path) == [
        {"text": "A word. " * 90, "source": "0.md"},
        {"text": "short < /s >", "source": "2.md"},
    ]


RETOLD = [
    Rewriting("r1", "d0", "k1", "article", "An article </s>"),
    Rewriting("r2", "d0", "k2", "article", "An article </s>"),
    Rewriting("r3", "d0", None, "summary", "A summary."),
    Rewriting("r4", "d0", "k3", "facts", " \n"),
]


def test_rewritings_are_pretraining_rows_of_their_kind_on_their_chunks_side() -> None:
    rows, dropped = completion.from_rewritings(RETOLD)
    assert dropped == {"duplicate": 1, "empty": 1}
    assert [(row.collection, row.dataset, row.form) for row in rows] == [
        ("pretraining", "article", "completion"), ("pretraining", "summary", "completion")
    ]  # fmt: skip
    assert [(row.sources, row.split_group) for row in rows] == [
        (["k1"], "k1"), (["document:d0"], "document:d0")
    ]  # fmt: skip
    assert json.loads(rows[0].content) == {"text": "An article < /s >"}


def test_rewritings_are_exported_once_each_with_their_documents_path(tmp_path: Path) -> None:
    path = tmp_path / "rewritings.jsonl"
    assert completion.write_rewritings(RETOLD[:3], documents(["x"]), path) == 2
    assert completion.parse(path) == [
        {"text": "An article < /s >", "source": "0.md"},
        {"text": "A summary.", "source": "0.md"},
    ]
    assert completion.write_rewritings([], [], path) == 0
    assert path.read_bytes() == b""


def test_folders_of_texts_are_datasets(tmp_path: Path) -> None:
    for name, text in {
        "journal/2023/may.txt": "".join(f"Dear diary {n}. " for n in range(40)),
        "journal/june.md": "# June\n",
        "loose.txt": "no folder",
        "journal/copy.md": "# June\n",
        "journal/photo.jpg": "\xff\x00",
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    rows, files, dropped, faults, records = completion.from_text_folder(tmp_path, max_chars=200)
    assert (files, records) == (3, {})
    assert {(row.dataset, row.sources[0]) for row in rows} == {
        ("journal", "text:journal/2023/may.txt"),
        ("journal", "text:journal/copy.md"),
        ("text", "text:loose.txt"),
    }
    assert dropped == {"duplicate": 1, "not_text": 1}
    assert [fault.where for fault in faults] == ["journal/photo.jpg"]
    may = [row for row in rows if row.split_group == "text:journal/2023/may.txt"]
    assert len(may) == 3
    assert all(len(json.loads(row.content)["text"]) <= 200 for row in may)
    assert {row.collection for row in rows} == {"text"}


def test_a_folder_that_is_not_there_holds_no_text(tmp_path: Path) -> None:
    assert completion.from_text_folder(tmp_path / "none", max_chars=9) == ([], 0, {}, [], {})
