"""The parts of reddit_threads on the disk: by which rules they are told, and what leaves them."""

import logging
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import dagster as dg
import pyarrow.parquet as pq

from clone_pipeline import durable, funnel, records
from clone_pipeline import project as project_file
from clone_pipeline.defs import reddit_items
from clone_pipeline.defs.io_manager import Counted, write_counted
from clone_pipeline.defs.partitions import DAY, SUBREDDIT
from clone_pipeline.defs.resources import ProjectFolder
from clone_pipeline.funnel import StageCount
from clone_pipeline.project import Project
from clone_pipeline.records import RedditItem
from clone_pipeline.reddit import fetching, sweeping
from clone_pipeline.reddit.choosing import matches
from clone_pipeline.reddit.shelf import Shelf
from clone_pipeline.reddit.things import Thing

log = logging.getLogger("clone_pipeline.reddit")

STAGE = "reddit_threads"
_RULES = b"rules"


def rules(settings: Project, name: str) -> str:
    """A digest of all settings that decide what a part of this subreddit holds."""
    return project_file.digest(
        settings.reddit.subs[name], settings.reddit.filter, settings.privacy, settings.time_zone
    )


def told_by(data: Path, part: str) -> str | None:
    """The rules that the part was told by; None if there is no such part."""
    path = data / f"{STAGE}.parquet" / f"{part}.parquet"
    if not path.exists():
        return None
    return _rules_in(path)


def tabled(items: Iterable[RedditItem], told: str, count: StageCount) -> Counted:
    """The part's table, which remembers its rules."""
    table = records.to_table(items, records.REDDIT_THREADS)
    return Counted(table.replace_schema_metadata({_RULES: told.encode()}), count)


def forget(
    project: ProjectFolder, settings: Project, shelf: Shelf, instance: dg.DagsterInstance
) -> None:
    """Erase from shelf and parts what users who opted out wrote; asks nobody.

    Whatever else is gone on the shelf leaves the parts too, should a part still hold it.
    """
    threads = fetching.forget(shelf, opted_out=settings.reddit.opted_out)
    stale = {thread for (thread,) in shelf.db.execute("select thread_id from stale")}
    erase(project, settings, shelf, threads | stale | _left_over(project, shelf), instance)


def _left_over(project: ProjectFolder, shelf: Shelf) -> set[str]:
    """The threads of which a part holds an item that is gone on the shelf."""
    gone = dict(shelf.db.execute("select item_id, thread_id from items where gone is not null"))
    if not gone:
        return set()
    found: set[str] = set()
    for path in (project.data / f"{STAGE}.parquet").rglob("*.parquet"):
        held = pq.read_table(path, columns=["item_id"])["item_id"].to_pylist()
        found |= {gone[item] for item in held if item in gone}
    return found


def erase(
    project: ProjectFolder,
    settings: Project,
    shelf: Shelf,
    threads: Collection[str],
    instance: dg.DagsterInstance,
) -> None:
    """Take over into every part what changed on the shelf in these threads.

    Every part that is on the disk counts, also those of subreddits or days that are not followed
    any more. What is gone leaves the part and is counted by its reason.
    """
    if not (stale := set(threads)):
        return
    folder = project.data / f"{STAGE}.parquet"
    with durable.locked(project.private / "reddit_parts.lock"):
        for path in sorted(folder.rglob("*.parquet")):
            held = pq.read_table(path, columns=["thread_id"])["thread_id"].to_pylist()
            if stale.isdisjoint(held):
                continue
            part = path.relative_to(folder).with_suffix("").as_posix()
            _rewrite(project, settings, shelf, path, part, stale)
            _report(settings, part, instance)
        sweeping.written(shelf, threads=stale)


def _rewrite(
    project: ProjectFolder,
    settings: Project,
    shelf: Shelf,
    path: Path,
    part: str,
    threads: set[str],
) -> None:
    kept: list[RedditItem] = []
    changed: list[RedditItem] = []
    gone: Counter[str] = Counter()
    now, terms = _things(shelf, threads), _terms(settings, part)
    before = list(records.from_table(pq.read_table(path), RedditItem))
    for item in before:
        if item.thread_id not in threads:
            kept.append(item)
            continue
        thing, submission = now.get(item.item_id), now.get(item.thread_id)
        if thing is None or thing.gone:
            gone[(thing and thing.gone) or "deleted"] += 1
        elif submission and submission.gone:
            gone["thread_gone"] += 1
        elif matches(thing, terms):
            gone["filtered"] += 1
        else:
            edited = datetime.fromtimestamp(thing.edited, UTC) if thing.edited else None
            changed.append(replace(item, title=thing.title, text=thing.text, edited=edited))
    kept += reddit_items.masked(
        project, settings, changed, writers=[item.author for item in before]
    )
    kept.sort(key=lambda item: (item.created, item.item_id))
    told = _rules_in(path)
    count = _recounted(project, part, kept, gone)
    write_counted(tabled(kept, told, count), project.data, part=part)
    log.info(f"{STAGE}: {part}: {gone.total()} erased, {len(changed)} looked at again")


def _recounted(
    project: ProjectFolder, part: str, kept: list[RedditItem], gone: Counter[str]
) -> StageCount:
    counted = {count.stage: count for count in funnel.load(project.data / "funnel", part=part)}
    before = counted.get(STAGE)
    dropped = Counter(before.dropped if before else {}) + gone
    threads = sum(item.item_id == item.thread_id for item in kept)
    made = {"threads": threads, "comments": len(kept) - threads}
    entered = len(kept) + dropped.total()
    return StageCount(STAGE, "items", entered, len(kept), dropped, made)


def _rules_in(path: Path) -> str:
    remembered: dict[bytes, bytes] = pq.read_schema(path).metadata or {}
    return remembered.get(_RULES, b"").decode()


def on_the_shelf(shelf: Shelf) -> list[str]:
    """The subreddits of which anything is held, in lower case."""
    return [name for (name,) in shelf.db.execute("select distinct subreddit from items")]


def _terms(settings: Project, part: str) -> list[str]:
    """The filters of the part's subreddit, in lower case."""
    subs = {name.lower(): sub for name, sub in settings.reddit.subs.items()}
    own = subs.get(part.rpartition("/")[0])
    return [term.lower() for term in [*settings.reddit.filter, *(own.filter if own else [])]]


def _things(shelf: Shelf, threads: set[str]) -> dict[str, Thing]:
    return {
        thing.item_id: thing
        for thread in threads
        for thing in shelf.select("thread_id = ?", thread)
    }


def _report(settings: Project, part: str, instance: dg.DagsterInstance) -> None:
    """Tell Dagster that a part is another one, so that what was made of it shows as stale."""
    folder, _, day = part.rpartition("/")
    for name in settings.reddit.subs:
        if name.lower() == folder:
            key = dg.MultiPartitionKey({DAY: day, SUBREDDIT: name})
            instance.report_runless_asset_event(
                dg.AssetMaterialization(STAGE, partition=key, description="Taken over from Reddit.")
            )
