"""What tests of more than one platform's files share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from clone_pipeline_tests.bots.platforms.reddit_bot import Place, placed


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    """A Reddit of our own."""
    with placed(tmp_path, monkeypatch) as there:
        yield there
