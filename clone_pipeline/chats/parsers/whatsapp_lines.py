"""The heads of WhatsApp's lines: where a message begins, and the date and time it bears.

Source of the forms: the short date and time patterns of Unicode CLDR 48, which the app uses.
"""

import re
from collections import Counter
from datetime import UTC, date, datetime
from typing import NamedTuple

from clone_pipeline.chats.parsers.whatsapp_clock import MARKS, glue_and_half, half_of, hour_of
from clone_pipeline.chats.parsers.whatsapp_dates import Numbers

_M = f"[{MARKS}]*"
_SIGN = r"[./\-／．－‐‑–年月년월]"
_DATE = (
    rf"(?P<a>\d{{1,4}}){_M}\s?(?P<sign>{_SIGN}|\s){_M}\s?"
    rf"(?P<b>\d{{1,2}}){_M}\s?(?:{_SIGN}|\s){_M}\s?(?P<c>\d{{1,4}})[日일]?\.?"
)
_TIME = (
    rf"(?P<hour>\d{{1,2}}){_M}(?:[:.：٫]|\s?h\s){_M}(?P<minute>\d{{1,2}})"
    rf"(?:{_M}(?:[:.：٫]|\s?min\s){_M}(?P<second>\d{{1,2}})(?:\s?s\b)?)?"
)
_WORDS = r"[^\d\[\]［］():：<>{}\n]{0,24}?"
_END = r"(?(open)[\]］]\s?|(?:\s?[-–—]\s|:\s(?=\S)))(?P<rest>.*)$"
_FORMS = tuple(
    re.compile(rf"^{_M}(?P<open>[\[［])?{_M}{form}{_M}\)?{_END}", re.DOTALL)
    for form in (
        rf"{_DATE}(?P<between>{_WORDS})\(?{_TIME}(?P<half>{_WORDS})",
        rf"(?P<early>{_WORDS}){_TIME}(?P<half>{_WORDS})(?P<between>\s){_DATE}(?:{_WORDS})",
    )
)
_MAYBE = re.compile(rf"^{_M}[\[［]?[^\n:\[\]]{{0,24}}?\d")
_SHARE = 0.05
_BLOCK = 3

# Opened by a bracket, the first separator, four digits of a year, seconds, parts of the day,
# time before date.
Shape = tuple[bool, str, bool, bool, bool, bool]


class Head(NamedTuple):
    """The head of a line: three numbers of a date in unknown order, a time of day, the rest."""

    date: Numbers
    hour: int
    minute: int
    second: int
    rest: str
    shape: Shape


def head_of(line: str) -> Head | None:
    """The head of `line`, or None where it continues the message above."""
    if not _MAYBE.match(line):
        return None
    for time_first, form in enumerate(_FORMS):
        match = form.match(line)
        head = _head(match, time_first=bool(time_first)) if match else None
        if head:
            return head
    return None


def _head(match: re.Match[str], *, time_first: bool) -> Head | None:
    between = True if time_first else glue_and_half(match["between"])
    named = match["half"] if match["half"].strip() else (match["early"] if time_first else "")
    half = half_of(named) if named.strip(" ,") else None
    if between is False or (named.strip(" ,") and half is None):
        return None
    if not isinstance(between, bool):
        half = between
    if (
        not match["open"]
        and match["second"] is None
        and ": " in match.string[: match.start("rest")]
    ):
        return None
    hour, minute, second = int(match["hour"]), int(match["minute"]), int(match["second"] or 0)
    if hour > 24 or minute > 59 or second > 60:
        return None
    a, b, c = match["a"], match["b"], match["c"]
    year_first = len(a) > 2
    shape = (bool(match["open"]), match["sign"], year_first or len(c) > 2)
    rest = (match["second"] is not None, half is not None, time_first)
    return Head(
        (a, b, c), hour_of(hour, half) % 24, minute, min(second, 59), match["rest"], shape + rest
    )


def usual_shapes(counts: Counter[Shape]) -> frozenset[Shape]:
    """The shapes of head that the export uses; a line of any other shape was quoted in a message.

    An export has one shape. A second one is accepted where it is no exception: at least
    three lines and 5 % of all, as in files that someone joined by hand.
    """
    if not counts:
        return frozenset()
    enough = max(_BLOCK, _SHARE * counts.total())
    most = counts.most_common(1)[0][0]
    return frozenset(shape for shape, n in counts.items() if n >= enough or shape == most)


def time_of(head: Head, day: date) -> datetime:
    """The head's time on `day`, the wall clock's taken as UTC: exports name no zone."""
    return datetime(day.year, day.month, day.day, head.hour, head.minute, head.second, tzinfo=UTC)
