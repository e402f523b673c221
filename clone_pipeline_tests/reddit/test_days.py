"""Days begin and end in the project's zone; the first one is known without a fetch."""

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from clone_pipeline.reddit.days import bounds, first_day
from clone_pipeline.reddit.fetching import first_day as first_day_of_fetching
from clone_pipeline.reddit.shelf import open_shelf
from clone_pipeline.settings import FaultyInput
from clone_pipeline_tests.reddit.conftest import Serve
from clone_pipeline_tests.reddit.nights import ZONE, fetch
from clone_pipeline_tests.reddit.reddit_world import HOUR, World

DAY = date(2026, 5, 4)
START = int(datetime(2026, 5, 4, tzinfo=ZONE).timestamp())
NIGHT = START + 27 * HOUR


@pytest.mark.parametrize(
    ("day", "hours"), [(DAY, 24), (date(2026, 3, 29), 23), (date(2026, 10, 25), 25)]
)
def test_a_day_is_as_long_as_clocks_say(day: date, hours: int) -> None:
    start, end = bounds(day, ZONE)
    assert end - start == hours * HOUR
    assert bounds(day + timedelta(days=1), ZONE)[0] == end


def test_the_first_day_is_a_week_before_the_first_fetch(tmp_path: Path, serve: Serve) -> None:
    path = tmp_path / "reddit.sqlite"
    assert first_day(path) is None
    assert not path.exists()
    world = World(now=NIGHT)
    world.open("Plants", born=START - 10_000 * HOUR)
    world.post("Plants", START)
    serve(world)
    for later in (0, 24):
        with open_shelf(path) as shelf:
            fetch(shelf, "Plants", DAY, now=NIGHT + later * HOUR)
        assert first_day_of_fetching(path) == DAY + timedelta(days=1) - timedelta(days=7)


@pytest.mark.parametrize("broken", [b"no database" * 1000, b"SQLite format 3\0" + b"x" * 5000])
def test_a_damaged_shelf_has_no_first_day_and_is_named_when_it_is_opened(
    tmp_path: Path, broken: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "reddit.sqlite"
    path.write_bytes(broken)
    assert first_day(path) is None
    assert str(path) in caplog.text
    with pytest.raises(FaultyInput, match="Move the file away"), open_shelf(path):
        pass
