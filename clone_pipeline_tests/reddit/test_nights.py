"""Thirty nights in fast time: refusals, deletions, edits, a huge tree, an outage, kills."""

import sys
from collections import Counter
from collections.abc import Iterator

import pytest

from clone_pipeline.reddit.shelf import open_shelf
from clone_pipeline_tests.reddit.conftest import served
from clone_pipeline_tests.reddit.month import DAYS, HUGE, NIGHTS, SUB, Month, expected
from clone_pipeline_tests.reddit.nights import fetch, unreachable


@pytest.fixture(scope="module")
def month(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Month]:
    with pytest.MonkeyPatch.context() as patch, served(patch) as serve:
        made = Month(1, tmp_path_factory.mktemp("month") / "reddit.sqlite", serve)
        for number in range(NIGHTS):
            made.night(number)
        yield made


def test_after_thirty_nights_every_thread_is_there_once_and_nothing_else(month: Month) -> None:
    items, world = month.items(), month.world
    assert Counter(i.item_id for i in items).most_common(1)[0][1] == 1
    wrong = {i.item_id for i in items} ^ expected(world, month.fetched_at, world.now)
    assert [world.by_name[name] for name in wrong] == []
    assert sum(i.thread_id == month.huge.name for i in items) > 0.85 * HUGE
    for item in items:
        note = world.by_name[item.item_id]
        assert (item.text, item.parent_id) == (note.text_at(world.now), note.parent)


def test_little_more_is_asked_for_than_is_necessary(
    month: Month, capsys: pytest.CaptureFixture[str]
) -> None:
    lost = month.refusals.sent + month.kills  # a refused or killed request must be sent again
    ratio = (month.server.requests - lost) / month.needed
    with capsys.disabled():
        sys.stdout.write(
            f"\n30 nights, {len(month.items())} items: {month.server.requests} requests, "
            f"{month.needed} necessary, {month.refusals.sent} refused, {month.kills} kills: "
            f"x{ratio:.3f}\n"
        )
    assert month.kills >= 4
    assert month.refusals.sent > 30
    assert ratio <= 1.10


def test_every_day_told_again_is_the_same_and_sends_nothing(month: Month) -> None:
    with open_shelf(month.path) as shelf:
        for day in DAYS:
            again = fetch(shelf, SUB, day, now=month.world.now, connect=unreachable)
            assert (again.items, again.dropped) == (
                month.tables[day].items, month.tables[day].dropped,
            )  # fmt: skip
            assert again.entered == len(again.items) + sum(again.dropped.values())
