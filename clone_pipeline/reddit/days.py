"""Days in the project's time zone, and the first one that was fetched."""

import logging
import sqlite3
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock_time
from pathlib import Path
from zoneinfo import ZoneInfo

# Names of facts on the shelf.
FIRST_DAY, ZONE = "first_day", "zone"

log = logging.getLogger(__name__)


def now_utc() -> datetime:
    """The time now."""
    return datetime.now(UTC)


def bounds(day: date, zone: ZoneInfo) -> tuple[int, int]:
    """The Unix seconds at which `day` begins and ends in `zone`; 23 to 25 hours apart."""
    starts = [datetime.combine(d, clock_time(), zone) for d in (day, day + timedelta(days=1))]
    return int(starts[0].timestamp()), int(starts[1].timestamp())


def first_day(shelf_path: Path) -> date | None:
    """A week before the first fetch; None if nothing was ever fetched. Makes no file.

    None, too, if the file can't be read: a project opens without it, and who opens the shelf to
    fetch is told what is wrong with it.
    """
    if not shelf_path.exists():
        return None
    try:
        return _first_day(shelf_path)
    except (sqlite3.Error, ValueError) as error:
        log.warning("%s can't be read, so the first day is not known: %s", shelf_path, error)
        return None


def _first_day(shelf_path: Path) -> date | None:
    with closing(sqlite3.connect(f"{shelf_path.resolve().as_uri()}?mode=ro", uri=True)) as db:
        if not db.execute("select 1 from sqlite_master where name = 'facts'").fetchone():
            return None
        row = db.execute("select value from facts where name = ?", (FIRST_DAY,)).fetchone()
    return date.fromisoformat(row[0]) if row else None
