"""What a file is, its content says."""

import pytest

from clone_pipeline.documents.media import media_type


@pytest.mark.parametrize(
    ("data", "name", "expected"),
    [
        (b"%PDF-1.4", "notes.txt", "application/pdf"),
        (b"no pdf", "notes.pdf", "text/plain"),
        (b"\xef\xbb\xbf<!-- saved -->\n<!DOCTYPE html><html>", "page.txt", "text/html"),
        (b"<p>part of a page", "part.html", "text/html"),
        (b"no markup at all", "page.html", "text/plain"),
        (b'<?xml version="1.0"?>\n<html>', "a.xhtml", "application/xhtml+xml"),
        (b"# Title", "README.md", "text/markdown"),
        (b"print(1)", "a.py", "text/x-python"),
        (b"let x = 1", "a.ts", "text/plain"),
        (b"a,b", "a.csv", "text/csv"),
        (b"{}", "a.json", "application/json"),
        (b"words", "no suffix", "text/plain"),
        (b"words", "../../etc/passwd", "text/plain"),
        (b"{\\rtf1 words}", "a.rtf", "application/rtf"),
        (b"%!PS words", "a.ps", None),
        (b'<?xml version="1.0"?>\n<rss version="2.0">', "a.xml", "application/rss+xml"),
        (b"<!-- a --><feed xmlns='x'>", "a", "application/rss+xml"),
        (b"<feedback/>", "a.xml", "text/xml"),
    ],
)
def test_the_media_type_is_by_content_and_then_by_name(
    data: bytes, name: str, expected: str | None
) -> None:
    assert media_type(data, name) == expected


def test_a_server_is_believed_only_that_markup_is_a_page() -> None:
    assert media_type(b"<title>T</title><p>words", "a", said="text/html") == "text/html"
    assert media_type(b"only words", "a", said="text/html") == "text/plain"
    assert media_type(b"%PDF-1.4", "a", said="text/html") == "application/pdf"
