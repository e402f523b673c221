"""VTX's training texts, as rows and as files."""

import json
from pathlib import Path

from hypothesis import given

from clone_pipeline.formats import bias, ssi
from clone_pipeline.formats.mixing import mix
from clone_pipeline.formats.splitting import split
from clone_pipeline.records import RedditItem, Row
from clone_pipeline_tests.reddit.trees import deep, forests, item

NOBODY: dict[str, str] = {}


@given(forests())
def test_every_comment_is_a_row_or_dropped_for_a_reason(items: list[RedditItem]) -> None:
    rows, dropped, made = bias.from_threads(items, replacers=NOBODY, seed=0)
    comments = sum(each.item_id != each.thread_id for each in items)
    assert comments == len(rows) + dropped.total()
    assert made["lines"] == len(rows) == len({row.row_id for row in rows})
    by_id = {each.item_id: each for each in items}
    for row in rows:
        told = [by_id[name.removeprefix("reddit:")] for name in row.sources]
        assert {each.thread_id for each in told} == {row.split_group}
        assert row.ended == told[-1].created
        assert len(bias.parse(json.loads(row.content)["text"])) == len(told)


def test_a_row_is_a_completion_of_its_own_collection() -> None:
    (row,) = bias.from_threads(deep(1), replacers={"user1": "12"}, seed=0)[0]
    assert (row.collection, row.dataset, row.form) == ("reddit", "bias", "completion")
    assert (row.weight, row.persona, row.split_group) == (1.0, None, "t3_a")
    assert row.sources == ["reddit:t3_a", "reddit:t1_1"]
    assert bias.parse(json.loads(row.content)["text"])[1].bias == "12"


def test_what_a_line_lacks_is_counted() -> None:
    *_, made = bias.from_threads(deep(100), replacers=NOBODY, seed=0, max_chars=500)
    assert made["lines"] == 100
    assert 0 < made["shortened_lines"] < 100
    assert made["untold_comments"] > 1000


def test_a_long_thread_is_told_a_few_times_over_not_hundreds() -> None:
    replies = [
        item(f"t1_{n}", f"t1_{n - n % 7}" if n % 7 else "t3_a", f"Same here {n}", at=n)
        for n in range(1, 3001)
    ]
    items = [item("t3_a", text="They come at night. " * 195), *replies]
    rows, dropped, made = bias.from_threads(items, replacers=NOBODY, seed=0)
    assert (len(rows), dropped.total()) == (3000, 0)
    source = sum(len(each.text) for each in items)
    assert sum(len(row.content) for row in rows) < 10 * source
    assert made["shortened_lines"] > 2900


def test_files_are_made_of_the_rows_that_there_are(tmp_path: Path) -> None:
    rows, *_ = bias.from_threads(deep(3), replacers=NOBODY, seed=0)
    assert bias.write(rows[:1], tmp_path, subreddits={"t3_a": "gardening"}) == 1
    (line,) = (tmp_path / "gardening" / "a.txt").read_text().splitlines()
    assert line == json.loads(rows[0].content)["text"]


def test_a_thread_is_a_file_of_the_lines_of_its_rows(tmp_path: Path) -> None:
    items = [*deep(3), item("t3_b", thread="t3_b", subreddit="../x"), alone(), *answered()]
    rows = write(items, tmp_path)
    written = {path.relative_to(tmp_path).as_posix(): path for path in tmp_path.rglob("*.txt")}
    assert sorted(written) == ["___x/d.txt", "gardening/a.txt"]
    assert written["gardening/a.txt"].read_text().splitlines() == [
        json.loads(row.content)["text"] for row in rows if row.split_group == "t3_a"
    ]


def test_what_is_gone_from_reddit_is_gone_from_the_files(tmp_path: Path) -> None:
    write([*deep(2), *answered()], tmp_path)
    kept = tmp_path / "gardening" / "a.txt"
    before = kept.stat().st_mtime_ns
    write(deep(2), tmp_path)
    assert [path.name for path in tmp_path.rglob("*.txt")] == ["a.txt"]
    assert kept.stat().st_mtime_ns == before
    write(deep(1), tmp_path)
    assert len(kept.read_text().splitlines()) == 1


def write(items: list[RedditItem], folder: Path) -> list[Row]:
    rows, *_ = bias.from_threads(items, replacers=NOBODY, seed=0)
    told = {row.split_group for row in rows}
    subreddits = {each.thread_id: each.subreddit for each in items}
    assert bias.write(rows, folder, subreddits=subreddits) == len(told)
    return rows


def alone() -> RedditItem:
    return item("t3_c", thread="t3_c")


def answered() -> list[RedditItem]:
    return [
        item("t3_d", thread="t3_d", subreddit="../x"),
        item("t1_9", "t3_d", "yes", thread="t3_d", subreddit="../x"),
    ]


def test_rows_of_a_thread_are_split_to_one_side_and_weighed_by_dataset() -> None:
    items = [
        item(name, parent, f"{name} and more", thread=f"t3_{n}", at=n)
        for n in range(20)
        for name, parent in ((f"t3_{n}", ""), (f"t1_{n}", f"t3_{n}"), (f"t1_{n + 99}", f"t1_{n}"))
    ]
    tags, _ = ssi.from_threads(items, seed=0)
    rows = [*bias.from_threads(items, replacers=NOBODY, seed=0)[0], *tags]
    mixed, _ = mix(rows, weights={"reddit": 2, "reddit/ssi": 0.5})
    assert {(row.dataset, row.weight) for row in mixed} == {("bias", 2.0), ("ssi", 0.5)}
    parted, dropped = split(mixed, held_out=0.1)
    assert not dropped
    sides = {(row.split_group, row.split) for row in parted}
    assert len(sides) == 20
    assert {group for group, side in sides if side == "held_out"} == {"t3_18", "t3_19"}
