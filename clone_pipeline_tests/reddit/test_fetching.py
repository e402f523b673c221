"""A day is fetched once and whole, chosen from as the settings say, and told the same again."""

import random
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from clone_pipeline.reddit.fetching import Fetched, first_day
from clone_pipeline.reddit.shelf import Shelf, open_shelf
from clone_pipeline.settings import FaultyInput
from clone_pipeline_tests.reddit.nights import ZONE, fetch, unreachable
from clone_pipeline_tests.reddit.reddit_server import RedditServer
from clone_pipeline_tests.reddit.reddit_world import HOUR, World

DAY = date(2026, 5, 4)
START = int(datetime(2026, 5, 4, tzinfo=ZONE).timestamp())
NIGHT = START + 27 * HOUR
Serve = Callable[..., RedditServer]


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    with open_shelf(tmp_path / ".private" / "reddit.sqlite") as opened:
        yield opened


@pytest.fixture
def world() -> World:
    made = World(now=NIGHT)
    made.open("Plants", born=START - 10_000 * HOUR)
    return made


def ids(fetched: Fetched) -> set[str]:
    return {item.item_id for item in fetched.items}


def adds_up(fetched: Fetched) -> bool:
    return fetched.entered == len(fetched.items) + sum(fetched.dropped.values())


def test_the_same_call_again_asks_nothing_and_gives_the_same(
    shelf: Shelf, world: World, serve: Serve
) -> None:
    for _ in range(3):
        world.grow(world.post("Plants", START + HOUR), 40, random.Random(1))
    serve(world, page=10)
    once = fetch(shelf, "Plants", DAY, now=NIGHT)
    again = fetch(shelf, "Plants", DAY, now=NIGHT, connect=unreachable)
    assert len(once.items) == 123
    assert once.requests > 4
    assert (again.items, again.entered, again.requests) == (once.items, once.entered, 0)


def test_days_are_those_of_the_projects_zone(shelf: Shelf, world: World, serve: Serve) -> None:
    inside = {world.post("Plants", START).name, world.post("Plants", START + 24 * HOUR - 1).name}
    world.post("Plants", START - 1)
    world.post("Plants", START + 24 * HOUR)
    serve(world)
    fetched = fetch(shelf, "plants", DAY, now=NIGHT)
    assert ids(fetched) == inside
    assert {item.day for item in fetched.items} == {DAY}
    assert len(fetch(shelf, "Plants", DAY - timedelta(days=1), now=NIGHT).items) == 1


def test_what_the_settings_leave_out_is_counted_and_costs_no_request(
    shelf: Shelf, world: World, serve: Serve
) -> None:
    low = world.post("Plants", START, score=1)
    best = world.post("Plants", START + 1, score=50)
    second = world.post("Plants", START + 2, score=40)
    late = world.post("Plants", START + 3, score=30)
    world.post("Plants", START + 4, score=99, text="my GRANDMA's recipe")
    said = world.reply(second, START + 9, text="As Grandma said")
    answer = world.reply(said, START + 10)
    server = serve(world)
    settings = {"type": "top", "limit": 2, "min_score": 10, "filters": ("Grandma",)}
    fetched = fetch(shelf, "Plants", DAY, now=NIGHT, **settings)
    assert ids(fetched) == {best.name, second.name, answer.name}
    assert dict(fetched.dropped) == {"below_min_score": 1, "filtered": 2, "over_limit": 1}
    assert adds_up(fetched)
    assert server.requests == 3
    latest = fetch(shelf, "Plants", DAY, now=NIGHT, **settings | {"type": "new"})
    assert ids(latest) == {second.name, late.name, answer.name}
    assert server.requests == 4, "only the newly chosen thread is fetched"
    assert low.name not in ids(latest)


def test_max_comments_keeps_the_best_scored_chains(
    shelf: Shelf, world: World, serve: Serve
) -> None:
    post = world.post("Plants", START)
    poor = world.reply(post, START + 1, score=1)
    gem = world.reply(poor, START + 2, score=90)
    world.reply(post, START + 3, score=50)
    serve(world)
    fetched = fetch(shelf, "Plants", DAY, now=NIGHT, max_comments=2)
    assert ids(fetched) == {post.name, poor.name, gem.name}
    assert fetched.dropped["over_max_comments"] == 1


def test_what_is_deleted_or_removed_is_dropped_and_counted(
    shelf: Shelf, world: World, serve: Serve
) -> None:
    post = world.post("Plants", START)
    gone = world.reply(post, START + 1, deleted=START + 60)
    left = world.reply(gone, START + 2)
    banned = world.reply(post, START + 3, removed=START + 60)
    world.reply(banned, START + 4, account_gone=START + 60, text="still here")
    world.post("Plants", START + 5, removed=START + 60, text="spam")
    serve(world)
    fetched = fetch(shelf, "Plants", DAY, now=NIGHT)
    assert ids(fetched) == {post.name, left.name}
    assert fetched.dropped["deleted"] == 1
    assert fetched.dropped["removed"] == 1
    assert adds_up(fetched)
    assert not shelf.select("text in ('spam', 'still here')")


def test_of_who_opted_out_no_word_and_no_name_is_on_the_disk(
    shelf: Shelf, world: World, serve: Serve
) -> None:
    post = world.post("Plants", START, author="anna")
    world.reply(post, START + 1, author="QuietOne", text="a secret word")
    left = world.reply(post, START + 2, author="LaterQuiet", text="another word")
    serve(world)
    fetched = fetch(shelf, "Plants", DAY, now=NIGHT, opted_out=["quietone"])
    assert fetched.dropped["author_opted_out"] == 1
    assert left.name in ids(fetched)
    both = {"opted_out": ["quietone", "laterquiet"], "connect": unreachable}
    assert ids(fetch(shelf, "Plants", DAY, now=NIGHT, **both)) == {post.name}
    shelf.db.execute("pragma wal_checkpoint(truncate)")
    for path in shelf.path.parent.iterdir():
        for word in (b"QuietOne", b"secret word", b"LaterQuiet", b"another word"):
            assert word not in path.read_bytes()


def test_a_day_that_is_not_over_is_refused(shelf: Shelf) -> None:
    with pytest.raises(FaultyInput, match="not over"):
        fetch(shelf, "Plants", DAY, now=START + 5 * HOUR, connect=unreachable)


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


def test_the_first_day_is_a_week_before_the_first_fetch(
    tmp_path: Path, world: World, serve: Serve
) -> None:
    path = tmp_path / "reddit.sqlite"
    assert first_day(path) is None
    assert not path.exists()
    world.post("Plants", START)
    serve(world)
    for later in (0, 24):
        with open_shelf(path) as shelf:
            fetch(shelf, "Plants", DAY, now=NIGHT + later * HOUR)
        assert first_day(path) == DAY + timedelta(days=1) - timedelta(days=7)
