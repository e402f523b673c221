"""What kind of file it is: its content says so; the name only tells kinds of text apart."""

import mimetypes
import re
from pathlib import PurePosixPath

_PAGE = re.compile(
    rb"\s*(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html)\b",
    re.IGNORECASE | re.DOTALL,
)
_FEED = re.compile(
    rb"\s*(?:\xef\xbb\xbf)?\s*(?:<\?[^>]*>\s*|<!--.*?-->\s*)*<(?:rss|feed|rdf:RDF)\b", re.DOTALL
)
_TAG = re.compile(rb"<(?:body|head|div|p|h[1-6]|table|ul|br|span|title)\b[^>]*>", re.IGNORECASE)
# Text by its letters, but written for a program to show.
_NO_READABLE_TEXT = (b"%!PS", b"-----BEGIN PGP MESSAGE")
FEED = "application/rss+xml"
RTF = "application/rtf"
_TEXT_KINDS = re.compile(
    r"text/|application/(?:json|xml|javascript|x-sh|x-tex|x-latex|x-python|toml|yaml|sql|.*\+(?:xml|json))"
)
# Python's own table: the machine's may say otherwise elsewhere.
_NAMES = mimetypes.MimeTypes()
_BY_SUFFIX = {
    ".md": "text/markdown",
    ".markdown": "text/markdown",
    ".ipynb": "application/x-ipynb+json",
    ".jsonl": "application/jsonl",
    ".rst": "text/x-rst",
}
_PAGE_SUFFIXES = {".html": "text/html", ".htm": "text/html", ".xhtml": "application/xhtml+xml"}


def media_type(data: bytes, name: str, *, said: str = "") -> str | None:
    """The media type of a file that may hold readable text, else None.

    Args:
        data: the file's bytes; a type that they contradict is not given.
        name: the file's name or path; never opened.
        said: what the server of a page calls it; only that it is a page is believed.
    """
    if b"%PDF-" in data[:1024]:
        return "application/pdf"
    if data.startswith(b"{\\rtf"):
        return RTF
    if data.startswith(_NO_READABLE_TEXT):
        return None
    if _FEED.match(data[:4096]):
        return FEED
    suffix = PurePosixPath(name).suffix.lower()
    page = _PAGE_SUFFIXES.get(suffix) or (said if said in _PAGE_SUFFIXES.values() else None)
    if _PAGE.match(data[:4096]) or (page and _TAG.search(data)):
        return page or "text/html"
    if suffix in _PAGE_SUFFIXES:
        return "text/plain"
    guessed = _BY_SUFFIX.get(suffix) or _NAMES.guess_type(PurePosixPath(name).name)[0]
    return guessed if guessed and _TEXT_KINDS.match(guessed) else "text/plain"
