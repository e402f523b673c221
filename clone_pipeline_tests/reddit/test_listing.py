"""A listing covers what it showed, however it ends; what it can't reach is named."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from clone_pipeline.reddit.shelf import Shelf, open_shelf
from clone_pipeline.settings import FaultyInput
from clone_pipeline_tests.reddit.conftest import Serve
from clone_pipeline_tests.reddit.nights import ZONE, fetch
from clone_pipeline_tests.reddit.reddit_world import HOUR, World

DAY = date(2026, 5, 4)
START = int(datetime(2026, 5, 4, tzinfo=ZONE).timestamp())
NIGHT = START + 27 * HOUR


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    with open_shelf(tmp_path / "reddit.sqlite") as opened:
        yield opened


@pytest.fixture
def world() -> World:
    made = World(now=NIGHT)
    made.open("Plants", born=START - 10_000 * HOUR)
    return made


def test_a_day_out_of_reach_names_the_dump_and_is_asked_for_once(
    shelf: Shelf, world: World, serve: Serve
) -> None:
    for number in range(1100):
        world.post("Plants", START - 26 * HOUR + number * 150)
    server = serve(world)
    with pytest.raises(FaultyInput, match="dump that holds this day"):
        fetch(shelf, "Plants", DAY - timedelta(days=2), now=NIGHT)
    asked = server.requests
    with pytest.raises(FaultyInput, match="dump"):
        fetch(shelf, "Plants", DAY - timedelta(days=2), now=NIGHT)
    assert (asked, server.requests) == (11, 11)  # ten pages, and when it was founded
    assert len(fetch(shelf, "Plants", DAY, now=NIGHT, limit=1).items) == 1


def test_days_before_a_young_subreddit_are_empty(shelf: Shelf, serve: Serve) -> None:
    world = World(now=NIGHT)
    world.open("Young", born=START - 3 * HOUR)
    for number in range(150):
        world.post("Young", START - HOUR + number * 60)
    serve(world)
    fetched = fetch(shelf, "Young", DAY - timedelta(days=5), now=NIGHT)
    assert (fetched.items, fetched.entered) == ([], 0)
    assert fetched.notes


def test_a_walk_whose_cursor_was_deleted_starts_anew(
    shelf: Shelf, world: World, serve: Serve
) -> None:
    posts = [world.post("Plants", START - 26 * HOUR + n * 300) for n in range(500)]
    serve(world)
    fetch(shelf, "Plants", DAY, now=NIGHT, limit=1)
    cursor = shelf.db.execute("select cursor from stretches").fetchone()[0]
    world.by_name[cursor].deleted = NIGHT - 1
    fetched = fetch(shelf, "Plants", DAY - timedelta(days=1), now=NIGHT, limit=1)
    assert fetched.entered == sum(START - 24 * HOUR <= p.created < START for p in posts)


def test_an_unknown_subreddit_is_named(shelf: Shelf, world: World, serve: Serve) -> None:
    serve(world)
    with pytest.raises(FaultyInput, match=r"reddit\.subs\.Nowhere"):
        fetch(shelf, "Nowhere", DAY, now=NIGHT)


def test_a_listing_without_any_thread_covers_nothing(
    shelf: Shelf, world: World, serve: Serve
) -> None:
    posts = [world.post("Plants", START + n) for n in range(3)]
    serve(world)
    world.posts["plants"] = []
    with pytest.raises(FaultyInput, match="a listing without any thread"):
        fetch(shelf, "Plants", DAY, now=NIGHT)
    world.posts["plants"] = posts
    assert len(fetch(shelf, "Plants", DAY, now=NIGHT).items) == 3


def test_a_subreddit_without_threads_has_none_before_it_was_founded(
    shelf: Shelf, serve: Serve
) -> None:
    world = World(now=NIGHT)
    world.open("Young", born=START + HOUR)
    serve(world)
    assert fetch(shelf, "Young", DAY - timedelta(days=3), now=NIGHT).entered == 0
    with pytest.raises(FaultyInput, match="a listing without any thread"):
        fetch(shelf, "Young", DAY, now=NIGHT)


@pytest.mark.parametrize("status", [403, 404])
def test_a_subreddit_that_is_hidden_is_named(
    shelf: Shelf, world: World, serve: Serve, status: int
) -> None:
    serve(world).plan = lambda number, path: (status, None)
    with pytest.raises(FaultyInput, match=r"reddit\.subs\.Plants.* public"):
        fetch(shelf, "Plants", DAY, now=NIGHT)
