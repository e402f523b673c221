"""The shelf is private, durable, and says when it can't be opened."""

from pathlib import Path

import pytest

from clone_pipeline.reddit.shelf import open_shelf
from clone_pipeline.settings import FaultyInput


def test_only_its_owner_reads_the_shelf(tmp_path: Path) -> None:
    path = tmp_path / ".private" / "reddit.sqlite"
    with open_shelf(path):
        found = {p.name: p.stat().st_mode & 0o077 for p in path.parent.iterdir()}
        assert set(found.values()) == {0}
        assert path.parent.stat().st_mode & 0o077 == 0


def test_what_is_no_shelf_is_named(tmp_path: Path) -> None:
    path = tmp_path / "reddit.sqlite"
    path.write_text("no database, but long enough to be taken for one" * 100)
    with pytest.raises(FaultyInput, match="Move the file away"), open_shelf(path):
        pass


def test_it_is_flushed_to_the_disk_and_overwrites_what_it_erases(tmp_path: Path) -> None:
    with open_shelf(tmp_path / "reddit.sqlite") as shelf:
        told = {
            name: shelf.db.execute(f"pragma {name}").fetchone()[0]
            for name in ("journal_mode", "synchronous", "secure_delete")
        }
    assert told == {"journal_mode": "wal", "synchronous": 2, "secure_delete": 1}
