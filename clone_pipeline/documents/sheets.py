"""Excel workbooks as Markdown tables, without the empty rows and columns that they reach over."""

import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, time
from typing import Any

# A table with more places than so many for each filled cell is written without the empty ones.
_SPARSE = 20

_Sheet = tuple[str, Iterable[Sequence[Any]]]


def read_sheets(data: bytes, *, old: bool) -> str:
    """The cells as they were last calculated; several sheets have their names as headings.

    Args:
        data: the workbook.
        old: whether it is of the kind before 2007 (.xls).

    Raises:
        ImportError: openpyxl or xlrd is not installed.
        Exception: whatever these raise if the file is broken.
    """
    sheets = _xls(data) if old else _xlsx(data)
    tables = [(name, text) for name, rows in sheets if (text := _table(rows))]
    if len(tables) == 1:
        return tables[0][1]
    return "\n\n".join(f"## {name}\n\n{text}" for name, text in tables)


def _xlsx(data: bytes) -> Iterator[_Sheet]:
    import openpyxl  # noqa: PLC0415

    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    for sheet in book.worksheets:
        sheet.reset_dimensions()  # else one cell far away makes every row as long as it is far
        yield sheet.title, sheet.iter_rows(values_only=True)


def _xls(data: bytes) -> Iterator[_Sheet]:
    import xlrd  # noqa: PLC0415

    book = xlrd.open_workbook(file_contents=data, ragged_rows=True, logfile=io.StringIO())

    def value(cell: Any) -> Any:
        if cell.ctype == xlrd.XL_CELL_DATE:
            return xlrd.xldate_as_datetime(cell.value, book.datemode)
        if cell.ctype == xlrd.XL_CELL_ERROR:
            return xlrd.error_text_from_code.get(cell.value)
        return bool(cell.value) if cell.ctype == xlrd.XL_CELL_BOOLEAN else cell.value

    for sheet in book.sheets():
        yield sheet.name, (list(map(value, sheet.row(place))) for place in range(sheet.nrows))


def _table(rows: Iterable[Sequence[Any]]) -> str:
    """The filled rows and columns; the first row is the heading."""
    read = (
        {place: text for place, each in enumerate(row) if (text := _text(each))} for row in rows
    )
    filled = [cells for cells in read if cells]
    if not filled:
        return ""
    columns = sorted({place for cells in filled for place in cells})
    if len(filled) * len(columns) > _SPARSE * sum(map(len, filled)):
        return "\n".join(_line(cells.values()) for cells in filled)
    lines = [_line(cells.get(place, "") for place in columns) for cells in filled]
    return "\n".join([lines[0], _line("---" for _ in columns), *lines[1:]])


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _text(value: Any) -> str:
    """A cell as a sheet shows it: no ".0" behind whole numbers, no midnight behind dates."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float):
        return f"{value:.15g}"
    if isinstance(value, datetime) and value.time() == time():
        value = value.date()
    return " ".join(str(value).split()).replace("|", "\\|")
