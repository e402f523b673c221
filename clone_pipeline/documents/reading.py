"""A folder of files to documents: text of any encoding, web pages, PDFs, notebooks."""

import os
import re
from collections import Counter
from collections.abc import Collection, Iterator
from pathlib import Path, PurePosixPath

from clone_pipeline.documents.decoding import decode, normalised
from clone_pipeline.documents.media import media_type
from clone_pipeline.documents.notebook import read_notebook
from clone_pipeline.documents.pdf import Unreadable, read_pdf
from clone_pipeline.documents.webpage import read_page
from clone_pipeline.records import Document, content_id
from clone_pipeline.settings import Fault

# What stands in a file that was refused, and what its owner can do.
_REFUSED = {
    "not_text": (
        "a binary file",
        "Export it as .pdf, .html, .md or .txt, or take it out of the folder.",
    ),
    "encrypted": ("a PDF with a password", "Save a copy without the password."),
    "no_text": ("a PDF of pictures without text", "Run it through text recognition (OCR) first."),
    "damaged": ("a damaged PDF", "Open it and save it again as PDF."),
    "unreadable": ("a file that can't be opened", "Give yourself the right to read it."),
}
_MARKDOWN_TITLE = re.compile(
    r"\A(?:---\n(?:.*\n)*?title:[ \t]*[\"']?(?P<meta>[^\"'\n]+)[\"']?\n)"
    r"|^#{1,2}[ \t]+(?P<atx>\S.*?)[ \t]*#*$"
    r"|^(?P<setext>\S.*)\n={3,}$",
    re.MULTILINE,
)


def read_documents(
    folder: Path, *, without: Collection[Path] = ()
) -> tuple[list[Document], Counter[str], list[Fault]]:
    """Every file below `folder` as a document, in the order of the paths.

    Files and folders whose name begins with a dot are passed over. What a file is, its content
    decides. Newlines become line feeds and a byte order mark goes; the rest of a text file stays.

    Args:
        folder: read with all folders in it; one that does not exist holds no file.
        without: files, and folders with all in them, that are passed over.

    Returns:
        Documents, files dropped by reason ("not_text", "encrypted", "no_text", "damaged",
        "unreadable", "empty", "duplicate"), and a fault for each file that could not be read.
    """
    kept: list[Document] = []
    dropped: Counter[str] = Counter()
    faults: list[Fault] = []
    seen: set[str] = set()
    passed = frozenset(without)
    for path, shown in _files(folder):
        if passed and not passed.isdisjoint((path, *path.parents)):
            continue
        read = _read(path, shown)
        if isinstance(read, str):
            dropped[read] += 1
            if read in _REFUSED:
                faults.append(Fault(shown, *_REFUSED[read]))
        elif read.text in seen:
            dropped["duplicate"] += 1
        else:
            seen.add(read.text)
            kept.append(read)
    return kept, dropped, faults


def _files(folder: Path) -> Iterator[tuple[Path, str]]:
    """The files below `folder` and their paths as shown: relative, "/" between the names."""
    found = (Path(parent, name) for parent, _, names in os.walk(folder) for name in names)
    for path in sorted(found, key=lambda path: path.relative_to(folder).parts):
        relative = path.relative_to(folder)
        if not any(part.startswith(".") for part in relative.parts):
            yield path, os.fsencode(relative.as_posix()).decode("utf-8", "replace")


def _read(path: Path, shown: str) -> Document | str:
    """The document in the file `path`, or the reason why there is none."""
    try:
        data = path.read_bytes()
    except OSError:
        return "unreadable"
    try:
        read = _title_and_text(data, shown)
    except Unreadable as refused:
        return str(refused)
    if not read:
        return "not_text"
    kind, title, text = read
    if not text.strip():
        return "empty"
    stem = PurePosixPath(shown).stem
    return Document(content_id(shown, text), shown, kind, title or stem, text)


def _title_and_text(data: bytes, name: str) -> tuple[str, str, str] | None:
    kind = media_type(data, name)
    if kind == "application/pdf":
        title, text = read_pdf(data)
        return kind, title, normalised(text)
    source = decode(data) if kind else None
    if kind is None or source is None:
        return None
    if kind in {"text/html", "application/xhtml+xml"}:
        title, text = read_page(source)
        return kind, title or _markdown_title(text), text
    if kind == "application/x-ipynb+json" and (notebook := read_notebook(source)) is not None:
        source = notebook
    elif kind != "text/markdown":
        return kind, "", source
    return kind, _markdown_title(source), source


def _markdown_title(text: str) -> str:
    found = _MARKDOWN_TITLE.search(text)
    return next(filter(None, found.groups()), "").strip() if found else ""
