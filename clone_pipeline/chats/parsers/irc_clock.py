"""The times of an IRC log, whose lines mostly tell the time of day only."""

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta

from clone_pipeline.chats.parsers.irc_lines import Line

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan ene gen",
            "feb fév fev",
            "mar mär mrz mars",
            "apr avr abr",
            "may mai mag maj",
            "jun juin giu",
            "jul juil lug",
            "aug aoû août ago",
            "sep sept set",
            "oct okt ott out",
            "nov",
            "dec dez déc dic",
        ),
        1,
    )
    for name in names.split()
}
_LONG = re.compile(
    r"(?P<month>[^\W\d]{3,4})\.? +(?P<day>\d{1,2})(?: [\d:]{5,8})?(?: [A-Z]{2,5})? (?P<year>\d{4})"
    r"|(?P<iso>\d{4}-\d{2}-\d{2})"
)
_OF_NAME = re.compile(
    r"(?<!\d)(?P<year>19[89]\d|20\d\d)[-._/]?(?P<month>0[1-9]|1[0-2])[-._/]?"
    r"(?P<day>0[1-9]|[12]\d|3[01])(?!\d)"
)
_STEP_BACK = timedelta(hours=1)
_HALF = timedelta(hours=12)
_LATE = 6  # months back: a new year


def date_in(text: str) -> date | None:
    """The date that a line such as "--- Day changed Tue Jan 06 2004" tells."""
    found = _LONG.search(text)
    if found is None:
        return None
    if found["iso"]:
        return _iso(found["iso"])
    return _date(int(found["year"]), _month(found["month"]), int(found["day"]))


def date_of_name(source_file: str) -> date | None:
    """The last date in a file's name or the folders above it, year first."""
    found = list(_OF_NAME.finditer(source_file))
    if not found:
        return None
    return _date(*(int(found[-1][part]) for part in ("year", "month", "day")))


def has_twelve_hours(hours: Iterable[int]) -> bool:
    """Whether hours in their order are those of a clock that goes from 12 to 1."""
    steps = list(hours)
    within = all(1 <= hour <= 12 for hour in steps)
    return within and any(pair == (12, 1) for pair in zip(steps, steps[1:], strict=False))


class Clock:
    """Turns stamps into times; a step back of more than an hour is midnight (or noon).

    Attributes:
        day: the date that counts now, None while none is known.
    """

    def __init__(self, day: date | None, *, twelve: bool, zoned: bool = False) -> None:
        self.day = day
        self._twelve = twelve
        self._zoned = zoned
        self._ahead = timedelta(0)
        self._half = timedelta(0)
        self._last: timedelta | None = None

    def new_day(self, day: date) -> None:
        """A line said which day it is."""
        if day != self.day:
            self.day, self._last, self._half = day, None, timedelta(0)

    def at(self, line: Line) -> datetime | None:
        """The line's time as it stood on the clock, marked UTC; without a date None.

        If stamps bear their zone, it is the time in UTC.

        Raises:
            ValueError: there is no such time.
        """
        if line.stamp is None:
            return self._when(self._last)
        since = self._since_midnight(line.stamp)
        if self._zoned:
            self._ahead = _ahead(line.stamp["zone"])
        if stated := self._stated(line.stamp):
            self.new_day(stated)
        elif self._last is not None and since < self._last - _STEP_BACK:
            since = self._over(since)
        self._last = since
        return self._when(since)

    def played_back(self, text: str) -> datetime | None:
        """The time "hh:mm[:ss]" of a line that a bouncer repeats: the last one before now."""
        when = self._when(timedelta(**_parts(text)))
        now = self._when(self._last)
        return when - timedelta(days=1) if when and now and when > now else when

    def _since_midnight(self, stamp: re.Match[str]) -> timedelta:
        hour, minute, second = (int(stamp[part] or 0) for part in ("hour", "minute", "second"))
        if stamp["half"]:
            hour = hour % 12 + (12 if stamp["half"][0] in "pP" else 0)
        clock = time(hour, minute, min(second, 59))
        since = timedelta(hours=clock.hour, minutes=clock.minute, seconds=clock.second)
        if not self._twelve or stamp["half"]:
            return since
        return since % _HALF + self._half

    def _stated(self, stamp: re.Match[str]) -> date | None:
        if stamp["date"]:
            return _iso(stamp["date"])
        if not stamp["month"]:
            return None
        month, day = _month(stamp["month"]), int(stamp["day"])
        if stamp["year"]:
            return _date(int(stamp["year"]), month, day)
        if self.day is None:
            return None
        turned = month and month < self.day.month - _LATE
        return _date(self.day.year + bool(turned), month, day)

    def _over(self, since: timedelta) -> timedelta:
        """Noon or midnight has passed."""
        if self._twelve:
            self._half = timedelta(0) if self._half else _HALF
            if self._half:
                return since % _HALF + self._half
            since %= _HALF
        if self.day:
            self.day += timedelta(days=1)
        return since

    def _when(self, since: timedelta | None) -> datetime | None:
        if self.day is None or since is None:
            return None
        return datetime.combine(self.day, time(), UTC) + since - self._ahead


def _ahead(zone: str | None) -> timedelta:
    """How far a clock is ahead of UTC, by "Z", "+01:00" or "-0500"."""
    if zone is None or zone == "Z":
        return timedelta(0)
    ahead = timedelta(hours=int(zone[1:3]), minutes=int(zone[-2:]))
    return -ahead if zone[0] == "-" else ahead


def _parts(text: str) -> dict[str, int]:
    return {
        unit: int(number)
        for unit, number in zip(("hours", "minutes", "seconds"), text.split(":"), strict=False)
    }


def _month(name: str) -> int:
    return _MONTHS.get(name.lower(), _MONTHS.get(name.lower()[:3], 0))


def _iso(text: str) -> date | None:
    return _date(*(int(part) for part in text.split("-")))


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
