"""Word, PowerPoint, Excel, EPUB and Outlook files as Markdown; markitdown reads all but sheets.

What a file is, its first bytes and the names inside it say: Office Open XML (ECMA-376) and EPUB
are zips, the older formats are OLE compound files (MS-CFB).
"""

import functools
import io
import re
import zipfile
from pathlib import PurePosixPath
from typing import Any

from clone_pipeline.documents.refusing import Unreadable
from clone_pipeline.documents.sheets import read_sheets

LARGEST_BYTES = 512 * 2**20  # of what a zip unpacks to
LARGEST_MARKUP = 64 * 2**20  # of that, what a tree is built of; of sheets none is

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_KINDS = {
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".epub": "application/epub+zip",
    ".xls": "application/vnd.ms-excel",
    ".msg": "application/vnd.ms-outlook",
}
_INSIDE = (("word/", ".docx"), ("ppt/", ".pptx"), ("xl/", ".xlsx"))
_SLIDE_NUMBER = re.compile(r"^<!-- Slide number: \d+ -->$", re.M)
_PICTURE = r"!\[(?:[^\[\]]|\[[^\[\]]*\])*\]\([^)]*\)"
_IMAGE = re.compile(rf"\[\s*{_PICTURE}\s*\]\([^)]*\)|{_PICTURE}")  # one with a link on it, too
_EPUB_HEAD = re.compile(r"\A(?:\*\*[A-Z][a-z]+:\*\* .*\n)+")
_INNER_LINK = re.compile(r"\[([^\[\]]*)\]\((?:#|[^()\s:]*\.x?html?\b)[^()\s]*\)")
_BLANKS = re.compile(r"\n{3,}")
_SHEETS = (".xls", ".xlsx")
_MARKUP = (".xml", ".rels", ".xhtml", ".html", ".htm", ".opf", ".ncx")
# What an Office file with a password holds instead of its parts (MS-OFFCRYPTO 2.3.4).
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


def office_type(data: bytes, name: str) -> str | None:
    """The media type of an office file, None for any other file.

    Args:
        data: the file's bytes.
        name: tells the older formats apart; never opened.

    Raises:
        Unreadable: "too_large", the zip would unpack to more than `LARGEST_BYTES`, or its markup
            to more than `LARGEST_MARKUP`; "encrypted", it has a password.
    """
    suffix = PurePosixPath(name).suffix.lower()
    if data.startswith(_OLE):
        if _ENCRYPTED in data:
            raise Unreadable("encrypted")
        return _KINDS.get(suffix) if suffix in (".xls", ".msg") else None
    if not data.startswith(b"PK\x03\x04"):
        return None
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            members = packed.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return None
    kind = _kind([member.filename for member in members])
    if kind and _is_too_large(members, kind):
        raise Unreadable("too_large")
    return _KINDS[kind] if kind else None


def read_office(data: bytes, media_type: str) -> tuple[str, str]:
    """The title ("" if there is none) and the text of an office file, as Markdown.

    Headings, lists, tables and equations keep Markdown's marks; pictures, comments, slide numbers,
    an EPUB's list of metadata and links within the file are left out.

    Raises:
        Unreadable: "no_reader" (the extra `office` is not installed), "damaged" (or encrypted).
    """
    suffix = next(suffix for suffix, kind in _KINDS.items() if kind == media_type)
    try:
        if suffix in _SHEETS:
            return "", read_sheets(data, old=suffix == ".xls")
        from markitdown import StreamInfo  # noqa: PLC0415

        read = _reader().convert_stream(
            io.BytesIO(data), stream_info=StreamInfo(extension=suffix, mimetype=media_type)
        )
    except ImportError:
        raise Unreadable("no_reader") from None
    except Exception:  # noqa: BLE001 - whatever its parsers raise, this file can't be read
        raise Unreadable("damaged") from None
    return " ".join((read.title or "").split()), _tidy(read.markdown, suffix)


@functools.cache
def _reader() -> Any:
    """The one reader of all files; to make it takes longer than to read a letter."""
    from markitdown import MarkItDown  # noqa: PLC0415

    return MarkItDown(enable_builtins=True, enable_plugins=False)


def _kind(names: list[str]) -> str | None:
    """By the names of what is packed."""
    if names[:1] == ["mimetype"] and "META-INF/container.xml" in names:
        return ".epub"
    if "[Content_Types].xml" not in names:
        return None
    starts = {name.partition("/")[0] + "/" for name in names}
    return next((kind for start, kind in _INSIDE if start in starts), None)


def _is_too_large(members: list[zipfile.ZipInfo], kind: str) -> bool:
    markup = sum(each.file_size for each in members if each.filename.lower().endswith(_MARKUP))
    whole = sum(each.file_size for each in members)
    return whole > LARGEST_BYTES or (kind not in _SHEETS and markup > LARGEST_MARKUP)


def _tidy(text: str, suffix: str) -> str:
    if suffix == ".pptx":
        text = _SLIDE_NUMBER.sub("", text)
    if suffix == ".epub":
        text = _EPUB_HEAD.sub("", text)
    text = _INNER_LINK.sub(r"\1", _IMAGE.sub("", text))
    lines = (line.rstrip() for line in text.replace("\r\n", "\n").split("\n"))
    return _BLANKS.sub("\n\n", "\n".join(lines)).strip()
