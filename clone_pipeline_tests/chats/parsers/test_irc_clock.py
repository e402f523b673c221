from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from clone_pipeline.chats.parsers.irc_clock import date_in, date_of_name, has_twelve_hours
from clone_pipeline_tests.chats.parsers.test_irc import parse


def test_a_clock_of_twelve_hours_passes_noon_and_midnight(tmp_path: Path) -> None:
    hours = [11, 12, 1, 11, 12, 3]
    text = "".join(f"[{hour:02}:30] <a> x{at}\n" for at, hour in enumerate(hours))
    found = parse(tmp_path / "1", text, "2005-08-08.log")
    assert [m.timestamp for m in found] == [
        datetime(2005, 8, day, hour, 30, tzinfo=UTC)
        for day, hour in [(8, 11), (8, 12), (8, 13), (8, 23), (9, 0), (9, 3)]
    ]


def test_lines_before_the_first_change_of_day_are_of_the_day_before(tmp_path: Path) -> None:
    text = "23:50 <a> x\n--- Day changed Tue Jan 06 2004\n00:10 <a> y\n"
    found = parse(tmp_path / "1", text)
    assert [m.timestamp and m.timestamp.date() for m in found] == [
        date(2004, 1, 5),
        date(2004, 1, 6),
    ]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("--- Day changed Tue Jan 06 2004", date(2004, 1, 6)),
        ("--- Log opened Mo M\u00e4r 05 12:00:00 2004", date(2004, 3, 5)),
        ("**** BEGIN LOGGING AT Mon Jan  5 12:00:00 2004", date(2004, 1, 5)),
        ("--- Day changed 2004-02-30", None),
        ("--- Log opened", None),
    ],
)
def test_lines_that_tell_the_day(text: str, day: date | None) -> None:
    assert date_in(text) == day


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("#g.2004-11-15.log", date(2004, 11, 15)),
        ("2004-11-15_03.raw.txt", date(2004, 11, 15)),
        ("g_20041115.log", date(2004, 11, 15)),
        ("2004/11/15/#ubuntu.txt", date(2004, 11, 15)),
        ("2004-13-15.log", None),
        ("g.log", None),
    ],
)
def test_names_that_tell_the_day(name: str, day: date | None) -> None:
    assert date_of_name(name) == day


def test_a_clock_has_twelve_hours_if_it_goes_from_twelve_to_one() -> None:
    assert has_twelve_hours([11, 12, 1])
    assert not has_twelve_hours([9, 10, 11, 12])
    assert not has_twelve_hours([12, 1, 13])
