"""Times as exports write them, in UTC."""

from datetime import UTC, datetime


def in_utc(time: datetime) -> datetime:
    """The time in UTC; one without a zone is taken as UTC.

    Raises:
        OverflowError: it is too near to the end of all times.
    """
    return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
