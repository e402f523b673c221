"""Dumps give the days that the API no longer gives, without network or credentials."""

import json
import logging
import random
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest

from clone_pipeline.reddit.dumps import Imported
from clone_pipeline.reddit.shelf import Shelf, open_shelf
from clone_pipeline.settings import FaultyInput
from clone_pipeline_tests.reddit.dumped import (
    answer,
    fetch,
    post,
    read,
    write,
)


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    with open_shelf(tmp_path / "reddit.sqlite") as opened:
        yield opened


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "raw_input" / "reddit"
    made.mkdir(parents=True)
    return made


def test_a_dump_is_read_once_by_runs_side_by_side(
    shelf: Shelf, folder: Path, tmp_path: Path
) -> None:
    write(folder / "RS_2015-01", post("aa"))
    write(folder / "RS_2015-02", post("bb"))
    others: list[int] = []

    def run_beside(done: int, total: int) -> None:
        if not others:
            with open_shelf(tmp_path / "reddit.sqlite") as other:
                others.append(read(other, folder).files)

    first = read(shelf, folder, progress=run_beside)
    assert (first.files, others) == (1, [1])


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


def test_what_is_not_read_is_named_and_counted(
    shelf: Shelf, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (folder / "notes.txt").write_text("which torrent this came from")
    write(folder / "Cats_comments.zst", answer())
    write(folder / "Plants_submissions", post())
    skipped = {"file_of_unknown_name": 1, "file_of_other_subreddit": 1}
    assert read(shelf, folder).skipped == skipped
    warned = [record for record in caplog.records if record.levelno >= logging.WARNING]
    assert [f"{r.name.rpartition('.')[2]}: {r.message}" for r in warned] == [
        "dumps: Cats_comments.zst is not read: its subreddit is not in reddit.subs",
        "dumps: notes.txt is not read: no dump has such a name",
    ]
    assert read(shelf, folder / "absent") == Imported()


def test_dumps_in_folders_are_read_each_by_its_path(shelf: Shelf, folder: Path) -> None:
    for number in (1, 2):
        (folder / f"part{number}").mkdir()
        write(folder / f"part{number}" / "RS_2015-03", post(f"a{number}"), "{no json")
    imported = read(shelf, folder)
    assert (imported.files, imported.submissions) == (2, 2)
    assert imported.malformed == ["part1/RS_2015-03:2", "part2/RS_2015-03:2"]
    assert read(shelf, folder).files == 0


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
