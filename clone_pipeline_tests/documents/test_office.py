"""Office files are read as Markdown, by what they hold and not by what they are called."""

import os
import shutil
import sys
from pathlib import Path

import pytest

from clone_pipeline.documents import office, scans
from clone_pipeline.documents.reading import document_of, read_documents
from clone_pipeline.documents.refusing import Unreadable
from clone_pipeline.records import Document
from clone_pipeline_tests.documents import office_samples as samples
from clone_pipeline_tests.documents.samples import scan

CORPUS = os.environ.get("CLONE_PIPELINE_CORPUS")


def read(data: bytes, name: str) -> Document:
    made = document_of(data, name)
    assert isinstance(made, Document), made
    return made


@pytest.mark.parametrize("name", ["letter.docx", "letter", "letter.txt"])
def test_a_word_document_is_read_whatever_it_is_called(name: str) -> None:
    made = read(samples.docx("The ferry sails at nine.", "It carries forty."), name)
    assert made.text == "The ferry sails at nine.\n\nIt carries forty."
    assert made.media_type.endswith("wordprocessingml.document")


def test_slides_lose_their_numbers_and_keep_their_titles() -> None:
    made = read(samples.pptx("The winter ferry", "Twice a day"), "talk.pptx")
    assert made.title == "The winter ferry"
    assert made.text == "# The winter ferry\nTwice a day"


def test_text_that_looks_like_markup_stays_and_links_within_the_file_go() -> None:
    link = '<w:p><w:hyperlink w:anchor="_Toc1"><w:r><w:t>1 Tides</w:t></w:r></w:hyperlink></w:p>'
    words = "Write &lt;!-- so --&gt;, rows[i](x) or [](int x)."
    body = f"{link}<w:p><w:r><w:t>{words}</w:t></w:r></w:p>"
    assert read(samples.docx_of(body), "a.docx").text == (
        "1 Tides\n\nWrite <!-- so -->, rows[i](x) or [](int x)."
    )


def test_pictures_in_a_book_go_with_their_links() -> None:
    picture = "<img src='a.png' alt='Map [1]'/>"
    body = f"<p>A {picture} b.</p><p><a href='http://example.org'>{picture}</a></p><p>End.</p>"
    assert read(samples.epub("Maps", body), "maps.epub").text == "A  b.\n\nEnd."


def test_a_file_with_a_password_says_so() -> None:
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le")
    assert document_of(ole, "a.docx") == "encrypted"


def test_a_book_has_its_title_and_no_list_of_metadata() -> None:
    body = "<h1>One</h1><p>See <a href='c.xhtml#x'>below</a>. The tide turns.</p>"
    made = read(samples.epub("Tides", body), "tides.epub")
    assert (made.title, made.text) == ("Tides", "# One\n\nSee below. The tide turns.")


def test_a_zip_that_is_no_office_file_is_refused() -> None:
    assert document_of(samples.packed({"a.txt": "words"}), "a.docx") == "not_text"


def test_a_torn_office_file_is_damaged(tmp_path: Path) -> None:
    whole = samples.docx("The ferry sails at nine.")
    broken = samples.packed({"[Content_Types].xml": "<x", "word/document.xml": "<w:doc"})
    (tmp_path / "a.docx").write_bytes(broken)
    (tmp_path / "b.docx").write_bytes(whole)
    documents, dropped, faults = read_documents(tmp_path)
    assert [made.path for made in documents] == ["b.docx"]
    assert dropped == {"damaged": 1}
    assert [fault.where for fault in faults] == ["a.docx"]


def test_a_bomb_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(office, "LARGEST_BYTES", 1000)
    with pytest.raises(Unreadable, match="too_large"):
        office.office_type(samples.docx("x" * 5000), "a.docx")


def test_markup_may_be_less_than_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(office, "LARGEST_MARKUP", 5000)
    assert office.office_type(samples.docx("x" * 10), "a.docx")
    with pytest.raises(Unreadable, match="too_large"):
        office.office_type(samples.docx("x" * 5000), "a.docx")
    assert office.office_type(samples.xlsx([["x" * 5000]]), "a.xlsx")


def test_without_the_reader_the_fault_names_the_extra(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "markitdown", None)
    (tmp_path / "a.docx").write_bytes(samples.docx("The ferry."))
    _, dropped, faults = read_documents(tmp_path)
    assert dropped == {"no_reader": 1}
    assert "clone-pipeline[office]" in faults[0].fix


def test_a_scan_is_refused_unless_recognition_is_asked_for(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(scan("FERRY AT NINE"))
    _, dropped, faults = read_documents(tmp_path)
    assert dropped == {"no_text": 1}
    assert "documents.ocr" in faults[0].fix


@pytest.mark.skipif(not shutil.which("tesseract"), reason="the program tesseract is not here")
def test_the_words_of_a_scan_are_recognised(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(scan("FERRY AT NINE"))
    documents, dropped, _ = read_documents(tmp_path, ocr="eng")
    assert not dropped
    assert documents[0].text == "FERRY AT NINE"


@pytest.mark.skipif(not shutil.which("tesseract"), reason="the program tesseract is not here")
def test_a_page_is_drawn_no_larger_than_there_is_room_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scans, "_MOST_DOTS", 60)
    with pytest.raises(Unreadable, match="no_text"):  # a picture of 60 dots has no word in it
        scans.read_scan(scan("FERRY AT NINE"), [0], languages="eng")


def test_without_tesseract_a_scan_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    (tmp_path / "a.pdf").write_bytes(scan("FERRY AT NINE"))
    _, dropped, faults = read_documents(tmp_path, ocr="eng")
    assert dropped == {"no_ocr": 1}
    assert "tesseract" in faults[0].fix


@pytest.mark.skipif(not CORPUS, reason="CLONE_PIPELINE_CORPUS is not set")
def test_office_files_of_others_are_read() -> None:
    folder = Path(CORPUS or "") / "documents" / "office"
    for name, words in {
        "test.docx": "AutoGen is an open-source framework",
        "test.pptx": "# A table to test parsing:",
        "test.xlsx": "| Alpha | Beta | Gamma | Delta |",
        "test.xls": "| Alpha | Beta | Gamma | Delta |",
        "test.epub": "# Chapter 2: More Content",
        "test_outlook_msg.msg": "This is the body of the test email message",
        "equations.docx": "$m=1$",
    }.items():
        made = read((folder / name).read_bytes(), name)
        assert words in made.text
        assert "data:image" not in made.text
        assert "<!--" not in made.text
