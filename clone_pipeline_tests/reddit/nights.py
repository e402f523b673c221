"""A night as the schedule runs it; as a program: SHELF SUBREDDIT NOW DAY.. prints what it told."""

import json
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from clone_pipeline.reddit.fetching import Fetched, fetch_day
from clone_pipeline.reddit.session import connect as connect_praw
from clone_pipeline.reddit.shelf import Shelf, open_shelf
from clone_pipeline.reddit.sweeping import Swept, sweep, written

if TYPE_CHECKING:
    import praw

ZONE = ZoneInfo("Europe/Berlin")
ENVIRONMENT = {"REDDITCLIENT": "id", "REDDITSECRET": "secret", "REDDITAGENT": "anna"}
FETCHING: dict[str, Any] = {
    "zone": ZONE, "type": "new", "limit": None, "min_score": None, "max_comments": None,
    "filters": (), "opted_out": (), "progress": lambda done, total: None,
}  # fmt: skip


def connect() -> "praw.Reddit":
    return connect_praw(
        client_id_env="REDDITCLIENT", client_secret_env="REDDITSECRET",
        username_env="REDDITAGENT", password_env="REDDITPASSWORD",
    )  # fmt: skip


def unreachable() -> "praw.Reddit":
    raise AssertionError("a request was to be sent")


def fetch(shelf: Shelf, subreddit: str, day: date, *, now: int, **given: Any) -> Fetched:
    settings = FETCHING | {"connect": connect, "clock": lambda: datetime.fromtimestamp(now, UTC)}
    return fetch_day(shelf, subreddit=subreddit, day=day, **settings | given)


def night(
    shelf: Shelf, subreddit: str, days: Sequence[date], *, now: int,
    sleep: Callable[[float], None], tables: dict[date, Fetched] | None,
    patience: float = 900,
) -> int:  # fmt: skip
    """Sweep, write the tables that this changed, fetch these days; the requests sent."""
    swept: Swept = sweep(
        shelf, connect=connect, subreddit=subreddit, opted_out=(), newer_than=None,
        progress=lambda done, total: None, sleep=sleep, patience=patience,
        clock=lambda: datetime.fromtimestamp(now, UTC),
    )  # fmt: skip
    sent = swept.requests
    changed = swept.days & set(tables or ())
    for day in sorted({*days, *changed}):
        fetched = fetch(shelf, subreddit, day, now=now, sleep=sleep, patience=patience)
        sent += fetched.requests
        if tables is not None:
            tables[day] = fetched
    if tables is not None:
        written(shelf, threads=swept.threads)
    return sent


def main(arguments: list[str]) -> None:
    days = [date.fromisoformat(day) for day in arguments[3:]]
    with open_shelf(Path(arguments[0])) as shelf:
        sent = night(
            shelf, arguments[1], days, now=int(arguments[2]), sleep=lambda _: None, tables=None
        )
    sys.stdout.write(json.dumps({"requests": sent}) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
