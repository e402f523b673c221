"""When the next post is due: every so many hours, or at clock times of week days."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, StringConstraints

from clone_pipeline.bots.hours import DAYS, Day, instant

# A clock time that was missed by more than this, because the bot was off, is left out.
GRACE = timedelta(hours=1)


def _quoted(value: Any) -> Any:
    """YAML reads 22:00 without quotes as the number 1320."""
    if isinstance(value, int):
        raise ValueError("write the time in quotes, as in '22:00'")
    return value


Clock = Annotated[
    str,
    BeforeValidator(_quoted),
    StringConstraints(pattern=r"^([01]\d|2[0-3]):[0-5]\d$"),
]


def next_post(
    *,
    now: datetime,
    last_post: datetime | None,
    post_frequency: float,
    post_schedule: Mapping[Day, Sequence[str]],
    zone: ZoneInfo,
) -> datetime | None:
    """When a post is due (UTC), which may be past; None if none is ever.

    Args:
        now: aware.
        last_post: when the last post was sent, None if there was none: with `post_frequency`
            one is due at once.
        post_frequency: hours between two posts; 0: not by hours.
        post_schedule: {week day ("mon" to "sun"): clock times ("09:30")}; each is used once, and
            left out if it is more than an hour past.
        zone: in which the clock times are.
    """
    if post_frequency > 0:
        since = last_post.astimezone(UTC) if last_post else None
        return since + timedelta(hours=post_frequency) if since else now.astimezone(UTC)
    earliest = now.astimezone(UTC) - GRACE
    after = max(last_post, earliest) if last_post else earliest
    today = now.astimezone(zone).date()
    slots = (
        instant(day, time.fromisoformat(clock), zone=zone)
        for day in (today + timedelta(days=offset) for offset in range(-1, 9))
        for clock in post_schedule.get(DAYS[day.weekday()], ())
    )
    return min((slot for slot in slots if slot > after), default=None)
