"""A Reddit of our own for tests whose files name this one in `pytest_plugins`."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from clone_pipeline_tests.bots.platforms.reddit_bot import Place, placed


@pytest.fixture
def on_reddit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    with placed(tmp_path, monkeypatch) as there:
        yield there
