"""Files that an import takes over: copied as they are, and none over another."""

import filecmp
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from clone_pipeline.durable import flush
from clone_pipeline.settings import Fault, FaultyInput

_OTHER = "another file already"
_FIX = "Move one of the two away, or import into a new folder."


@dataclass(frozen=True, slots=True)
class Copy:
    """The file `source` goes to `target`, relative to the project's folder."""

    source: Path
    target: str


def files_below(folder: Path) -> Iterator[Path]:
    """The files of a folder and all folders in it, by name; what begins with a dot is left out."""
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            if not name.startswith(".") and (path := Path(parent, name)).is_file():
                yield path


def clashes(copies: Iterable[Copy], folder: Path) -> list[Fault]:
    """What stands against copying: other files in these places, or ones that can't be read."""
    faults = []
    for copy in copies:
        target = folder / copy.target
        if not os.access(copy.source, os.R_OK):
            fix = "Give yourself the right to read it."
            faults.append(Fault(str(copy.source), "a file that can't be opened", fix))
        elif target.exists() and not _same(copy.source, target):
            faults.append(Fault(str(target), _OTHER, _FIX))
        elif any(parent.is_file() for parent in target.parents):
            faults.append(Fault(str(target), "a file where its folder would be", _FIX))
    return faults


@contextmanager
def places(copies: Iterable[Copy], folder: Path) -> Iterator[None]:
    """The folders that files will go to are there; what was made of them goes if this fails."""
    made: list[Path] = []
    for target in sorted({(folder / copy.target).parent for copy in copies}):
        missing = [each for each in (target, *target.parents) if not each.exists()]
        for each in reversed(missing):
            each.mkdir()
            made.append(each)
    try:
        yield
    except FaultyInput:
        for each in reversed(made):
            each.rmdir()
        raise


def copy_all(copies: Iterable[Copy], folder: Path) -> int:
    """Copy what is not there yet; returns how many files that was.

    Raises:
        OSError: the disk is full, say; what is copied is whole, and the same call goes on.
    """
    made = 0
    for copy in copies:
        target = folder / copy.target
        if target.exists():
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        part = target.with_name(f".{os.getpid()}.part")
        shutil.copyfile(copy.source, part)
        flush(part)
        part.rename(target)
        made += 1
    return made


def _same(one: Path, other: Path) -> bool:
    return other.is_file() and filecmp.cmp(one, other, shallow=False)
