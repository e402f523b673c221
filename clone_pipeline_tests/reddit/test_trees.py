"""A tree is whole, or what it lacks is counted; a refusal erases nothing."""

import random
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path

import pytest

from clone_pipeline.reddit.shelf import Shelf, open_shelf
from clone_pipeline.settings import FaultyInput
from clone_pipeline_tests.reddit.conftest import Serve
from clone_pipeline_tests.reddit.nights import ZONE, fetch, unreachable
from clone_pipeline_tests.reddit.reddit_server import Fault, RedditServer
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
    for number in range(3):
        made.grow(made.post("Plants", START + number), 5, random.Random(number))
    return made


def answering(status: int, *beginnings: str) -> Callable[[int, str], Fault]:
    return lambda number, path: (status, None) if path.startswith(beginnings) else None


def untouched(shelf: Shelf, world: World, server: RedditServer) -> bool:
    """Whether the next fetch, of a Reddit that answers again, gives everything."""
    server.plan = lambda number, path: None
    fetched = fetch(shelf, "Plants", DAY, now=NIGHT)
    return {item.item_id for item in fetched.items} == set(world.by_name)


def test_pages_that_are_forbidden_for_a_night_erase_nothing(
    shelf: Shelf, world: World, serve: Serve
) -> None:
    server = serve(world)
    server.plan = answering(403, "/comments/")
    with pytest.raises(FaultyInput, match="Run it again later"):
        fetch(shelf, "Plants", DAY, now=NIGHT)
    assert untouched(shelf, world, server)


def test_a_page_that_is_missing_erases_nothing_that_reddit_still_tells_of(
    shelf: Shelf, world: World, serve: Serve
) -> None:
    server = serve(world)
    server.plan = answering(404, "/comments/")
    with pytest.raises(FaultyInput, match="still tells of"):
        fetch(shelf, "Plants", DAY, now=NIGHT)
    assert untouched(shelf, world, server)


def test_a_page_that_is_missing_erases_nothing_while_the_subreddit_is_hidden(
    shelf: Shelf, world: World, serve: Serve
) -> None:
    server = serve(world)
    server.plan = answering(404, "/comments/", "/r/Plants/about", "/r/plants/about")
    names = dict(world.by_name)
    world.by_name.clear()
    with pytest.raises(FaultyInput, match="Nothing of it was erased"):
        fetch(shelf, "Plants", DAY, now=NIGHT)
    world.by_name.update(names)
    assert untouched(shelf, world, server)


def test_a_thread_without_page_of_which_reddit_tells_nothing_is_deleted(
    shelf: Shelf, world: World, serve: Serve
) -> None:
    server, gone = serve(world), world.posts["plants"][1]
    del world.by_name[gone.name]
    server.plan = answering(404, f"/comments/{gone.id}/")
    fetched = fetch(shelf, "Plants", DAY, now=NIGHT)
    assert fetched.dropped == {"deleted": 1}
    assert len(fetched.items) == 12


def test_replies_behind_a_page_that_is_missing_are_counted(
    shelf: Shelf, world: World, serve: Serve
) -> None:
    parent = world.posts["plants"][0]
    for number in range(25):
        parent = world.reply(parent, START + 60 + number)
    server = serve(world)
    server.plan = lambda number, path: (404, None) if "/_/" in path else None
    once = fetch(shelf, "Plants", DAY, now=NIGHT)
    assert once.dropped == {"not_shown": 1}
    assert once.entered == len(once.items) + 1
    again = fetch(shelf, "Plants", DAY, now=NIGHT, connect=unreachable)
    assert (again.dropped, again.entered) == (once.dropped, once.entered)


def test_a_refusal_of_more_children_is_explained_and_the_tree_goes_on_later(
    shelf: Shelf, world: World, serve: Serve
) -> None:
    server = serve(world, page=2)
    server.plan = answering(403, "/api/morechildren")
    with pytest.raises(FaultyInput, match="Run it again later"):
        fetch(shelf, "Plants", DAY, now=NIGHT)
    assert untouched(shelf, world, server)
