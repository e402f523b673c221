"""The heads of WhatsApp's lines: where a message begins, and in which order its date stands."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise

MARKS = "\ufeff\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"

_AFTERNOON = ("p", "下午", "午後", "오후")
_HEAD = re.compile(
    rf"^[{MARKS}]*(?P<open>\[)?"
    r"(?P<a>\d{1,4})(?P<sign>[./-])\s?(?P<b>\d{1,2})[./-]\s?(?P<c>\d{1,4})\.?"
    r"(?:,|\s|\s(?:um|à|at|alle|a las|às|kl\.?))\s*"
    r"(?P<early>上午|下午|午前|午後|오전|오후)?\s?"
    r"(?P<hour>\d{1,2})[:.](?P<minute>\d{2})(?:[:.](?P<second>\d{2}))?"
    r"(?:\s?(?P<half>[AaPp]\.?\s?[Mm]\.?))?\s?"
    r"(?(open)\]\s?|\s?[-–—]\s)(?P<rest>.*)$",
    re.DOTALL,
)
_SHARE = 0.05
_BLOCK = 3
_FIRST_YEAR = 2009  # of the app


@dataclass(frozen=True, slots=True)
class Head:
    """The head of a line: three numbers of a date in unknown order, and a time of day."""

    date: tuple[str, str, str]
    sign: str
    hour: int
    minute: int
    second: int
    half: str
    rest: str
    shape: tuple[bool, str, bool, bool, bool]


def head_of(line: str) -> Head | None:
    """The head of `line`, or None where it continues the message above."""
    match = _HEAD.match(line)
    if match is None:
        return None
    a, b, c = match["a"], match["b"], match["c"]
    half = match["half"] or match["early"] or ""
    shape = (
        bool(match["open"]),
        match["sign"],
        len(a) > 2 or len(c) > 2,
        match["second"] is not None,
        bool(half),
    )
    return Head(
        date=(a, b, c),
        sign=match["sign"],
        hour=int(match["hour"]),
        minute=int(match["minute"]),
        second=int(match["second"] or 0),
        half=half.lower(),
        rest=match["rest"],
        shape=shape,
    )


def usual_shapes(heads: Iterable[Head]) -> frozenset[tuple[bool, str, bool, bool, bool]]:
    """The shapes of head that the export uses; a line of any other shape was quoted in a message.

    An export has one shape. A second one is accepted where it is no exception: at least
    three lines and 5 % of all, as in files that someone joined by hand.
    """
    counts = Counter(head.shape for head in heads)
    if not counts:
        return frozenset()
    enough = max(_BLOCK, _SHARE * counts.total())
    most = counts.most_common(1)[0][0]
    return frozenset(shape for shape, n in counts.items() if n >= enough or shape == most)


def order_of(heads: Sequence[Head]) -> str:
    """The order of day, month and year ("dmy", "mdy" or "ymd") that the whole file speaks for.

    Decided by, in turn: fewest dates that are impossible or a step back in time; the shortest
    time between first and last message; month first where the clock is American, else day first.
    """
    american = any(head.half.startswith(("a", "p")) for head in heads) and heads[0].sign == "/"
    orders = ("mdy", "dmy", "ymd") if american else ("dmy", "mdy", "ymd")
    scores = {order: _score(heads, order) for order in orders}
    return min(orders, key=lambda order: scores[order])


def time_of(head: Head, order: str) -> datetime | None:
    """The head's time, taken as UTC (exports name no zone); None if there is no such date."""
    year, month, day = _date(head.date, order)
    hour = head.hour
    if head.half:
        hour = hour % 12 + (12 if head.half.startswith(_AFTERNOON) else 0)
    try:
        return datetime(year, month, day, hour, head.minute, head.second, tzinfo=UTC)
    except ValueError:
        return None


def _date(date: tuple[str, str, str], order: str) -> tuple[int, int, int]:
    by_letter = dict(zip("ymd" if len(date[0]) > 2 else order, date, strict=True))
    year = int(by_letter["y"])
    return year + 2000 if year < 100 else year, int(by_letter["m"]), int(by_letter["d"])


def _score(heads: Sequence[Head], order: str) -> tuple[int, float]:
    times = [time_of(head, order) for head in heads]
    known = [time for time in times if time is not None and time.year >= _FIRST_YEAR]
    back = sum(later < sooner for sooner, later in pairwise(known))
    span = (max(known) - min(known)).total_seconds() if known else 0.0
    return len(times) - len(known) + back, span
