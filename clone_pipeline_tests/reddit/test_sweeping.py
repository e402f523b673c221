"""What is deleted at Reddit is erased here, from the disk too; edits are taken over."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from clone_pipeline.reddit.shelf import Shelf, open_shelf
from clone_pipeline.reddit.sweeping import written
from clone_pipeline_tests.reddit.nights import fetch, unreachable
from clone_pipeline_tests.reddit.reddit_server import RedditServer
from clone_pipeline_tests.reddit.reddit_world import HOUR, Note, World
from clone_pipeline_tests.reddit.sweeps import DAY, NEXT, NIGHT, START, a_world, swept

Serve = Callable[..., RedditServer]


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    with open_shelf(tmp_path / "reddit.sqlite") as opened:
        yield opened


@pytest.fixture
def post() -> Iterator[Note]:
    made = a_world()
    note = made.posts["plants"][0]
    worlds[note.name] = made
    yield note
    del worlds[note.name]


worlds: dict[str, World] = {}


def test_a_sweep_erases_and_renews_and_names_the_days(
    shelf: Shelf, post: Note, serve: Serve
) -> None:
    world = worlds[post.name]
    serve(world)
    fetch(shelf, "Plants", DAY, now=NIGHT)
    first, second, third, fourth = post.children[100:104]
    first.deleted = second.removed = third.account_gone = NIGHT + HOUR
    fourth.edited, fourth.edited_text = NIGHT + HOUR, "I take that back"
    world.now = NEXT
    done = swept(shelf, NEXT)
    assert (done.days, done.deleted, done.edited, done.requests) == ({DAY}, 3, 1, 2)
    fetched = fetch(shelf, "Plants", DAY, now=NEXT, connect=unreachable)
    assert fetched.dropped == {"deleted": 2, "removed": 1}
    texts = {item.item_id: item.text for item in fetched.items}
    assert texts[fourth.name] == "I take that back"
    shelf.db.execute("pragma wal_checkpoint(truncate)")
    held = shelf.path.read_bytes()
    assert post.children[99].text.encode() in held
    assert not [n for n in (first, second, third, fourth) if n.text.encode() in held]


def test_a_changed_day_is_named_until_its_table_is_written(
    shelf: Shelf, post: Note, serve: Serve
) -> None:
    world = worlds[post.name]
    serve(world)
    fetch(shelf, "Plants", DAY, now=NIGHT)
    post.children[0].deleted, world.now = NIGHT + HOUR, NEXT
    for settings in ({}, {"connect": unreachable}):
        done = swept(shelf, NEXT, **settings)
        assert (done.days, done.threads) == ({DAY}, {post.name})
    written(shelf, threads=["t3_other"])
    assert swept(shelf, NEXT, connect=unreachable).threads == {post.name}
    written(shelf, threads=[post.name])
    done = swept(shelf, NEXT, connect=unreachable)
    assert (done.days, done.threads) == (set(), set())


def test_what_a_sweep_changed_is_named_though_a_run_beside_it_wrote_the_tables(
    shelf: Shelf, post: Note, serve: Serve
) -> None:
    serve(worlds[post.name])
    fetch(shelf, "Plants", DAY, now=NIGHT)
    post.children[0].deleted, worlds[post.name].now = NIGHT + HOUR, NEXT
    done = swept(shelf, NEXT, progress=lambda done, total: written(shelf, threads=[post.name]))
    assert done.threads == {post.name}


def test_a_thread_without_its_submission_is_dropped_whole(
    shelf: Shelf, post: Note, serve: Serve
) -> None:
    world = worlds[post.name]
    serve(world)
    fetch(shelf, "Plants", DAY, now=NIGHT, limit=1)
    post.deleted, world.now = NIGHT + HOUR, NEXT
    assert swept(shelf, NEXT).days == {DAY}
    fetched = fetch(shelf, "Plants", DAY, now=NEXT, connect=unreachable, limit=1)
    assert fetched.items == []
    assert fetched.dropped == {"deleted": 1, "thread_gone": 150}


def test_no_other_thread_is_fetched_in_place_of_one_that_went(
    shelf: Shelf, post: Note, serve: Serve
) -> None:
    world = worlds[post.name]
    world.post("Plants", START - 60)
    late = world.post("Plants", START + HOUR)
    serve(world)
    fetch(shelf, "Plants", DAY, now=NIGHT, limit=1)
    late.deleted, world.now = NIGHT + HOUR, NEXT
    swept(shelf, NEXT)
    fetched = fetch(shelf, "Plants", DAY, now=NEXT, connect=unreachable, limit=1)
    assert fetched.dropped == {"deleted": 1, "over_limit": 1}


def test_what_was_looked_at_today_is_not_asked_for(shelf: Shelf, post: Note, serve: Serve) -> None:
    serve(worlds[post.name])
    fetch(shelf, "Plants", DAY, now=NIGHT)
    assert swept(shelf, NIGHT + HOUR, connect=unreachable).requests == 0
    newer = datetime.fromtimestamp(START + 100, UTC)
    assert swept(shelf, NEXT, newer_than=newer).requests == 1


def test_a_sweep_that_was_cut_short_goes_on_where_it_was(
    shelf: Shelf, post: Note, serve: Serve
) -> None:
    world = worlds[post.name]
    server = serve(world)
    fetch(shelf, "Plants", DAY, now=NIGHT)
    post.children[0].deleted, world.now = NIGHT + HOUR, NEXT

    def cut(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        swept(shelf, NEXT, progress=cut)
    asked = server.requests
    done = swept(shelf, NEXT)
    assert server.requests - asked == 1
    assert done.days == {DAY}, "the day that the first part changed"


def test_who_opts_out_is_erased_without_asking(shelf: Shelf, post: Note, serve: Serve) -> None:
    serve(worlds[post.name])
    fetch(shelf, "Plants", DAY, now=NIGHT)
    done = swept(shelf, NIGHT + HOUR, connect=unreachable, opted_out=["BEN"])
    assert (done.deleted, done.days) == (150, {DAY})
    assert not shelf.select("author = 'ben'")


def test_days_of_another_zone_are_named_in_the_projects(
    shelf: Shelf, post: Note, serve: Serve
) -> None:
    serve(worlds[post.name])
    fetch(shelf, "Plants", DAY, now=NIGHT)
    assert datetime.fromtimestamp(post.created, UTC).date() == DAY - timedelta(days=1)
    done = swept(shelf, NIGHT + HOUR, connect=unreachable, opted_out=["anna"])
    assert done.days == {DAY}
