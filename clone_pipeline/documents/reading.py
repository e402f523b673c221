"""A folder of files to documents: text of any encoding, web pages, PDFs, office files, scans."""

import os
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from functools import partial
from pathlib import Path, PurePosixPath

from clone_pipeline.documents import addresses
from clone_pipeline.documents.decoding import decode, normalised
from clone_pipeline.documents.feed import read_feed
from clone_pipeline.documents.media import FEED, RTF, media_type
from clone_pipeline.documents.notebook import read_notebook
from clone_pipeline.documents.office import office_type, read_office
from clone_pipeline.documents.pdf import read_pdf
from clone_pipeline.documents.refusing import Unreadable
from clone_pipeline.documents.rtf import read_rtf
from clone_pipeline.documents.scans import read_scan
from clone_pipeline.documents.webpage import read_page
from clone_pipeline.records import Document, content_id
from clone_pipeline.settings import Fault

# What stands in a file that was refused, and what its owner can do.
_REFUSED = {
    "not_text": (
        "a binary file",
        "Export it as .pdf, .html, .md or .txt, or take it out of the folder.",
    ),
    "encrypted": ("a file with a password", "Save a copy without the password."),
    "no_text": (
        "a PDF of pictures without text",
        "Set documents.ocr: true, or run it through text recognition first.",
    ),
    "no_ocr": (
        "a scan, for which text recognition is missing",
        "pip install 'clone-pipeline[ocr]', install the program tesseract and its languages.",
    ),
    "no_reader": ("an office file", "pip install 'clone-pipeline[office]' reads it."),
    "too_large": ("a packed file that unpacks to more than is read", "Save it in parts."),
    "damaged": ("a damaged file", "Open it and save it again."),
    "unreadable": ("a file that can't be opened", "Give yourself the right to read it."),
}
Fetch = Callable[[Sequence[str]], tuple[list[addresses.Page], list[Fault]]]
_MARKDOWN_TITLE = re.compile(
    r"\A(?:---\n(?:.*\n)*?title:[ \t]*[\"']?(?P<meta>[^\"'\n]+)[\"']?\n)"
    r"|^#{1,2}[ \t]+(?P<atx>\S.*?)[ \t]*#*$"
    r"|^(?P<setext>\S.*)\n={3,}$",
    re.MULTILINE,
)


def read_documents(
    folder: Path,
    *,
    without: Collection[Path] = (),
    ocr: str | None = None,
    fetch: Fetch | None = None,
) -> tuple[list[Document], Counter[str], list[Fault]]:
    """Every file below `folder` as a document, in the order of the paths.

    Files and folders whose name begins with a dot are passed over. What a file is, its content
    decides. Newlines become line feeds and a byte order mark goes; the rest of a text file stays.

    Args:
        folder: read with all folders in it; one that does not exist holds no file.
        without: files, and folders with all in them, that are passed over.
        ocr: languages of scans, as Tesseract calls them; None: scans are refused.
        fetch: gives the pages of the addresses in files called `addresses.LIST`, and a fault for
            each that gave none; None: such files are documents like others.

    Returns:
        Documents (of an address, it is the path), files and addresses dropped by reason (keys of
        `_REFUSED`, "unreachable", "empty", "duplicate"), and a fault for each that could not be
        read.
    """
    kept: dict[str, Document] = {}
    dropped: Counter[str] = Counter()
    faults: list[Fault] = []
    passed = frozenset(without)
    asked: dict[str, None] = {}
    for path, shown in _files(folder):
        if passed and not passed.isdisjoint((path, *path.parents)):
            continue
        read = _read(path, shown, ocr)
        if fetch and path.name == addresses.LIST and isinstance(read, Document):
            found, faulty = addresses.listed(read.text, where=shown)
            asked |= dict.fromkeys(found)
            faults += faulty
            dropped["unreachable"] += len(faulty)
        else:
            _sort(read, shown, kept, dropped, faults)
    pages, unreached = fetch(list(asked)) if fetch and asked else ([], [])
    dropped["unreachable"] += len(unreached)
    for page in pages:
        _sort(document_of(page.data, page.address, ocr, page), page.address, kept, dropped, faults)
    return list(kept.values()), +dropped, faults + unreached


def _sort(
    read: Document | str, shown: str, kept: dict[str, Document], dropped: Counter[str],
    faults: list[Fault],
) -> None:  # fmt: skip
    """Keep what was read by its text, or count why it was not."""
    if isinstance(read, str):
        dropped[read] += 1
        if read in _REFUSED:
            faults.append(Fault(shown, *_REFUSED[read]))
    elif read.text in kept:
        dropped["duplicate"] += 1
    else:
        kept[read.text] = read


def _files(folder: Path) -> Iterator[tuple[Path, str]]:
    """The files below `folder` and their paths as shown: relative, "/" between the names."""
    found = (Path(parent, name) for parent, _, names in os.walk(folder) for name in names)
    for path in sorted(found, key=lambda path: path.relative_to(folder).parts):
        relative = path.relative_to(folder)
        if not any(part.startswith(".") for part in relative.parts):
            yield path, os.fsencode(relative.as_posix()).decode("utf-8", "replace")


def _read(path: Path, shown: str, ocr: str | None) -> Document | str:
    """The document in the file `path`, or the reason why there is none."""
    try:
        data = path.read_bytes()
    except OSError:
        return "unreadable"
    return document_of(data, shown, ocr)


def document_of(
    data: bytes, shown: str, ocr: str | None = None, page: addresses.Page | None = None
) -> Document | str:
    """The document that `data` holds, or the reason why there is none.

    Args:
        data: a file's bytes.
        shown: its path or address, "/" between the names.
        ocr: as in `read_documents`.
        page: what a server gave it as, if one did.
    """
    try:
        read = _title_and_text(data, shown, ocr, page)
    except Unreadable as refused:
        return str(refused)
    if not read:
        return "not_text"
    kind, title, text = read
    if not text.strip():
        return "empty"
    stem = PurePosixPath(shown).stem
    return Document(content_id(shown, text), shown, kind, title or stem, text)


def _title_and_text(
    data: bytes, name: str, ocr: str | None, page: addresses.Page | None
) -> tuple[str, str, str] | None:
    if office := office_type(data, name):
        title, text = read_office(data, office)
        return office, title or _markdown_title(text), normalised(text)
    kind = media_type(data, name, said=page.media_type if page else "")
    if kind == "application/pdf":
        title, text = read_pdf(
            data, recognise=partial(read_scan, data, languages=ocr) if ocr else None
        )
        return kind, title, normalised(text)
    if kind == RTF:
        return kind, "", normalised(read_rtf(data))
    source = decode(data, said=page.encoding if page else "") if kind else None
    if kind is None or source is None:
        return None
    if kind == FEED:
        return kind, *read_feed(source)
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
