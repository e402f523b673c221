"""The files of a dump: what they hold by their names, and their lines, never whole in memory."""

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
    r"(?:(?P<table>RS|RC)_(?:v2_)?(?P<year>20\d\d)-(?P<month>0[1-9]|1[0-2])"
    r"|(?P<subreddit>[A-Za-z0-9_]{2,23})_(?P<kind>submissions|posts|comments))"
    r"(?:\.(?:ndjson|jsonl|json))?(?:\.zst)?"
)


@dataclass(frozen=True, slots=True)
class Dump:
    """A file of submissions or comments: of one month, or of one subreddit.

    Attributes:
        path: the file.
        name: its path in the folder of dumps.
        kind: what is in it.
        month: that it holds, of all subreddits; None: a subreddit's.
        subreddits: in lower case, of which it may be, all others are not in it: r_plants_posts is
            of r/plants, or of r/r_plants. Empty: of all.
    """

    path: Path
    name: str
    kind: Kind
    month: datetime | None
    subreddits: frozenset[str]


def recognized(path: Path, folder: Path) -> Dump | None:
    """The dump that this file's name tells of, None if it tells of none; `folder` is above it."""
    name = path.relative_to(folder).as_posix()
    found = _NAME.fullmatch(path.name)
    if not found:
        return None
    is_comments = found["table"] == "RC" or found["kind"] == "comments"
    kind: Kind = "comments" if is_comments else "submissions"
    if found["table"]:
        month = datetime(int(found["year"]), int(found["month"]), 1, tzinfo=UTC)
        return Dump(path, name, kind, month, frozenset())
    subreddit = found["subreddit"].lower()
    either = {subreddit, subreddit.removeprefix("r_")}
    return Dump(path, name, kind, None, frozenset(either))


def stretch(dump: Dump, seen: tuple[int, int] | None, now: datetime) -> tuple[int, int] | None:
    """From which second to before which one the dump holds everything of a subreddit.

    A month, if it is over. A subreddit's own file begins with a month, too, but tells nothing of
    what came after its last item.

    Args:
        dump: the file.
        seen: when its first and its last item of that subreddit were made, if there is any.
        now: the time now.
    """
    if dump.month:
        low, high = _month_of(dump.month)
    elif seen:
        low, high = _month_of(datetime.fromtimestamp(seen[0], UTC))[0], seen[1] + 1
    else:
        return None
    if high > now.timestamp():
        high = seen[1] + 1 if seen else low
    return low, high


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
        if unpacked.eof:
            unpacked = frame()
        yield unpacked.decompress(packed)
        while unpacked.eof and (more := unpacked.unused_data):
            unpacked = frame()
            yield unpacked.decompress(more)
    if not unpacked.eof:
        raise EOFError("it breaks off")


def _month_of(moment: datetime) -> tuple[int, int]:
    first = moment.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    after = first.replace(year=first.year + first.month // 12, month=first.month % 12 + 1)
    return int(first.timestamp()), int(after.timestamp())
