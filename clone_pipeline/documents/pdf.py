"""The text of a PDF that holds text."""

import io
import re
import struct
import unicodedata
import zlib
from collections import Counter
from collections.abc import Callable

from clone_pipeline.documents.refusing import Unreadable

_UNTITLED = re.compile(r"untitled|anonymous|microsoft word|^\S+\.\w{2,4}$", re.IGNORECASE)
_HYPHENATED = re.compile(r"([^\W\d_]+)[-\u2010\u00ad]$")
_FIRST_WORD = re.compile(r"[^\W\d_]+")
_LIST_MARK = re.compile(r"[-*•▪–·]|\(?\w{1,3}[.)]\s")
_PAGE_OF = re.compile(r"\s*page\s+\d+\s*(?:of|/)\s*\d+\s*", re.IGNORECASE)
_NUMBER = re.compile(r"[-–\s]*(\d{1,4})[-–\s]*")
_SHORT = 40
# What pypdf lets through when a file's objects are not what they should be.
_BROKEN = (
    ArithmeticError, AssertionError, AttributeError, LookupError, NotImplementedError, OSError,
    RecursionError, TypeError, ValueError, struct.error, zlib.error,
)  # fmt: skip


def read_pdf(
    data: bytes, *, recognise: Callable[[list[int]], list[str]] | None = None
) -> tuple[str, str]:
    """The title ("" if there is none) and the text of a PDF; pages are set apart by blank lines.

    Words that were hyphenated at a line's end are joined, and so are the lines of a paragraph;
    the pages' numbers are left out.

    Args:
        data: the PDF.
        recognise: gives the texts of pages that hold none, by their places from 0. If it raises
            `Unreadable`, what the other pages hold is the text; None: they stay empty.

    Raises:
        Unreadable: the file needs a password, is damaged, or shows only pictures; if no page
            holds text, what `recognise` raises.
    """
    title, pages = _read(data)
    blank = [place for place, text in enumerate(pages) if not text]
    if blank and recognise:
        try:
            for place, text in zip(blank, recognise(blank), strict=True):
                pages[place] = text
        except Unreadable:
            if len(blank) == len(pages):
                raise
    if not any(pages):
        raise Unreadable("no_text")
    return title, "\n\n".join(filter(None, pages))


def _read(data: bytes) -> tuple[str, list[str]]:
    """The title and the text of each page."""
    import pypdf  # noqa: PLC0415
    from pypdf import errors  # noqa: PLC0415

    try:
        reader = pypdf.PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise Unreadable("encrypted")
        pages = [page.extract_text() for page in reader.pages]
        title = reader.metadata.title if reader.metadata else None
    except (errors.DependencyError, errors.FileNotDecryptedError):
        raise Unreadable("encrypted") from None
    except (errors.PyPdfError, errors.DeprecationError, *_BROKEN):
        raise Unreadable("damaged") from None
    named = isinstance(title, str) and title.strip() and not _UNTITLED.search(title.strip())
    return (" ".join(str(title).split()) if named else ""), [*map(_page, _unnumbered(pages))]


def _unnumbered(pages: list[str]) -> list[str]:
    """The pages without `Page 1 of 8`, and without a first or last line that counts with them."""
    lined = [
        [line for line in page.strip().split("\n") if not _PAGE_OF.fullmatch(line)]
        for page in pages
    ]
    for end in (0, -1):
        numbers = {
            place: int(found[1]) - place
            for place, lines in enumerate(lined)
            if lines and (found := _NUMBER.fullmatch(lines[end]))
        }
        for first, times in Counter(numbers.values()).most_common(1):
            for place in numbers if times > 1 and 2 * times >= len(pages) else ():
                if numbers[place] == first:
                    del lined[place][end]
    return ["\n".join(lines) for lines in lined]


def _page(text: str) -> str:
    lines = [_clean(line) for line in text.split("\n")]
    width = sorted(map(len, lines))[int(len(lines) * 0.9)]
    joined = lines[:1]
    for before, line in zip(lines, lines[1:], strict=False):
        if hyphen := _hyphenated(before, line, text):
            joined[-1] = joined[-1][:-1] + hyphen.strip(".") + line
        elif _goes_on(before, line, width):
            joined[-1] += " " + line
        else:
            joined.append(line)
    return "\n".join(joined).strip()


def _goes_on(before: str, line: str, width: int) -> bool:
    """Whether `line` continues the sentence of `before`, which ended only at the margin."""
    if len(before) < _SHORT or not line or before[-1] in ".:?!" or _LIST_MARK.match(line):
        return False
    full = len(before) + 1 + len(line.split(maxsplit=1)[0]) >= width * 0.9
    return full or (line[0].islower() and len(before) >= width * 0.6)


def _hyphenated(before: str, line: str, text: str) -> str:
    """What joins a word that a line's end cut: "." for nothing, "-", or "" if none was cut."""
    head, tail = _HYPHENATED.search(before), _FIRST_WORD.match(line)
    if not head or not tail or not line[0].islower():
        return ""
    return "-" if f"{head.group(1)}-{tail.group()}" in text else "."


def _clean(line: str) -> str:
    """Ligatures as letters; no characters that only a private font can show."""
    shown = (
        unicodedata.normalize("NFKC", c) if "\ufb00" <= c <= "\ufb06" else c
        for c in line
        if unicodedata.category(c) not in {"Co", "Cc", "Cn"}
    )
    return "".join(shown).rstrip()
