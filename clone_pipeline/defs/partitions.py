"""Partitions: the days and the subreddits that clone.yaml names."""

from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import dagster as dg

from clone_pipeline import project as project_file
from clone_pipeline.defs.resources import ProjectFolder
from clone_pipeline.project import Project
from clone_pipeline.reddit import fetching
from clone_pipeline.settings import FaultyInput

DAY, SUBREDDIT = "day", "subreddit"
WEEK = timedelta(days=7)


def followed(folder: Path) -> Project:
    """The project's settings; the defaults, without a subreddit, while clone.yaml is faulty."""
    try:
        return project_file.load(folder)
    except FaultyInput:  # each asset fails with all faults when it is materialized
        return Project()


def partitions(folder: Path) -> dg.MultiPartitionsDefinition | None:
    """Every day from the first one on, in the project's time zone, by every subreddit followed.

    None if none is followed: with a partitioned asset that has no partition, the UI could not
    materialize everything at once.
    """
    settings = followed(folder)
    if not _fetched(settings):
        return None
    first = settings.reddit.since or fetching.first_day(ProjectFolder(path=str(folder)).shelf)
    if first is None:
        first = datetime.now(ZoneInfo(settings.time_zone)).date() - WEEK
    return dg.MultiPartitionsDefinition(
        {
            DAY: dg.DailyPartitionsDefinition(
                start_date=first.isoformat(), timezone=settings.time_zone
            ),
            SUBREDDIT: dg.StaticPartitionsDefinition(_fetched(settings)),
        }
    )


def follows_reddit(folder: Path) -> bool:
    """Whether any subreddit is to be fetched."""
    return bool(_fetched(followed(folder)))


def _fetched(settings: Project) -> list[str]:
    return [name for name, sub in settings.reddit.subs.items() if not sub.skip]
