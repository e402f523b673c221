"""When to send, to wait and to give up: pure functions of facts."""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Literal

Kind = Literal["again", "final", "fatal"]

FIRST_SECONDS = 0.5  # upper bound of the first pause after a failure
LONGEST_SECONDS = 60.0  # upper bound of any pause that the endpoint did not ask for
UNREACHED_SECONDS = 10.0  # patience with an endpoint that has never answered at all


def kind_of(status: int | None, body: str = "") -> Kind:
    """What a failed request means.

    Args:
        status: the HTTP status; None if the connection failed or broke.
        body: what came with it; tells an exhausted quota from a rate limit.

    Returns:
        "again": worth another try (no reply, 408, 409, 425, 429, 5xx, a broken 200).
        "final": this request will never be answered.
        "fatal": nor will any other (wrong key, model, address, or no money).
    """
    if status is None or status == 200:
        return "again"
    if status in (401, 402, 403, 404, 405) or 300 <= status < 400:
        return "fatal"
    if status == 429 and "insufficient_quota" in body:
        return "fatal"
    if status in (408, 409, 425, 429) or (status >= 500 and status not in (501, 505)):
        return "again"
    return "final"


def requested_pause(headers: Mapping[str, str], *, now: datetime) -> float | None:
    """Seconds that the endpoint asks to wait: `retry-after-ms`, else `Retry-After`.

    `Retry-After` is seconds or an HTTP date (RFC 9110, 10.2.3). Unreadable or absent: None;
    a date that has passed: 0.
    """
    for name, unit in (("retry-after-ms", 0.001), ("Retry-After", 1.0)):
        value = headers.get(name, "").strip()
        if value.replace(".", "", 1).isdecimal() and value.isascii():
            return float(value) * unit
        if value and unit == 1.0:
            try:
                date = parsedate_to_datetime(value)
            except ValueError:
                return None
            date = date if date.tzinfo else date.replace(tzinfo=UTC)
            return max(0.0, (date - now).total_seconds())
    return None


def pause(attempt: int, *, asked: float | None, draw: float) -> float:
    """Seconds to wait before the next try.

    Args:
        attempt: how many tries have failed, from 1.
        asked: what the endpoint asked for; never waited less, a little more so that not all
            come back at the same instant.
        draw: a random number in [0, 1): full jitter over an exponentially growing bound.
    """
    bound = min(LONGEST_SECONDS, FIRST_SECONDS * 2.0 ** min(attempt - 1, 16))
    return draw * bound if asked is None else asked + draw * min(bound, 1.0)


def gives_up(
    elapsed: float, wait: float, *, patience: float, answered_before: bool, connected: bool
) -> bool:
    """Whether another try after `wait` more seconds would come too late.

    Args:
        elapsed: seconds since the first try.
        wait: seconds until the next one.
        patience: longest time for one request, in seconds.
        answered_before: the endpoint has answered some request of this connection.
        connected: this try reached the endpoint. One that was never reached is more likely a
            wrong address, or a server not started, than a passing fault: less patience.
    """
    limit = patience if answered_before or connected else min(patience, UNREACHED_SECONDS)
    return elapsed + wait > limit


def is_broken(failures_in_a_row: int, *, limit: int, fatal: bool) -> bool:
    """Whether to stop asking: so many final failures in a row, or one that meets every request."""
    return fatal or failures_in_a_row >= limit


def waiting_sentence(host: str, ages: list[float], last_trouble: str) -> str:
    """What is awaited: "12 requests to 127.0.0.1:8000, the oldest since 61 s"; "" if nothing."""
    if not ages:
        return ""
    word = "request" if len(ages) == 1 else "requests"
    sentence = f"{len(ages)} {word} to {host}, the oldest since {max(ages):.0f} s"
    return f"{sentence} (last trouble: {last_trouble})" if last_trouble else sentence
