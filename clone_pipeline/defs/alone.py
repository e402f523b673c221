"""One retraining of a project at a time."""

import fcntl
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from clone_pipeline.durable import locked

log = logging.getLogger("clone_pipeline.retraining")


@contextmanager
def retraining(models: Path) -> Iterator[None]:
    """Hold the project's lock; waiting for another retraining is said."""
    path = models / ".retraining.lock"
    if _is_held(path):
        log.info("waiting for another retraining of this project to end")
    with locked(path):
        yield


def _is_held(path: Path) -> bool:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False
