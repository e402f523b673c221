"""The files of a dump: what their names say, and their lines, never whole in memory."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from clone_pipeline.reddit.coverage import Kind
from clone_pipeline.settings import Fault, FaultyInput

# Dumps are written with `zstd --long=31`; a reader must allow that window.
_WINDOW = 2**31
# Small: repetitive text unpacks to hundreds of times its size.
_READ = 1 << 14
_NAME = re.compile(
    r"(?:(?P<table>RS|RC)_(?:v2_)?(?P<year>\d{4})-(?P<month>0[1-9]|1[0-2])"
    r"|(?P<subreddit>[A-Za-z0-9_]{2,21})_(?P<kind>submissions|comments))"
    r"(?:\.(?:ndjson|jsonl|json))?(?:\.zst)?"
)


@dataclass(frozen=True, slots=True)
class Dump:
    """A file of submissions or comments: of one month, or of one subreddit (in lower case)."""

    path: Path
    kind: Kind
    month: datetime | None
    subreddit: str | None


def recognized(path: Path) -> Dump | None:
    """The dump that this file's name tells of, None if it tells of none."""
    found = _NAME.fullmatch(path.name)
    if not found:
        return None
    if found["table"]:
        month = datetime(int(found["year"]), int(found["month"]), 1, tzinfo=UTC)
        return Dump(path, "submissions" if found["table"] == "RS" else "comments", month, None)
    kind: Kind = "submissions" if found["kind"] == "submissions" else "comments"
    return Dump(path, kind, None, found["subreddit"].lower())


def lines(path: Path) -> Iterator[bytes]:
    """The file's lines, decompressed while they are read.

    Raises:
        FaultyInput: the file is no zstd, breaks off, or zstandard is not installed.
    """
    with path.open("rb") as file:
        if path.suffix == ".zst":
            yield from _decompressed(path, file)
        else:
            yield from file


def _decompressed(path: Path, file: IO[bytes]) -> Iterator[bytes]:
    try:
        import zstandard  # noqa: PLC0415
    except ImportError as error:
        fix = "Install it: pip install 'clone-pipeline[reddit]'."
        raise FaultyInput([Fault(str(path), "no zstandard here", fix)]) from error
    unpacker = zstandard.ZstdDecompressor(max_window_size=_WINDOW)
    rest = b""
    try:
        for piece in _pieces(file, unpacker.decompressobj):
            *whole, rest = (rest + piece).split(b"\n")
            yield from whole
    except (zstandard.ZstdError, EOFError) as error:
        fix = "Download the file again, or take it out of the folder."
        raise FaultyInput([Fault(str(path), f"no whole zstd file ({error})", fix)]) from error
    if rest:
        yield rest


def _pieces(file: IO[bytes], frame: Callable[[], Any]) -> Iterator[bytes]:
    """The content of all frames; zstandard's own reader takes a file that breaks off for whole."""
    unpacked = frame()
    while packed := file.read(_READ):
        yield unpacked.decompress(packed)
        while unpacked.eof and (more := unpacked.unused_data):
            unpacked = frame()
            yield unpacked.decompress(more)
    if not unpacked.eof:
        raise EOFError("it breaks off")
