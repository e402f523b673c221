"""Where an export may be written: never over what somebody else put there."""

from pathlib import Path

from clone_pipeline.settings import Fault, FaultyInput

# Stands in folders that were written here.
MARK = ".clone_pipeline_export"


def claim(path: Path, name: str, *, over: bool) -> None:
    """See that `path` may be written, and mark it if it is a folder.

    What is written as a folder deletes what is stale there, so it must be new, empty or one that
    was written here. A file is written over only if `over` is so.

    Args:
        path: what is to be written.
        name: what it is called by default; a file's has a dot.
        over: see above.

    Raises:
        FaultyInput: something else lies at `path`.
    """
    if "." in name:
        if path.is_dir():
            raise FaultyInput([Fault(str(path), "a folder", "Give --out the name of a file.")])
        if path.exists() and not over:
            fix = "Give --out another name, or write over it with --overwrite."
            raise FaultyInput([Fault(str(path), "a file that is there already", fix)])
        return
    if path.is_dir() and any(path.iterdir()) and not (path / MARK).exists():
        fix = "Give --out a new folder, or an empty one."
        raise FaultyInput([Fault(str(path), "a folder that this command did not write", fix)])
    if path.exists() and not path.is_dir():
        raise FaultyInput([Fault(str(path), "a file", "Give --out the name of a folder.")])
    path.mkdir(parents=True, exist_ok=True)
    (path / MARK).touch()
