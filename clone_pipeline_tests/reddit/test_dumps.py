"""Dumps give the days that the API no longer gives, without network or credentials."""

import json
import random
import tracemalloc
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import zstandard

from clone_pipeline.reddit.dumps import Imported, import_dumps
from clone_pipeline.reddit.fetching import Fetched
from clone_pipeline.reddit.shelf import Shelf, open_shelf
from clone_pipeline.settings import FaultyInput
from clone_pipeline_tests.reddit import nights
from clone_pipeline_tests.reddit.nights import unreachable
from clone_pipeline_tests.reddit.reddit_server import RedditServer
from clone_pipeline_tests.reddit.reddit_world import World

ZONE, DAY = ZoneInfo("UTC"), date(2015, 3, 10)
NOON = int(datetime(2015, 3, 10, 12, tzinfo=UTC).timestamp())
NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    with open_shelf(tmp_path / "reddit.sqlite") as opened:
        yield opened


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "raw_input" / "reddit"
    made.mkdir(parents=True)
    return made


def post(item: str = "aa", **given: Any) -> dict[str, Any]:
    plain = {
        "id": item, "subreddit": "Plants", "author": "anna", "title": "Basil", "selftext": "wilts",
        "is_self": True, "score": 7, "created_utc": str(NOON), "edited": False,
    }  # fmt: skip
    return plain | given


def answer(item: str = "c1", **given: Any) -> dict[str, Any]:
    plain = {
        "id": item, "subreddit": "Plants", "author": "ben", "body": "water it", "link_id": "t3_aa",
        "parent_id": "t3_aa", "score": 2, "created_utc": NOON + 60,
    }  # fmt: skip
    return plain | given


def write(path: Path, *things: dict[str, Any] | str) -> Path:
    lines = [t if isinstance(t, str) else json.dumps(t, separators=(",", ":")) for t in things]
    text = "".join(f"{line}\n" for line in lines).encode()
    if path.suffix == ".zst":
        parameters = zstandard.ZstdCompressionParameters(window_log=31, enable_ldm=True)
        packer = zstandard.ZstdCompressor(compression_params=parameters)
        half = len(text) // 2
        text = packer.compress(text[:half]) + packer.compress(text[half:])  # two frames
    path.write_bytes(text)
    return path


def read(shelf: Shelf, folder: Path, **given: Any) -> Imported:
    settings: dict[str, Any] = {
        "subreddits": ["plants"], "zone": ZONE, "opted_out": (), "clock": lambda: NOW,
        "progress": lambda done, total: None,
    } | given  # fmt: skip
    return import_dumps(shelf, folder, **settings)


def fetch(shelf: Shelf, day: date = DAY, **given: Any) -> Fetched:
    settings = {"zone": ZONE, "connect": unreachable} | given
    return nights.fetch(shelf, "Plants", day, now=int(NOW.timestamp()), **settings)


@pytest.mark.parametrize(
    "names",
    [
        ("RS_2015-03.zst", "RC_2015-03.zst"),
        ("RS_2015-03", "RC_2015-03"),
        ("Plants_submissions.zst", "Plants_comments.zst"),
        ("plants_submissions.ndjson", "PLANTS_comments.jsonl"),
    ],
)
def test_days_that_a_dump_covers_need_no_network(
    shelf: Shelf, folder: Path, names: tuple[str, str]
) -> None:
    write(folder / names[0], post(), post("bb", subreddit="Cats"), post("cc", author="[deleted]"))
    write(folder / names[1], answer(), answer("c2", parent_id="t1_c1", body="[removed]"))
    imported = read(shelf, folder)
    assert (imported.files, imported.submissions, imported.comments) == (2, 2, 2)
    assert imported.skipped == {"other_subreddit": 1}
    fetched = fetch(shelf)
    assert [i.item_id for i in fetched.items] == ["t3_aa", "t1_c1"]
    assert fetched.items[1].permalink == "/r/Plants/comments/aa/_/c1/"
    assert fetched.dropped == {"deleted": 1, "removed": 1}
    assert fetch(shelf, date(2015, 3, 31)).items == []
    with pytest.raises(AssertionError, match="a request"):
        fetch(shelf, date(2015, 4, 1))


