"""Where a run unpacks zips: a folder of its own, and a budget of the disk for all of them."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from clone_pipeline import durable

_FOLDER = "unpacked"
# Of this process; those of others are known by their process's number.
_own: set[Path] = set()


@dataclass(slots=True)
class Space:
    """The place of one run.

    Attributes:
        shared: the folder of all runs.
        folder: the run's own, made when the first zip needs it.
        room: how many bytes the run may still write: at first half of the disk's free space.
    """

    shared: Path
    folder: Path | None = None
    room: int = 0

    def for_zip(self) -> Path:
        """A new, empty folder that only its owner may read.

        Raises:
            OSError: it can't be made, as on a full disk.
        """
        if self.folder is None:
            self.shared.mkdir(parents=True, exist_ok=True, mode=0o700)
            self.folder = Path(tempfile.mkdtemp(prefix=f"{os.getpid()}-", dir=self.shared))
            _own.add(self.folder)
            self.room = shutil.disk_usage(self.folder).free // 2
        return Path(tempfile.mkdtemp(dir=self.folder))


@contextmanager
def space_in(private: Path) -> Iterator[Space]:
    """A place to unpack in, removed at the end; what ended processes left there is removed first.

    Args:
        private: the folder of what nobody else may read; made if need be.
    """
    space = Space(private / _FOLDER)
    _sweep(space.shared)
    try:
        yield space
    finally:
        if space.folder is not None:
            shutil.rmtree(space.folder, ignore_errors=True)
            _own.discard(space.folder)


def _sweep(shared: Path) -> None:
    for folder in shared.glob("*"):
        if folder not in _own and not _runs_elsewhere(folder.name.partition("-")[0]):
            shutil.rmtree(folder, ignore_errors=True)


def _runs_elsewhere(number: str) -> bool:
    if not number.isdecimal() or int(number[-18:]) == os.getpid():
        return False
    return durable.runs(int(number[-18:]))
