"""The rows of a CSV file by the names in its first line, at constant memory."""

import csv
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from clone_pipeline.chats.parsers.text_lines import LONGEST_LINE, TextLines, text_of
from clone_pipeline.chats.partly import Losses


def header_of(first: str) -> tuple[list[str], str]:
    """The names in a CSV's first line, in lower case, and the delimiter between them."""
    delimiter = max(",;\t", key=first.count)
    try:
        names = next(csv.reader([first.rstrip("\r\n")], delimiter=delimiter), [])
    except csv.Error:
        names = []
    return [name.strip().lower() for name in names], delimiter


def columns_of(head: bytes) -> list[str]:
    """The names in the first line of a file that begins with `head`; none if it is no text."""
    first = (text_of(head) or "").lstrip().partition("\n")[0]
    return header_of(first)[0]


def csv_rows(
    path: Path, losses: Losses, *, fix: str, other: str | None = None
) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows with their numbers from 1; cells without a name are left out.

    A field that never ends, as behind a stray quotation mark, is lost up to `LONGEST_LINE`.

    Args:
        path: comma, semicolon or tab between the cells; quoted cells may hold lines.
        losses: what can't be read is counted there.
        fix: what the user can do about a row that is no CSV.
        other: the encoding of lines that are not UTF-8.
    """
    lines = TextLines(path, losses, other=other)
    each = iter(lines)
    first = next((line for line in each if line.strip()), None)
    if first is None:
        lines.tell()
        return
    names, delimiter = header_of(first)
    csv.field_size_limit(LONGEST_LINE)
    reader = csv.reader(chain(each), delimiter=delimiter)
    for number, cells in enumerate(_cells(reader, losses, fix), 1):
        if cells:
            yield number, dict(zip(names, cells, strict=False))
    lines.tell()


def _cells(reader: "Iterator[list[str]]", losses: Losses, fix: str) -> Iterator[list[str]]:
    """What the reader gives; it goes on at the next line behind a row that is no CSV."""
    while True:
        try:
            yield next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            losses.lose(f"a row that is no CSV ({error})", fix)
            yield []
