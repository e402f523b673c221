"""A day is fetched once and whole, chosen from as the settings say, and told the same again."""

import random
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from clone_pipeline.reddit.fetching import Fetched, forget, is_covered
from clone_pipeline.reddit.shelf import Shelf, open_shelf
from clone_pipeline.reddit.sweeping import written
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


def test_a_day_is_covered_once_it_was_listed(shelf: Shelf, world: World, serve: Serve) -> None:
    world.post("Plants", START - 60 * HOUR)
    serve(world)
    assert not is_covered(shelf, subreddit="Plants", day=DAY, zone=ZONE)
    fetch(shelf, "Plants", DAY, now=NIGHT)
    assert is_covered(shelf, subreddit="PLANTS", day=DAY, zone=ZONE)
    assert not is_covered(shelf, subreddit="Plants", day=DAY + timedelta(days=1), zone=ZONE)


def test_who_is_forgotten_is_named_by_thread_until_the_tables_are_written(
    shelf: Shelf, world: World, serve: Serve
) -> None:
    post, other = world.post("Plants", START), world.post("Plants", START + 1)
    world.reply(post, START + 2, author="Shy_One")
    world.reply(other, START + 3)
    serve(world)
    fetch(shelf, "Plants", DAY, now=NIGHT)
    assert forget(shelf, opted_out=["nobody"]) == set()
    for _ in range(2):  # the second call is one after a kill
        assert forget(shelf, opted_out=["shy_one"]) == {post.name}
    written(shelf, threads={post.name})
    assert forget(shelf, opted_out=["shy_one"]) == set()
