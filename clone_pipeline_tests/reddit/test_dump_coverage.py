"""Days that dumps hold whole need neither network nor credentials, and no others."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from clone_pipeline.reddit.fetching import is_covered
from clone_pipeline.reddit.shelf import Shelf, open_shelf
from clone_pipeline_tests.reddit import nights
from clone_pipeline_tests.reddit.dumped import (
    LATE,
    NOON,
    NOW,
    ZONE,
    answer,
    fetch,
    post,
    read,
    write,
)
from clone_pipeline_tests.reddit.reddit_server import RedditServer
from clone_pipeline_tests.reddit.reddit_world import World


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    with open_shelf(tmp_path / "reddit.sqlite") as opened:
        yield opened


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "raw_input" / "reddit"
    made.mkdir(parents=True)
    return made


@pytest.mark.parametrize(
    "names",
    [
        ("RS_2015-03.zst", "RC_2015-03.zst"),
        ("RS_2015-03", "RC_2015-03"),
        ("Plants_submissions.zst", "Plants_comments.zst"),
        ("r_plants_posts.jsonl", "r_plants_comments.jsonl"),
        ("plants_submissions.ndjson", "PLANTS_comments.jsonl"),
    ],
)
def test_days_that_a_dump_covers_need_no_network(
    shelf: Shelf, folder: Path, names: tuple[str, str]
) -> None:
    write(
        folder / names[0], post(), post("bb", subreddit="Cats"), post("cc", author="[deleted]"),
        post("dd", created_utc=LATE),
    )  # fmt: skip
    late = answer("c3", link_id="t3_dd", parent_id="t3_dd", created_utc=LATE + 60)
    write(folder / names[1], answer(), answer("c2", parent_id="t1_c1", body="[removed]"), late)
    imported = read(shelf, folder)
    assert (imported.files, imported.submissions, imported.comments) == (2, 3, 3)
    assert imported.skipped == {"other_subreddit": 1}
    fetched = fetch(shelf)
    assert [i.item_id for i in fetched.items] == ["t3_aa", "t1_c1"]
    assert fetched.items[1].permalink == "/r/Plants/comments/aa/_/c1/"
    assert fetched.dropped == {"deleted": 1, "removed": 1}
    assert is_covered(shelf, subreddit="Plants", day=date(2015, 3, 1), zone=ZONE)
    assert not is_covered(shelf, subreddit="Plants", day=date(2015, 2, 28), zone=ZONE)
    with pytest.raises(AssertionError, match="a request"):
        fetch(shelf, date(2015, 4, 1))


def test_the_month_of_all_subreddits_is_covered_to_its_end(shelf: Shelf, folder: Path) -> None:
    write(folder / "RS_2015-03", post())
    read(shelf, folder)
    assert is_covered(shelf, subreddit="Plants", day=date(2015, 3, 31), zone=ZONE)
    assert not is_covered(shelf, subreddit="Plants", day=date(2015, 4, 1), zone=ZONE)


def test_a_subreddits_own_dump_covers_nothing_behind_its_last_item(
    shelf: Shelf, folder: Path
) -> None:
    write(folder / "Plants_submissions", post(), post("dd", created_utc=LATE))
    read(shelf, folder)
    days = {day: date(2015, 3, day) for day in (14, 15, 31)}
    covered = {
        number: is_covered(shelf, subreddit="Plants", day=day, zone=ZONE)
        for number, day in days.items()
    }
    assert covered == {14: True, 15: False, 31: False}


@pytest.mark.parametrize(("day", "requests"), [(29, 0), (30, 1), (31, 1)])
def test_comments_behind_the_end_of_a_dump_are_fetched(
    shelf: Shelf, folder: Path, serve: Callable[..., RedditServer], day: int, requests: int
) -> None:
    made = int(datetime(2015, 3, day, 20, tzinfo=UTC).timestamp())
    world = World(now=int(NOW.timestamp()))
    world.open("Plants", born=1)
    note = world.post("Plants", made)
    answers = [world.reply(note, made + 60), world.reply(note, made + 6 * 3600)]
    serve(world)
    write(folder / "RS_2015-03", post(note.id, created_utc=made))
    held = [a for a in answers if a.created < int(datetime(2015, 4, 1, tzinfo=UTC).timestamp())]
    known = {"link_id": note.name, "parent_id": note.name}
    write(folder / "RC_2015-03", *(answer(a.id, created_utc=a.created, **known) for a in held))
    read(shelf, folder)
    fetched = fetch(shelf, date(2015, 3, day), connect=nights.connect)
    assert (len(fetched.items), fetched.requests) == (3, requests)


def test_submissions_without_their_comments_are_fetched_from_the_api(
    shelf: Shelf, folder: Path, serve: Callable[..., RedditServer]
) -> None:
    world = World(now=int(NOW.timestamp()))
    world.open("Plants", born=1)
    note = world.post("Plants", NOON)
    world.reply(note, NOON + 5)
    server = serve(world)
    write(folder / "RS_2015-03", post(note.id))
    read(shelf, folder)
    assert len(fetch(shelf, connect=nights.connect).items) == 2
    assert server.requests == 1


def test_a_month_that_is_not_over_is_covered_up_to_its_last_item(
    shelf: Shelf, folder: Path
) -> None:
    now = datetime(2015, 3, 20, tzinfo=UTC)
    write(folder / "RS_2015-03", post(), post("bb", created_utc=LATE))
    write(folder / "RC_2015-03", answer(created_utc=LATE))
    read(shelf, folder, clock=lambda: now)
    assert fetch(shelf).items
    with pytest.raises(AssertionError, match="a request"):
        fetch(shelf, date(2015, 3, 16))
