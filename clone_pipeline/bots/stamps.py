"""Times as the queue's file holds them: UTC, as text of one width, which sorts as times do."""

from datetime import UTC, datetime


def stamp(moment: datetime) -> str:
    """The time as text.

    Raises:
        ValueError: it names no zone.
    """
    if moment.tzinfo is None:
        raise ValueError(f"{moment.isoformat()} names no time zone")
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def moment_of(stamped: str | None) -> datetime | None:
    """The time of a stamp."""
    return None if stamped is None else datetime.fromisoformat(stamped)
