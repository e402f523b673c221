"""Partitions of reddit_threads that were never told, or by other settings than today's."""

import logging
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from zoneinfo import ZoneInfo

import dagster as dg

from clone_pipeline.defs import reddit_parts
from clone_pipeline.defs.executing import execute, failures_of
from clone_pipeline.defs.io_manager import part_of
from clone_pipeline.defs.nights import reddit_night
from clone_pipeline.defs.partitions import DAY, SUBREDDIT
from clone_pipeline.defs.reddit import OUT_OF_REACH, connecting, read_dumps
from clone_pipeline.defs.reddit_parts import STAGE
from clone_pipeline.defs.resources import ProjectFolder, project_folder
from clone_pipeline.project import Project
from clone_pipeline.reddit import fetching
from clone_pipeline.reddit.shelf import open_shelf
from clone_pipeline.settings import FaultyInput

log = logging.getLogger("clone_pipeline.launch")


@dataclass
class _Walk:
    """What was met on the way through the missing partitions."""

    out_of_reach: Counter[str] = field(default_factory=Counter)
    stuck: set[str] = field(default_factory=set)
    failures: dict[str, tuple[str, str]] = field(default_factory=dict)
    held_alone: bool = False


def materialize(
    defs: dg.Definitions, instance: dg.DagsterInstance, key: dg.AssetKey, notes: list[str]
) -> list[tuple[str, str]]:
    """Tell the partitions that are missing, the latest day first; failures as pairs.

    Missing is what was never told, or by other settings. Where a subreddit can't be asked (no
    such one, no answer, a day out of reach), its other days are told as far as they are held
    already, from dumps or earlier nights; the other subreddits go on. Users who opted out are
    forgotten first, even if nothing is missing.

    Args:
        defs: the definitions of the project.
        instance: its history.
        key: the asset.
        notes: what is said that is no failure is put there.
    """
    every = defs.resolve_asset_graph().get(key).partitions_def
    assert every is not None
    here = ProjectFolder(path=str(project_folder()))
    settings = here.load()
    covered: set[str] = set()
    parts = [each for each in every.get_partition_keys() if isinstance(each, dg.MultiPartitionKey)]
    missing = _missing(here, settings, parts, instance.get_materialized_partitions(key))
    with open_shelf(here.shelf) as shelf:
        reddit_parts.forget(here, settings, shelf, instance)
        try:
            read_dumps(shelf, here, settings)
        except FaultyInput as error:
            return [(STAGE, str(error))]
        for part in missing:
            name, day = _split(part)
            zone = ZoneInfo(settings.time_zone)
            if fetching.is_covered(shelf, subreddit=name, day=day, zone=zone):
                covered.add(part)
    walk = _Walk(held_alone=bool(covered and (why := _cannot_ask(settings))))
    if walk.held_alone and (left := len(set(missing) - covered)):
        walk.stuck = {_split(part)[0] for part in missing}
        notes += [f"{STAGE}: {left} days are left out, for Reddit can't be asked: {why}"]
    _go(defs, instance, missing, covered, walk)
    notes += [_said(name, days) for name, days in walk.out_of_reach.items()]
    return list(dict.fromkeys(walk.failures.values()))


def _missing(
    here: ProjectFolder,
    settings: Project,
    parts: Iterable[dg.MultiPartitionKey],
    made: set[str],
) -> list[dg.MultiPartitionKey]:
    found = [
        part
        for part in parts
        if part not in made
        or reddit_parts.told_by(here.data, part_of(part))
        != reddit_parts.rules(settings, _split(part)[0])
    ]
    return sorted(found, key=lambda part: (_split(part)[1], part), reverse=True)


def _go(
    defs: dg.Definitions,
    instance: dg.DagsterInstance,
    missing: list[dg.MultiPartitionKey],
    covered: set[str],
    walk: _Walk,
) -> None:
    job = defs.resolve_job_def(reddit_night.name)
    for place, part in enumerate(missing, 1):
        name, _ = _split(part)
        if name in walk.stuck and part not in covered:
            if name in walk.out_of_reach:
                walk.out_of_reach[name] += 1
            continue
        log.info(f"{STAGE}: partition {place} of {len(missing)}: {part}")
        result = execute(job, instance, partition_key=part)
        if _is_out_of_reach(result):
            walk.out_of_reach[name] += 1
            walk.stuck.add(name)
        elif failures := failures_of(result):
            walk.failures.setdefault(name, failures[0])
            walk.stuck.add(name)
            # whoever can't even ask fails at once; an answer that does not come takes its time
            if not walk.held_alone:
                covered -= {other for other in covered if other.endswith(f"|{name}")}


def _cannot_ask(settings: Project) -> str:
    """Why Reddit can't be asked, as far as that is known without asking."""
    try:
        connecting(settings)()
    except FaultyInput as error:
        return "; ".join(f"{fault.where}: {fault.found}" for fault in error.faults)
    return ""


def _split(part: dg.MultiPartitionKey) -> tuple[str, date]:
    dimensions = part.keys_by_dimension
    return dimensions[SUBREDDIT], date.fromisoformat(dimensions[DAY])


def _said(name: str, days: int) -> str:
    what = "day of" if days == 1 else "days of"
    return (
        f"{STAGE}: {days} {what} r/{name} {'is' if days == 1 else 'are'} out of reach: put a dump "
        f"into raw_input/reddit, or set reddit.since to a later day."
    )


def _is_out_of_reach(result: dg.ExecuteInProcessResult) -> bool:
    """Whether it failed because the day can't be fetched any more."""
    said = [
        event.step_failure_data.user_failure_data
        for event in result.filter_events(lambda e: e.is_step_failure)
    ]
    return any(each and OUT_OF_REACH in each.metadata for each in said)
