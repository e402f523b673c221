"""`clone-pipeline run` that is killed at a file's move into place: PROJECT NUMBER before|after."""

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from clone_pipeline.cli import app


def kill_at(number: int, *, after: bool) -> None:
    """SIGKILL this process at the `number`-th move of a file, before or after it."""
    moves = 0

    def deadly(move: Callable[[Path, Any], Path]) -> Callable[[Path, Any], Path]:
        def wrapped(path: Path, target: Any) -> Path:
            nonlocal moves
            moves += 1
            if moves == number and not after:
                os.kill(os.getpid(), signal.SIGKILL)
            moved = move(path, target)
            if moves == number:
                os.kill(os.getpid(), signal.SIGKILL)
            return moved

        return wrapped

    Path.replace = deadly(Path.replace)  # type: ignore[method-assign, assignment]
    Path.rename = deadly(Path.rename)  # type: ignore[method-assign, assignment]


if __name__ == "__main__":
    kill_at(int(sys.argv[2]), after=sys.argv[3] == "after")
    app(["run", "--project", sys.argv[1]])
