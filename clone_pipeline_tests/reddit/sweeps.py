"""A thread of 151 items, and the nights that look them up."""

from datetime import UTC, date, datetime
from typing import Any

from clone_pipeline.reddit.shelf import Shelf
from clone_pipeline.reddit.sweeping import Swept, sweep
from clone_pipeline_tests.reddit.nights import ZONE, connect
from clone_pipeline_tests.reddit.reddit_world import HOUR, World

DAY = date(2026, 5, 4)
START = int(datetime(2026, 5, 4, tzinfo=ZONE).timestamp())
NIGHT = START + 27 * HOUR
NEXT = NIGHT + 24 * HOUR


def a_world() -> World:
    made = World(now=NIGHT)
    made.open("Plants", born=START - 10_000 * HOUR)
    note = made.post("Plants", START, text="about basil")
    for number in range(150):
        made.reply(note, START + number, text=f"a word of mine, number {number}")
    return made


def swept(shelf: Shelf, now: int, **given: Any) -> Swept:
    settings: dict[str, Any] = {
        "connect": connect, "subreddit": "Plants", "opted_out": (), "newer_than": None,
        "progress": lambda done, total: None,
        "clock": lambda: datetime.fromtimestamp(now, UTC),
    } | given  # fmt: skip
    return sweep(shelf, **settings)
