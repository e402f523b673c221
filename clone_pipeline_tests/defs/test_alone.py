import fcntl
from pathlib import Path
from unittest.mock import Mock

import pytest

from clone_pipeline.defs import alone


@pytest.mark.parametrize("held", [False, True])
def test_waiting_for_another_retraining_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, held: bool
) -> None:
    said = Mock()
    monkeypatch.setattr(alone.log, "info", said)
    if not held:
        with alone.retraining(tmp_path):
            pass
        said.assert_not_called()
        return
    with (tmp_path / ".retraining.lock").open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        said.side_effect = lambda _: fcntl.flock(file, fcntl.LOCK_UN)
        with alone.retraining(tmp_path):
            said.assert_called_once()