def test_a_dump_is_read_once_and_again_for_a_new_subreddit(shelf: Shelf, folder: Path) -> None:
    write(folder / "RS_2015-03.zst", post(), post("bb", subreddit="Cats"))
    assert read(shelf, folder).files == 1
    assert read(shelf, folder).files == 0
    both = read(shelf, folder, subreddits=["Plants", "Cats"])
    assert (both.files, both.submissions) == (1, 1)
    assert read(shelf, folder, subreddits=["Plants", "Cats"]).files == 0
    (folder / "RS_2015-03.zst").touch()
    assert read(shelf, folder).files == 0
    write(folder / "RS_2015-03.zst", post(), post("dd"))
    assert read(shelf, folder).submissions == 1


def test_malformed_lines_are_counted_by_file_and_line(shelf: Shelf, folder: Path) -> None:
    write(folder / "Plants_submissions", post(), "{no json", post("bb", title=None), "", "[1]")
    imported = read(shelf, folder)
    assert imported.submissions == 1
    assert imported.skipped == {"malformed": 3}
    assert imported.malformed == [f"Plants_submissions:{number}" for number in (2, 3, 5)]


def test_a_file_that_breaks_off_is_named_and_read_again(shelf: Shelf, folder: Path) -> None:
    path = write(folder / "Plants_submissions.zst", *(post(f"a{n}") for n in range(3000)))
    whole = path.read_bytes()
    for faulty in (b"not zstd" + whole, whole[:-20], whole[: len(whole) // 3]):
        path.write_bytes(faulty)
        with pytest.raises(FaultyInput, match="Download the file again"):
            read(shelf, folder)
    path.write_bytes(whole)
    read(shelf, folder)
    assert shelf.db.execute("select count(*) from items").fetchone()[0] == 3000


def test_nothing_that_was_erased_comes_back(shelf: Shelf, folder: Path) -> None:
    write(folder / "RS_2015-03", post())
    write(folder / "RC_2015-03", answer())
    read(shelf, folder)
    shelf.forget(["ben"])
    write(folder / "Plants_comments", answer())
    assert read(shelf, folder).comments == 0
    assert fetch(shelf).dropped == {"author_opted_out": 1}


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


def test_other_files_are_counted_and_left_alone(shelf: Shelf, folder: Path) -> None:
    (folder / "notes.txt").write_text("which torrent this came from")
    assert read(shelf, folder).skipped == {"file_of_unknown_name": 1}
    assert read(shelf, folder / "absent") == Imported()


def test_a_month_that_is_not_over_is_covered_up_to_its_last_item(
    shelf: Shelf, folder: Path
) -> None:
    now = datetime(2015, 3, 20, tzinfo=UTC)
    late = NOON + 5 * 86_400
    write(folder / "RS_2015-03", post(), post("bb", created_utc=late))
    write(folder / "RC_2015-03", answer(created_utc=late))
    read(shelf, folder, clock=lambda: now)
    assert fetch(shelf).items
    with pytest.raises(AssertionError, match="a request"):
        fetch(shelf, date(2015, 3, 16))


def test_a_large_dump_is_never_whole_in_memory(shelf: Shelf, folder: Path) -> None:
    draw = random.Random(1)
    fillers = (draw.randbytes(1000).hex() for _ in range(20_000))
    cats = [json.dumps(post(f"z{n}", subreddit="Cats", selftext=f)) for n, f in enumerate(fillers)]
    write(folder / "RS_2015-03.zst", *cats, post())
    del cats
    tracemalloc.start()
    try:
        assert read(shelf, folder).skipped == {"other_subreddit": 20_000}
        assert tracemalloc.get_traced_memory()[1] < 20 << 20
    finally:
        tracemalloc.stop()
