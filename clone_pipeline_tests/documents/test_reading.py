"""A folder of files: each one is read, or refused with its reason."""

import json
import os
from pathlib import Path

import pytest

from clone_pipeline.documents.reading import read_documents
from clone_pipeline_tests.documents.samples import pdf

FILES: dict[str, bytes] = {
    "b/tides.md": b"\xef\xbb\xbfIntro\r\n\r\n# The Tides #\r\nTwice a day.\r\n",
    "a.txt": "Grüße vom Riff".encode("cp1252"),
    "page.html": b"<html><head><title>Reef</title></head><body><p>North.</p></body></html>",
    "book.pdf": pdf(["The harbour book."], title="Harbour Book"),
    "code/sail.py": b"def sail() -> None:\n    '''Sail.'''\n",
    "nb.ipynb": json.dumps({"cells": [{"cell_type": "markdown", "source": "# Log"}]}).encode(),
    "copy/again.md": b"Intro\n\n# The Tides #\nTwice a day.\n",
    "photo.jpg": b"\xff\xd8\xff\xe0\x00\x10JFIF\x00",
    "sheet.xlsx": b"PK\x03\x04\x14\x00\x06\x00",
    "scan.pdf": pdf([]),
    "locked.pdf": pdf(["secret"], password="x"),
    "torn.pdf": pdf(["x"])[:200],
    "empty.txt": b"",
    "blank.md": b" \n\t\n",
    ".hidden/notes.txt": b"not read",
    ".DS_Store": b"\x00\x00",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, data in FILES.items():
        path = tmp_path / "docs" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return tmp_path / "docs"


def test_every_file_is_a_document_or_dropped_for_a_reason(folder: Path) -> None:
    documents, dropped, faults = read_documents(folder)
    assert {d.path: (d.media_type, d.title, d.text) for d in documents} == {
        "a.txt": ("text/plain", "a", "Grüße vom Riff"),
        "b/tides.md": (
            "text/markdown",
            "The Tides",
            "Intro\n\n# The Tides #\nTwice a day.\n",
        ),
        "book.pdf": ("application/pdf", "Harbour Book", "The harbour book."),
        "code/sail.py": ("text/x-python", "sail", "def sail() -> None:\n    '''Sail.'''\n"),
        "nb.ipynb": ("application/x-ipynb+json", "Log", "# Log"),
        "page.html": ("text/html", "Reef", "North."),
    }
    assert dropped == {
        "not_text": 2, "no_text": 1, "encrypted": 1, "damaged": 1, "empty": 2, "duplicate": 1
    }  # fmt: skip
    visible = [name for name in FILES if not name.startswith(".")]
    assert len(documents) + dropped.total() == len(visible)
    assert [fault.where for fault in faults] == [
        "locked.pdf", "photo.jpg", "scan.pdf", "sheet.xlsx", "torn.pdf"
    ]  # fmt: skip
    assert all(fault.fix for fault in faults)


def test_documents_come_in_the_order_of_their_paths_with_ids_of_their_own(folder: Path) -> None:
    documents, _, _ = read_documents(folder)
    assert [d.path for d in documents] == sorted(d.path for d in documents)
    assert len({d.document_id for d in documents}) == len(documents)
    assert read_documents(folder)[0] == documents


def test_a_folder_that_is_not_there_holds_nothing(tmp_path: Path) -> None:
    assert read_documents(tmp_path / "none") == ([], {}, [])


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may read every file")
def test_a_file_without_the_right_to_read_it_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("x")
    (tmp_path / "a.txt").chmod(0)
    assert read_documents(tmp_path)[1] == {"unreadable": 1}


def test_a_broken_link_is_refused(tmp_path: Path) -> None:
    (tmp_path / "gone.txt").symlink_to(tmp_path / "nowhere")
    assert read_documents(tmp_path)[1] == {"unreadable": 1}


def test_a_name_that_is_no_text_does_not_stop_the_reading(tmp_path: Path) -> None:
    os.makedirs(tmp_path / "d")
    with open(os.fsencode(tmp_path / "d") + b"/\xff\xfe.txt", "wb") as file:
        file.write(b"words")
    (document,) = read_documents(tmp_path)[0]
    assert document.path.encode()
    assert document.text == "words"


@pytest.mark.skipif("CLONE_PIPELINE_CORPUS" not in os.environ, reason="needs the corpus")
def test_every_file_of_the_corpus_is_read_or_refused_with_its_reason() -> None:
    folder = Path(os.environ["CLONE_PIPELINE_CORPUS"], "documents")
    documents, dropped, faults = read_documents(folder)
    refused = {fault.where for fault in faults}
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert len(documents) + dropped.total() == len(files)
    assert "office/random.bin" in refused
    assert "office/MEDRPT-2024-PAT-3847_medical_report_scan.pdf" in refused
    assert "pdf/005-libreoffice-writer-password__libreoffice-writer-password.pdf" in refused
    by_path = {document.path: document for document in documents}
    assert by_path["office/test_mskanji.csv"].text.startswith("名前,年齢,住所\n佐藤太郎")
    assert by_path["book/a-case-of-identity.xhtml"].title == "A Case of Identity"
    assert "function(" not in by_path["office/test_wikipedia.html"].text
    assert "Microsoft Corporation is an American" in by_path["office/test_wikipedia.html"].text
    assert not any("\r" in document.text for document in documents)
