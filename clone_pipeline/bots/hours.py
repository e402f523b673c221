"""Quiet hours: stretches of the day, in the bot's time zone, in which it sends nothing."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Literal, get_args
from zoneinfo import ZoneInfo

Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
DAYS: tuple[Day, ...] = get_args(Day)
_DAY = timedelta(days=1)
_CLOCK = r"(?:[01]\d|2[0-3]):[0-5]\d"
_DAY_NAME = f"(?:{'|'.join(DAYS)})"
_STRETCH = re.compile(
    rf"(?:(?P<days>{_DAY_NAME}(?:,{_DAY_NAME})*) )?(?P<start>{_CLOCK})-(?P<end>{_CLOCK})"
)


@dataclass(frozen=True, slots=True)
class Stretch:
    """From `start` until before `end`, on the next day if that is earlier.

    `days` are the week days on which it starts, Monday 0.
    """

    start: time
    end: time
    days: frozenset[int]


@lru_cache(maxsize=1024)
def stretch(text: str) -> Stretch:
    """The stretch that a text such as "22:00-07:00" or "sat,sun 00:00-10:00" means.

    Raises:
        ValueError: it is no such text, or starts when it ends.
    """
    found = _STRETCH.fullmatch(text.strip().lower())
    if not found:
        raise ValueError(f'{text!r}: write it as "22:00-07:00" or "sat,sun 00:00-10:00"')
    start, end = time.fromisoformat(found["start"]), time.fromisoformat(found["end"])
    if start == end:
        raise ValueError(f"{text!r}: it starts when it ends; give it a length below a day")
    named = found["days"].split(",") if found["days"] else DAYS
    return Stretch(start, end, frozenset(DAYS.index(day) for day in DAYS if day in named))


def covers_week(texts: Sequence[str]) -> bool:
    """Whether the stretches leave no minute of a week."""
    covered: set[int] = set()
    for each in map(stretch, texts):
        start, end = _minute(each.start), _minute(each.end)
        length = (end - start) % 1440
        for day in each.days:
            first = day * 1440 + start
            covered.update((first + offset) % 10_080 for offset in range(length))
    return len(covered) == 10_080


def quiet_until(at: datetime, texts: Sequence[str], *, zone: ZoneInfo) -> datetime | None:
    """When the quiet hours that `at` lies in end (UTC), None if it lies in none.

    Stretches that touch or overlap are one. A clock time that a change to summer time skips is
    read with the offset before the change, as RFC 5545 (3.3.5) says; of one that comes twice, a
    stretch starts at the first and ends at the last.
    """
    asked = moment = at.astimezone(UTC)
    stretches = [stretch(text) for text in texts]
    while later := max(
        (end for start, end in _around(moment, stretches, zone) if start <= moment < end),
        default=None,
    ):
        moment = later
        if moment - asked > 8 * _DAY:
            break
    return moment if moment > asked else None


def awake_delay(now: datetime, delay: float, texts: Sequence[str], *, zone: ZoneInfo) -> float:
    """`delay`, put off if it would end in quiet hours: then it starts when they end.

    If that would end in the next ones, it ends with the first.
    """
    moment = now.astimezone(UTC)
    end = quiet_until(moment + timedelta(seconds=delay), texts, zone=zone)
    if end is None:
        return delay
    rested = (end - moment).total_seconds()
    again = quiet_until(end + timedelta(seconds=delay), texts, zone=zone)
    return rested if again else rested + delay


def instant(day: date, clock: time, *, zone: ZoneInfo, last: bool = False) -> datetime:
    """That clock time of that day (UTC); if it comes twice, the first, or the `last`.

    One that is skipped is read with the offset before the change.
    """
    local = datetime.combine(day, clock)
    found = local.replace(tzinfo=zone, fold=int(last)).astimezone(UTC)
    if found.astimezone(zone).replace(tzinfo=None, fold=0) != local:
        found = local.replace(tzinfo=zone, fold=0).astimezone(UTC)
    return found


def _around(
    at: datetime, stretches: Sequence[Stretch], zone: ZoneInfo
) -> Iterator[tuple[datetime, datetime]]:
    """Beginning and end of the stretches that start the day before, on that day, or after it."""
    today = at.astimezone(zone).date()
    for each in stretches:
        for day in (today - _DAY, today, today + _DAY):
            if day.weekday() in each.days:
                until = day if each.end > each.start else day + _DAY
                yield (
                    instant(day, each.start, zone=zone),
                    instant(until, each.end, zone=zone, last=True),
                )


def _minute(clock: time) -> int:
    return clock.hour * 60 + clock.minute
