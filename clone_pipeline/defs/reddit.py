"""Group reddit: what was said in the configured subreddits, by day and subreddit."""

import logging
from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import dagster as dg

from clone_pipeline import records
from clone_pipeline.defs import reddit_items, reddit_parts
from clone_pipeline.defs.io_manager import Counted
from clone_pipeline.defs.partitions import DAY, SUBREDDIT, partitions
from clone_pipeline.defs.progress import Progress
from clone_pipeline.defs.reddit_parts import STAGE
from clone_pipeline.defs.reporting import counted
from clone_pipeline.defs.resources import ProjectFolder, project_folder
from clone_pipeline.funnel import StageCount
from clone_pipeline.project import Project
from clone_pipeline.reddit import dumps, session
from clone_pipeline.reddit.fetching import Fetched, fetch_day
from clone_pipeline.reddit.listing import OutOfReach
from clone_pipeline.reddit.looking_up import Hidden
from clone_pipeline.reddit.shelf import Shelf, open_shelf
from clone_pipeline.reddit.sweeping import sweep

if TYPE_CHECKING:
    import praw

log = logging.getLogger("clone_pipeline.reddit")

OUT_OF_REACH = "out_of_reach"
MOST_SHOWN = 20

subreddits = dg.AssetSpec(
    "subreddits",
    group_name="reddit",
    kinds={"reddit"},
    description="The subreddits under reddit.subs in clone.yaml, as Reddit shows them.",
)
raw_reddit = dg.AssetSpec(
    "raw_reddit",
    group_name="reddit",
    kinds={"file"},
    description="Dumps in raw_input/reddit (.ndjson, .zst), for years that the API does not give.",
)


def of_a_day(context: dg.AssetExecutionContext, project: ProjectFolder) -> dg.Output[Counted]:
    """The threads of a day with all their comments, masked; what was deleted since is erased."""
    settings = project.load()
    key = context.partition_key
    assert isinstance(key, dg.MultiPartitionKey)
    name, day = key.keys_by_dimension[SUBREDDIT], date.fromisoformat(key.keys_by_dimension[DAY])
    shown = f"{STAGE}, r/{name}, {day}"
    log.info(f"{shown}: asks Reddit for what is not held yet; texts stay on this machine")
    connect = session.once(connecting(settings))
    with open_shelf(project.shelf) as shelf, Progress(shown, "threads") as progress:
        reddit_parts.forget(project, settings, shelf, context.instance)
        if day == _yesterday(settings):
            _sweep(context, project, shelf, settings, name, connect)
        read_dumps(shelf, project, settings)
        fetched = _fetch(shelf, settings, name, day, connect, progress)
    return _told(project, settings, name, fetched)


def of_nobody(context: dg.AssetExecutionContext, project: ProjectFolder) -> dg.Output[Counted]:
    """The threads of the subreddits in clone.yaml, by day; none is followed yet."""
    settings = project.load()
    if project.shelf.exists():
        with open_shelf(project.shelf) as shelf:
            reddit_parts.forget(project, settings, shelf, context.instance)
    log.info(f"{STAGE}: no subreddit is followed, so nothing is fetched")
    empty = records.REDDIT_THREADS.empty_table()
    return counted(empty, StageCount(STAGE, "items", 0, 0))


_partitions = partitions(project_folder())
reddit_threads = dg.asset(
    name=STAGE,
    group_name="reddit",
    kinds={"reddit", "parquet"},
    partitions_def=_partitions,
    deps=[subreddits, raw_reddit],
    code_version="1",
)(of_a_day if _partitions else of_nobody)


