"""What Reddit does not show in a bad night is not erased; a night ends, and others get a turn."""

import fcntl
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from clone_pipeline.reddit.due import Due
from clone_pipeline.reddit.looking_up import Hidden
from clone_pipeline.reddit.shelf import Shelf, open_shelf
from clone_pipeline.settings import FaultyInput
from clone_pipeline_tests.reddit.conftest import Serve
from clone_pipeline_tests.reddit.nights import fetch, unreachable
from clone_pipeline_tests.reddit.reddit_world import HOUR, World
from clone_pipeline_tests.reddit.sweeps import DAY, NEXT, NIGHT, START, a_world, swept


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    with open_shelf(tmp_path / "reddit.sqlite") as opened:
        yield opened


@pytest.fixture
def world() -> World:
    return a_world()


def test_an_empty_answer_erases_nothing_before_a_second_one(
    shelf: Shelf, world: World, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    serve(world)
    before = fetch(shelf, "Plants", DAY, now=NIGHT)
    names = dict(world.by_name)
    world.by_name.clear()
    assert swept(shelf, NEXT).deleted == 0
    world.by_name.update(names)
    assert swept(shelf, NEXT + 24 * HOUR).deleted == 0
    world.by_name.clear()
    nights = [swept(shelf, NEXT + n * 24 * HOUR).deleted for n in (2, 3)]
    assert nights == [0, len(before.items)]


@pytest.mark.parametrize("status", [403, 404])
def test_a_subreddit_that_reddit_does_not_show_is_never_erased(
    shelf: Shelf, world: World, serve: Serve, status: int
) -> None:
    server = serve(world)
    before = fetch(shelf, "Plants", DAY, now=NIGHT)
    names = dict(world.by_name)
    world.by_name.clear()
    server.plan = lambda number, path: (status, None) if path.endswith("/about") else None
    assert swept(shelf, NEXT).deleted == 0
    for nights in (1, 2):
        with pytest.raises(Hidden, match="Nothing of it was erased"):
            swept(shelf, NEXT + nights * 24 * HOUR)
    world.by_name.update(names)
    assert swept(shelf, NEXT + 72 * HOUR).deleted == 0
    assert fetch(shelf, "Plants", DAY, now=NEXT, connect=unreachable).items == before.items


def test_only_what_was_missed_before_is_erased_after_an_empty_answer(
    shelf: Shelf, world: World, serve: Serve
) -> None:
    serve(world)
    fetch(shelf, "Plants", DAY, now=NIGHT)
    shelf.db.execute("update items set misses = 1 where created < ?", (START + 10,))
    world.by_name.clear()
    assert swept(shelf, NEXT).deleted == 11


def test_a_refused_look_up_is_explained(shelf: Shelf, world: World, serve: Serve) -> None:
    server = serve(world)
    fetch(shelf, "Plants", DAY, now=NIGHT)
    server.plan = lambda number, path: (403, None)
    with pytest.raises(FaultyInput, match=r"api/info.*Run it again later"):
        swept(shelf, NEXT)


def test_a_night_has_a_bound_and_the_next_one_begins_with_the_rest(
    shelf: Shelf, world: World, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    serve(world)
    fetch(shelf, "Plants", DAY, now=NIGHT)
    monkeypatch.setattr("clone_pipeline.reddit.sweeping._MOST_REQUESTS", 1)
    done = swept(shelf, NEXT)
    assert done.requests == 1
    assert ["51 held items" in note for note in done.notes] == [True]
    assert Due("Plants", datetime.fromtimestamp(NEXT, UTC), None).count(shelf) == 51
    later = NEXT + 24 * HOUR
    assert len(swept(shelf, later).notes) == 1
    checked = shelf.db.execute("select checked, count(*) from items group by checked").fetchall()
    assert checked == [(NEXT, 51), (later, 100)]


def test_others_may_ask_reddit_between_two_batches(
    shelf: Shelf, world: World, serve: Serve
) -> None:
    serve(world)
    fetch(shelf, "Plants", DAY, now=NIGHT)
    free: list[int] = []

    def ask(done: int, total: int) -> None:
        with shelf.path.with_suffix(".lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            free.append(done)

    swept(shelf, NEXT, progress=ask)
    assert free == [100, 151]
