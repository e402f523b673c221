"""Workbooks are tables of what their cells show."""

import io
from datetime import datetime

import pytest

from clone_pipeline.documents.sheets import read_sheets
from clone_pipeline_tests.documents.office_samples import xlsx


def test_cells_are_written_as_a_sheet_shows_them() -> None:
    rows: list[list[object]] = [
        ["land", "code", "n", "on", "day"],
        ["Namibia", "NA", 1, True, datetime(2026, 1, 2)],
        ["a|b\nc", "null", 0.1 + 0.2, None, datetime(2026, 1, 2, 9, 30)],
    ]
    assert read_sheets(xlsx(rows), old=False).split("\n") == [
        "| land | code | n | on | day |",
        "| --- | --- | --- | --- | --- |",
        "| Namibia | NA | 1 | TRUE | 2026-01-02 |",
        "| a\\|b c | null | 0.3 |  | 2026-01-02 09:30:00 |",
    ]


@pytest.mark.timeout(30)
def test_a_cell_far_away_makes_no_rows_and_columns_between() -> None:
    openpyxl = pytest.importorskip("openpyxl")
    book, made = openpyxl.Workbook(), io.BytesIO()
    for place, text in {"A1": "x", "A1048576": "y", "XFD1": "z"}.items():
        book.active[place] = text
    book.save(made)
    assert read_sheets(made.getvalue(), old=False) == "| x | z |\n| --- | --- |\n| y |  |"


def test_a_sheet_of_scattered_cells_is_not_filled_up() -> None:
    rows: list[list[object]] = [[*[None] * place, f"c{place}"] for place in range(100)]
    assert read_sheets(xlsx(rows), old=False).split("\n")[:2] == ["| c0 |", "| c1 |"]


def test_several_sheets_have_headings_and_empty_ones_are_left_out() -> None:
    text = read_sheets(xlsx([["a"]], [[None]], [["b"]]), old=False)
    assert text == "## Sheet\n\n| a |\n| --- |\n\n## Sheet2\n\n| b |\n| --- |"
