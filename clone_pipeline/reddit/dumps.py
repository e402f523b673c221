"""Reading dumps of Reddit into the shelf, for years that the API no longer gives.

Lines of JSON, plain or zstd-compressed with a window of up to 2 GiB, in the form of Pushshift and
of the monthly and per-subreddit torrents that go on with it: RS_2023-01.zst and RC_2023-01.zst,
or NAME_submissions.zst and NAME_comments.zst, or r_NAME_posts.jsonl and r_NAME_comments.jsonl.
"""

import itertools
import logging
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import orjson

from clone_pipeline.durable import file_digest
from clone_pipeline.reddit import coverage, things
from clone_pipeline.reddit.days import ZONE, now_utc
from clone_pipeline.reddit.dump_files import Dump, lines, recognized, stretch
from clone_pipeline.reddit.shelf import Shelf
from clone_pipeline.reddit.things import Thing

_BATCH = 5000
_SHOWN = 100

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Imported:
    """What was read: files, what was new of them, and lines (or files) left out by reason.

    `malformed` names the first 100 faulty lines as `file:line`.
    """

    files: int = 0
    submissions: int = 0
    comments: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    malformed: list[str] = field(default_factory=list)


def import_dumps(
    shelf: Shelf, folder: Path, *, subreddits: Sequence[str], zone: ZoneInfo,
    opted_out: Sequence[str], progress: Callable[[int, int], None],
    clock: Callable[[], datetime] = now_utc,
) -> Imported:  # fmt: skip
    """Read every dump below `folder` that was not read yet for these subreddits.

    A warning names each file that is no dump of theirs. What is on the shelf stays as it is: a
    dump brings nothing back that was deleted. An import that was cut short is done again, and
    doubles nothing.

    Args:
        shelf: where things are put.
        folder: raw_input/reddit; may be absent.
        subreddits: names, without r/; what is of others is skipped and counted.
        zone: the project's time zone.
        opted_out: users of whom nothing is stored.
        progress: told bytes read and bytes in all.
        clock: the time now; a month that is not over is only covered up to its last item.

    Raises:
        FaultyInput: a file is no zstd or breaks off.
    """
    imported = Imported()
    dumps = _dumps(folder, frozenset(name.lower() for name in subreddits), imported)
    todo = [dump for dump in dumps if _unread(shelf, dump, subreddits)]
    total, done = sum(dump.path.stat().st_size for dump in todo), 0
    shelf.note(ZONE, zone.key)
    gone = frozenset(name.lower() for name in opted_out)
    for dump in todo:
        with shelf.alone():
            # Another run may have read it meanwhile.
            if wanted := _unread(shelf, dump, subreddits):
                _read(shelf, dump, wanted, gone, imported, clock())
        done += dump.path.stat().st_size
        progress(done, total)
    imported.skipped += Counter()
    return imported


def _dumps(folder: Path, wanted: frozenset[str], imported: Imported) -> list[Dump]:
    """The files that may hold something of the wanted subreddits."""
    found: list[Dump] = []
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        dump = recognized(path, folder)
        if dump and (not dump.subreddits or dump.subreddits & wanted):
            found.append(dump)
            continue
        reason = "file_of_other_subreddit" if dump else "file_of_unknown_name"
        imported.skipped[reason] += 1
        why = "its subreddit is not in reddit.subs" if dump else "no dump has such a name"
        log.warning("%s is not read: %s", path.relative_to(folder), why)
    return found


def _unread(shelf: Shelf, dump: Dump, subreddits: Sequence[str]) -> frozenset[str]:
    """The subreddits that this dump may hold and for which it was not read, in lower case."""
    wanted = frozenset(name.lower() for name in subreddits)
    if dump.subreddits:
        wanted &= dump.subreddits
    row = shelf.db.execute(
        "select size, modified, digest, subreddits from dumps where name = ?", (dump.name,)
    ).fetchone()
    stat = dump.path.stat()
    if not row or row[0] != stat.st_size:
        return wanted
    if row[1] != stat.st_mtime_ns and row[2] != file_digest(dump.path):
        return wanted
    return wanted - frozenset(row[3].split())


def _read(
    shelf: Shelf, dump: Dump, wanted: frozenset[str], gone: frozenset[str], imported: Imported,
    now: datetime,
) -> None:  # fmt: skip
    seen: dict[str, tuple[int, int]] = {}
    log.info("reading %s", dump.name)
    found = _things(dump, wanted, gone, imported)
    while batch := list(itertools.islice(found, _BATCH)):
        with shelf.transaction():
            # Never looked at: the next sweep looks whether it still is at Reddit.
            new = shelf.add(batch, checked=0.0)
        if dump.kind == "submissions":
            imported.submissions += new
        else:
            imported.comments += new
        for thing in batch:
            low, high = seen.get(thing.subreddit, (thing.created, thing.created))
            seen[thing.subreddit] = min(low, thing.created), max(high, thing.created)
    with shelf.transaction():
        for name in wanted:
            if held := stretch(dump, seen.get(name), now):
                coverage.add_dumped(shelf, dump.kind, name, low=held[0], high=held[1])
        _note_read(shelf, dump, wanted)
    imported.files += 1


def _things(
    dump: Dump, wanted: frozenset[str], gone: frozenset[str], imported: Imported
) -> Iterator[Thing]:
    read = things.submission if dump.kind == "submissions" else things.comment
    # Most lines of a monthly dump are of other subreddits: spare them the parsing.
    marks = [f'"{name}"'.encode() for name in wanted]
    for number, line in enumerate(lines(dump.path), 1):
        if not line.strip():
            continue
        lowered = line.lower()
        if not any(mark in lowered for mark in marks) and b'"subreddit"' in lowered:
            imported.skipped["other_subreddit"] += 1
            continue
        try:
            thing = read(orjson.loads(line), opted_out=gone)
        except (ValueError, AttributeError) as error:
            _malformed(imported, f"{dump.name}:{number}", error)
            continue
        if thing.subreddit in wanted:
            yield thing
        else:
            imported.skipped["other_subreddit"] += 1


def _malformed(imported: Imported, where: str, error: Exception) -> None:
    imported.skipped["malformed"] += 1
    if len(imported.malformed) < _SHOWN:
        imported.malformed.append(where)
        log.warning("%s can't be read: %s", where, error)


def _note_read(shelf: Shelf, dump: Dump, wanted: frozenset[str]) -> None:
    stat, name = dump.path.stat(), dump.name
    digest = file_digest(dump.path)
    row = shelf.db.execute(
        "select subreddits from dumps where name = ? and digest = ?", (name, digest)
    ).fetchone()
    subreddits = " ".join(sorted(wanted | set((row[0] if row else "").split())))
    values = (name, stat.st_size, stat.st_mtime_ns, digest, subreddits)
    shelf.db.execute("insert or replace into dumps values (?, ?, ?, ?, ?)", values)