def _told(
    project: ProjectFolder, settings: Project, name: str, fetched: Fetched
) -> dg.Output[Counted]:
    writers = [item.author for item in fetched.items]
    items = reddit_items.masked(project, settings, fetched.items, writers=writers)
    threads = sum(item.item_id == item.thread_id for item in items)
    made = {"threads": threads, "comments": len(items) - threads}
    count = StageCount(STAGE, "items", fetched.entered, len(items), fetched.dropped, made)
    for note in fetched.notes:
        log.info(f"{STAGE}: {note}")
    more = {"requests": fetched.requests, "notes": fetched.notes, "subreddit": f"r/{name}"}
    told = reddit_parts.tabled(items, reddit_parts.rules(settings, name), count)
    return counted(told.table, count, more=more, hidden=("title", "text", "url", "permalink"))


def _fetch(
    shelf: Shelf,
    settings: Project,
    name: str,
    day: date,
    connect: "Callable[[], praw.Reddit]",
    progress: Callable[[int, int], None],
) -> Fetched:
    sub = settings.reddit.subs[name]
    try:
        return fetch_day(
            shelf,
            connect=connect,
            subreddit=name,
            day=day,
            zone=ZoneInfo(settings.time_zone),
            filters=[*settings.reddit.filter, *sub.filter],
            opted_out=settings.reddit.opted_out,
            progress=progress,
            **sub.model_dump(include={"type", "limit", "min_score", "max_comments"}),
        )
    except OutOfReach as error:
        raise dg.Failure(
            str(error), metadata={OUT_OF_REACH: f"r/{name}"}, allow_retries=False
        ) from error


def _sweep(
    context: dg.AssetExecutionContext,
    project: ProjectFolder,
    shelf: Shelf,
    settings: Project,
    name: str,
    connect: "Callable[[], praw.Reddit]",
) -> None:
    """Take over what was deleted or edited on Reddit, here and where nobody follows any more."""
    followed = {each.lower() for each, sub in settings.reddit.subs.items() if not sub.skip}
    rest = [each for each in reddit_parts.on_the_shelf(shelf) if each not in followed]
    opted_out = settings.reddit.opted_out
    for each in [name, *rest]:
        try:
            with Progress(f"deletions and edits in r/{each}", "items") as progress:
                swept = sweep(
                    shelf, connect=connect, subreddit=each, opted_out=opted_out,
                    newer_than=None, progress=progress,
                )  # fmt: skip
        except Hidden as hidden:
            if each == name:
                raise
            log.warning(f"{STAGE}: {hidden}")
            continue
        if swept.deleted or swept.edited:
            log.info(f"{STAGE}: r/{each}: {swept.deleted} deleted, {swept.edited} edited since")
        for note in swept.notes:
            log.warning(f"{STAGE}: {note}")
        reddit_parts.erase(project, settings, shelf, swept.threads, context.instance)


def read_dumps(shelf: Shelf, project: ProjectFolder, settings: Project) -> None:
    """Put what is in raw_input/reddit on the shelf, unless it is there."""
    with Progress("dumps of Reddit", "bytes") as progress:
        read = dumps.import_dumps(
            shelf,
            project.raw("reddit"),
            subreddits=list(settings.reddit.subs),
            zone=ZoneInfo(settings.time_zone),
            opted_out=settings.reddit.opted_out,
            progress=progress,
        )
    if read.files:
        log.info(f"{STAGE}: {read.submissions:,} threads, {read.comments:,} comments from dumps")
    for where in read.malformed[:MOST_SHOWN]:
        log.warning(f"{STAGE}: {where}: no JSON object, left out")
    for reason, lines in read.skipped.items():
        log.warning(f"{STAGE}: dumps: {lines:,} left out: {reason}")


def _yesterday(settings: Project) -> date:
    return datetime.now(ZoneInfo(settings.time_zone)).date() - timedelta(days=1)


def connecting(settings: Project) -> "Callable[[], praw.Reddit]":
    """What signs in with the variables that clone.yaml names."""
    wanted = {"client_id_env", "client_secret_env", "username_env", "password_env"}
    return partial(session.connect, **settings.reddit.model_dump(include=wanted))
