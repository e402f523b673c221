"""Word, PowerPoint, Excel, EPUB and Outlook files as Markdown, read by markitdown.

What a file is, its first bytes and the names inside it say: Office Open XML (ECMA-376) and EPUB
are zips, the older formats are OLE compound files (MS-CFB).
"""

import io
import re
import zipfile
from pathlib import PurePosixPath

from clone_pipeline.documents.refusing import Unreadable

LARGEST_BYTES = 512 * 2**20  # of what a zip unpacks to

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
_COMMENT = re.compile(r"<!--.*?-->", re.S)
_IMAGE = re.compile(r"!\[[^\]]*\]\([^)]*\)")
_EMPTY_CELL = re.compile(r"(?<=\|) (?:NaN|Unnamed: \d+(?:_level_\d+)?) (?=\|)")
_EPUB_HEAD = re.compile(r"\A(?:\*\*[A-Z][a-z]+:\*\* .*\n)+")
_EPUB_LINK = re.compile(r"\[([^\]]*)\]\((?![a-z]+:)[^)]*\)")
_BLANKS = re.compile(r"\n{3,}")


def office_type(data: bytes, name: str) -> str | None:
    """The media type of an office file, None for any other file.

    Args:
        data: the file's bytes.
        name: tells the older formats apart; never opened.

    Raises:
        Unreadable: "too_large", the zip would unpack to more than `LARGEST_BYTES`.
    """
    suffix = PurePosixPath(name).suffix.lower()
    if data.startswith(_OLE):
        return _KINDS.get(suffix) if suffix in (".xls", ".msg") else None
    if not data.startswith(b"PK\x03\x04"):
        return None
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            members = packed.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return None
    names = [member.filename for member in members]
    kind = next((kind for start, kind in _INSIDE if _holds(names, start)), None)
    if names[:1] == ["mimetype"] and "META-INF/container.xml" in names:
        kind = ".epub"
    if kind and sum(member.file_size for member in members) > LARGEST_BYTES:
        raise Unreadable("too_large")
    return _KINDS[kind] if kind else None


def read_office(data: bytes, media_type: str) -> tuple[str, str]:
    """The title ("" if there is none) and the text of an office file, as Markdown.

    Headings, lists, tables and equations keep Markdown's marks; pictures, comments, slide numbers
    and an EPUB's list of metadata are left out.

    Raises:
        Unreadable: "no_reader" (the extra `office` is not installed), "damaged" (or encrypted).
    """
    try:
        from markitdown import MarkItDown, StreamInfo  # noqa: PLC0415
    except ImportError:
        raise Unreadable("no_reader") from None
    suffix = next(suffix for suffix, kind in _KINDS.items() if kind == media_type)
    reader = MarkItDown(enable_builtins=True, enable_plugins=False)
    try:
        read = reader.convert_stream(
            io.BytesIO(data), stream_info=StreamInfo(extension=suffix, mimetype=media_type)
        )
    except Exception:  # noqa: BLE001 - whatever its parsers raise, this file can't be read
        raise Unreadable("damaged") from None
    return " ".join((read.title or "").split()), _tidy(read.markdown, suffix)


def _holds(names: list[str], start: str) -> bool:
    return "[Content_Types].xml" in names and any(name.startswith(start) for name in names)


def _tidy(text: str, suffix: str) -> str:
    text = _IMAGE.sub("", _COMMENT.sub("", text))
    if suffix in (".xls", ".xlsx"):
        text = _EMPTY_CELL.sub("  ", text)
    if suffix == ".epub":
        text = _EPUB_LINK.sub(r"\1", _EPUB_HEAD.sub("", text))
    lines = (line.rstrip() for line in text.replace("\r\n", "\n").split("\n"))
    return _BLANKS.sub("\n\n", "\n".join(lines)).strip()
