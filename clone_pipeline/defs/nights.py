"""The nightly schedule: yesterday of each subreddit, and the nights that were missed before."""

from collections.abc import Iterator
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import dagster as dg

from clone_pipeline.defs.partitions import DAY, SUBREDDIT, followed, follows_reddit
from clone_pipeline.defs.reddit import reddit_threads
from clone_pipeline.defs.resources import project_folder

LOOKS_BACK_DAYS = 30

reddit_night = dg.define_asset_job(
    "reddit_night",
    selection=dg.AssetSelection.assets(reddit_threads),
    description="A day of a subreddit.",
)

tables = dg.define_asset_job(
    "tables",
    selection=dg.AssetSelection.groups("chat", "documents", "datasets"),
    description="Every table that is made without asking a model, and the exports, anew.",
)

_status = (
    dg.DefaultScheduleStatus.RUNNING
    if follows_reddit(project_folder())
    else dg.DefaultScheduleStatus.STOPPED
)
_zone = followed(project_folder()).time_zone


@dg.schedule(
    job=reddit_night,
    cron_schedule="0 3 * * *",
    execution_timezone=_zone,
    default_status=_status,
    description="At 3:00 in the project's time zone: yesterday's threads of each subreddit, and "
    "those of nights that were missed since the first one.",
)
def reddit_every_night(context: dg.ScheduleEvaluationContext) -> Iterator[dg.RunRequest]:
    """A run for each day and subreddit that is wanting."""
    if (defined := reddit_threads.partitions_def) is None:
        return
    tonight = context.scheduled_execution_time.astimezone(ZoneInfo(_zone)).date()
    made = context.instance.get_materialized_partitions(reddit_threads.key)
    assert isinstance(defined, dg.MultiPartitionsDefinition)
    known = set(defined.get_partition_keys(context.scheduled_execution_time))
    names = list(defined.get_partitions_def_for_dimension(SUBREDDIT).get_partition_keys())
    for key in wanting(made, names, tonight=tonight):
        if key in known:
            yield dg.RunRequest(run_key=f"{tonight}: {key}", partition_key=key)


@dg.schedule(
    job=tables,
    cron_schedule="0 5 * * *",
    execution_timezone=_zone,
    default_status=_status,
    description="At 5:00: the tables and exports that are made of what Reddit gave, so that what "
    "was deleted there leaves them too.",
)
def tables_every_morning() -> dg.RunRequest:
    """One run."""
    return dg.RunRequest()


def wanting(made: set[str], subreddits: list[str], *, tonight: date) -> list[str]:
    """The partitions that a night asks for: yesterday, and gaps behind it, the latest first.

    A gap is a day that was not materialized, after one of the same subreddit that was, and at
    most `LOOKS_BACK_DAYS` ago.

    Args:
        made: the keys of the partitions that were materialized.
        subreddits: those to fetch.
        tonight: the date of the night, in the project's time zone.
    """
    found = []
    for back in range(1, LOOKS_BACK_DAYS + 1):
        day = (tonight - timedelta(days=back)).isoformat()
        for name in subreddits:
            key = str(dg.MultiPartitionKey({DAY: day, SUBREDDIT: name}))
            earlier = any(other < key and other.endswith(f"|{name}") for other in made)
            if key not in made and (back == 1 or earlier):
                found.append(key)
    return found
