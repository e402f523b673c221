"""What is to be looked up comes by batches, not looked at for longest first."""

from datetime import UTC, datetime
from pathlib import Path

from clone_pipeline.reddit.due import Due
from clone_pipeline.reddit.shelf import open_shelf
from clone_pipeline.reddit.things import Thing


def thing(number: int, subreddit: str = "plants") -> Thing:
    name = f"t3_{number}"
    return Thing(name, name, None, subreddit, number, 1, "anna", "", "", "", "", None, None)


def test_what_was_not_looked_at_for_longest_comes_first(tmp_path: Path) -> None:
    with open_shelf(tmp_path / "reddit.sqlite") as shelf:
        shelf.add([thing(n) for n in range(3)], checked=50)
        shelf.add([thing(n) for n in range(3, 6)], checked=20)
        shelf.add([thing(6)], checked=100)
        shelf.add([thing(7, "cats")], checked=0)
        due = Due("Plants", datetime.fromtimestamp(100, UTC), datetime.fromtimestamp(1, UTC))
        assert [t.created for t in due.first(shelf, 4)] == [3, 4, 5, 1]
        assert due.count(shelf) == 5


def test_a_batch_of_a_million_items_is_found_without_sorting_them(tmp_path: Path) -> None:
    with open_shelf(tmp_path / "reddit.sqlite") as shelf:
        asked: list[str] = []
        shelf.db.set_trace_callback(asked.append)
        due = Due("Plants", datetime.fromtimestamp(100, UTC), None)
        due.first(shelf, 100)
        due.count(shelf)
        shelf.db.set_trace_callback(None)
        plans = [str(shelf.db.execute(f"explain query plan {q}").fetchall()) for q in asked]
    assert ["items_by_check" in plan and "TEMP" not in plan for plan in plans] == [True, True]
