"""A month of nights against a server: refusals, deletions, edits, a huge tree, an outage, kills."""

import math
import os
import random
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from clone_pipeline.records import RedditItem
from clone_pipeline.reddit.fetching import Fetched
from clone_pipeline.reddit.shelf import Shelf, open_shelf
from clone_pipeline.settings import FaultyInput
from clone_pipeline_tests.reddit.nights import ZONE, night
from clone_pipeline_tests.reddit.reddit_server import Fault, RedditServer
from clone_pipeline_tests.reddit.reddit_world import HOUR, Note, World, spoil

FIRST, NIGHTS, SUB = date(2026, 3, 14), 30, "Plants"  # over the change to summer time
HUGE, HUGE_DAY, KILLED, OUTAGE = 5000, 21, (5, 21), (14, 15, 16)
DAYS = [FIRST + timedelta(days=n) for n in range(NIGHTS)]


def at(day: date, hour: int) -> int:
    return int(datetime(day.year, day.month, day.day, hour, tzinfo=ZONE).timestamp())


def a_month(seed: int) -> tuple[World, Note]:
    draw, world = random.Random(seed), World()
    world.open(SUB, born=at(FIRST, 0) - 400 * 24 * HOUR)
    huge: Note | None = None
    for number, day in enumerate(DAYS):
        for _ in range(draw.randint(3, 9)):
            post = world.post(
                SUB, at(day, 0) + draw.randint(0, 20 * HOUR), score=draw.randint(0, 90)
            )
            world.grow(post, draw.randint(0, 25), draw)
        if number == HUGE_DAY:
            huge = world.post(SUB, at(day, 8), title="Everybody answers")
            world.grow(huge, HUGE - 150, draw, chain=0.2)
            world.grow(huge.children[0], 150, draw, chain=1.0)
    assert huge
    spoil(world, draw, until=at(DAYS[-1], 23))
    huge.deleted = huge.removed = huge.account_gone = None
    return world, huge


class Refusals:
    """Seeded refusals, at most one in a row, and a clock that sleeping moves."""

    def __init__(self, seed: int) -> None:
        self.draw, self.now, self.sent, self.last = random.Random(seed), 0.0, 0, 0
        self.dead = False

    def sleep(self, seconds: float) -> None:
        self.now += seconds

    def plan(self, number: int, path: str) -> Fault:
        if self.dead:
            return (521, None)
        if number == self.last + 1 or self.draw.random() > 0.04:
            return None
        self.last, self.sent = number, self.sent + 1
        return (429, self.draw.randint(1, 60)) if self.draw.random() < 0.8 else (521, None)


def held(shelf: Shelf, *, before: int) -> int:
    query = "select count(*) from items where gone is null and checked < ?"
    return int(shelf.db.execute(query, (before,)).fetchone()[0])


def necessary(world: World, shelf: Shelf, days: list[date], *, now: int, page: int) -> int:
    """The fewest requests that this night can do with: each answer as full as Reddit gives it."""
    start, end = at(days[0], 0), at(days[-1] + timedelta(days=1), 0)
    posts = [p for p in world.posts[SUB.lower()] if start <= p.created < end]
    posts = [p for p in posts if not p.is_gone(now)]
    listed = [p for p in world.posts[SUB.lower()] if start <= p.created <= now]
    trees = [len(p.below(now)) for p in posts]
    requests = sum(1 + math.ceil(max(0, count - page) / 100) for count in trees)
    swept = math.ceil(held(shelf, before=now - 20 * HOUR) / 100)
    return max(1, math.ceil(len(listed) / 100)) + requests + swept


def killed_night(
    server: RedditServer, shelf: Path, days: list[date], now: int, draw: random.Random
) -> int:
    """The night in a process of its own that is killed three times; how many kills."""
    kills = 0
    program = [
        sys.executable,
        "-m",
        "clone_pipeline_tests.reddit.nights",
        str(shelf),
        SUB,
        str(now),
    ]
    while True:
        child = subprocess.Popen(program + [str(d) for d in days], stdout=subprocess.DEVNULL)
        limit = server.requests + draw.randint(2, 12) if kills < 3 else math.inf
        before_answer = draw.random() < 0.5

        def kill(number: int, pid: int = child.pid, limit: float = limit) -> None:
            if number == limit:
                os.kill(pid, signal.SIGKILL)

        server.on_request = kill if before_answer else lambda number: kill(number - 1)
        if child.wait(60) == 0:
            server.on_request = lambda number: None
            return kills
        assert child.returncode == -signal.SIGKILL
        kills += 1


def expected(world: World, fetched_at: dict[date, int], now: int) -> set[str]:
    """What a whole and clean set of tables holds: alive, and there when its day was fetched."""
    names = set()
    for post in world.posts[SUB.lower()]:
        day = datetime.fromtimestamp(post.created, UTC).astimezone(ZONE).date()
        if day in fetched_at and not post.is_gone(now):
            names.add(post.name)
            names |= {n.name for n in post.below(fetched_at[day]) if not n.is_gone(now)}
    return names


class Month:
    """Thirty nights against a server, and what was fetched, told and counted in them."""

    def __init__(self, seed: int, path: Path, serve: Callable[..., RedditServer]) -> None:
        self.world, self.huge = a_month(seed)
        self.server, self.path = serve(self.world), path
        self.refusals, self.draw = Refusals(seed), random.Random(seed)
        self.server.clock = lambda: self.refusals.now
        self.tables: dict[date, Fetched] = {}
        self.fetched_at: dict[date, int] = {}
        self.needed = self.kills = 0

    def night(self, number: int) -> None:
        now = self.world.now = at(DAYS[number] + timedelta(days=1), 3)
        missing = [d for d in DAYS[: number + 1] if d not in self.tables]
        self.server.plan, self.refusals.dead = self.refusals.plan, number in OUTAGE
        with open_shelf(self.path) as shelf:
            if self.refusals.dead:
                return self._in_vain(shelf, missing, now)
            self.needed += necessary(self.world, shelf, missing, now=now, page=self.server.page)
        if number in KILLED:
            self._killed(missing, now)
        with open_shelf(self.path) as shelf:
            sent = night(
                shelf, SUB, missing, now=now, sleep=self.refusals.sleep, tables=self.tables
            )
        assert number not in KILLED or sent == 0, "a finished night asked again"
        self.fetched_at |= dict.fromkeys(missing, now)

    def _in_vain(self, shelf: Shelf, missing: list[date], now: int) -> None:
        before = self.server.requests
        with pytest.raises(FaultyInput, match="Run it again later"):
            night(shelf, SUB, missing, now=now, sleep=self.refusals.sleep, tables={})
        self.refusals.sent += self.server.requests - before

    def _killed(self, missing: list[date], now: int) -> None:
        self.server.plan, begun = (lambda number, path: None), self.server.requests
        kills = killed_night(self.server, self.path, missing, now, self.draw)
        asked = Counter(self.server.log[begun:])
        assert sum(asked.values()) - len(asked) <= kills, "a finished request was sent again"
        self.kills += kills

    def items(self) -> list[RedditItem]:
        return [item for day in DAYS for item in self.tables[day].items]
