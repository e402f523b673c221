"""In which order a file's dates stand, and which calendar they follow: by evidence."""

from collections.abc import Sequence
from datetime import date
from itertools import pairwise
from typing import NamedTuple

Numbers = tuple[str, str, str]

FIRST_YEAR = 2009  # of the app
LAST_YEAR = 2100

_BUDDHIST = 543
_BUDDHIST_FROM = 2400
_BUDDHIST_SHORT = FIRST_YEAR + _BUDDHIST - 2500  # two digits from which on a year can't be ours
_PERSIAN = range(1380, 1430)
_NOWRUZ = date(2020, 3, 20).toordinal()  # the first day of the Persian year 1399
_ENOUGH_DAYS = 6
_MUCH_SHORTER = 3
_SPELT = {"d": "day", "m": "month", "y": "year"}


class Order(NamedTuple):
    """The order that was decided, and why it is no more than a guess ("" if it is certain)."""

    letters: str
    doubt: str = ""


def day_of(numbers: Numbers, order: str) -> date | None:
    """The day that three numbers mean in `order` ("dmy", "mdy" or "ymd"); None if there is none.

    Years of the Buddhist era and of the Persian calendar are turned into ours.
    """
    letters = "ymd" if len(numbers[0]) > 2 else order
    by_letter = dict(zip(letters, map(int, numbers), strict=True))
    year, month, day = by_letter["y"], by_letter["m"], by_letter["d"]
    if year in _PERSIAN:
        return _from_persian(year, month, day)
    if year < 100:
        year += 1900 + 57 if year >= _BUDDHIST_SHORT else 2000
    elif year >= _BUDDHIST_FROM:
        year -= _BUDDHIST
    try:
        return date(year, month, day) if FIRST_YEAR <= year <= LAST_YEAR else None
    except ValueError:
        return None


def order_of(days: Sequence[Numbers], *, american: bool) -> Order:
    """The order of day, month and year that the dates speak for, taken together.

    Decided by, in turn: fewest dates that are impossible or a step back in time; a time between
    the first and the last that is much shorter than otherwise; month first where the clock is
    American, else day first.

    Args:
        days: as written, in the file's order, without repetitions one behind the other.
        american: twelve-hour clock and slashes.
    """
    orders = _possible(days, american=american)
    read = {order: [day_of(numbers, order) for numbers in days] for order in orders}
    errors = {order: _errors(read[order]) for order in orders}
    tied = [order for order in orders if errors[order] == min(errors.values())]
    if len({tuple(read[order]) for order in tied}) == 1:
        return Order(tied[0])
    spans = {order: _span(read[order]) for order in tied}
    shortest, second = sorted(tied, key=lambda order: spans[order])[:2]
    clear = spans[shortest] * _MUCH_SHORTER < spans[second]
    chosen = shortest if clear else tied[0]
    return Order(chosen, "" if clear and len(set(days)) >= _ENOUGH_DAYS else _doubt(chosen, tied))


def _possible(days: Sequence[Numbers], *, american: bool) -> tuple[str, ...]:
    first = max((len(numbers[0]) for numbers in days), default=0)
    last = max((len(numbers[2]) for numbers in days), default=0)
    if first > 2:
        return ("ymd",)
    orders = ("mdy", "dmy", "ymd") if american else ("dmy", "mdy", "ymd")
    return orders[:2] if last > 2 else orders


def _errors(days: Sequence[date | None]) -> int:
    known = [day for day in days if day]
    return len(days) - len(known) + sum(later < sooner for sooner, later in pairwise(known))


def _span(days: Sequence[date | None]) -> int:
    known = [day for day in days if day]
    return (max(known) - min(known)).days if known else 0


def _doubt(chosen: str, tied: Sequence[str]) -> str:
    spelt = {order: ", ".join(_SPELT[letter] for letter in order) for order in tied}
    others = " or ".join(spelt[order] for order in tied if order != chosen)
    return f"dates that may stand in the order {others} as well as in {spelt[chosen]}, as read"


def _from_persian(year: int, month: int, day: int) -> date | None:
    """Leap years in the cycle of 33 years, which holds from 1178 to 1633."""
    if not (1 <= month <= 12 and 1 <= day <= 31 - (month > 6)):
        return None
    leaps = sum(_is_leap(between) for between in range(min(year, 1399), max(year, 1399)))
    if month == 12 and day == 30 and not _is_leap(year):
        return None
    days = (year - 1399) * 365 + (leaps if year >= 1399 else -leaps)
    return date.fromordinal(_NOWRUZ + days + 30 * (month - 1) + min(month - 1, 6) + day - 1)


def _is_leap(year: int) -> bool:
    return (year * 8 + 29) % 33 < 8
