"""Partitions that were never materialized, such as nights on which nothing ran."""

import logging
from collections import Counter

import dagster as dg

from clone_pipeline.defs.automation import reddit_night
from clone_pipeline.defs.executing import execute, failures_of
from clone_pipeline.defs.reddit import OUT_OF_REACH

log = logging.getLogger("clone_pipeline.launch")


def materialize(
    defs: dg.Definitions, instance: dg.DagsterInstance, key: dg.AssetKey, notes: list[str]
) -> list[tuple[str, str]]:
    """Materialize the partitions that never were, the latest day first; failures as pairs.

    A day that is out of reach is no failure here, but noted. The first other failure ends it: what
    stops one partition, such as missing credentials, stops them all.
    """
    every = defs.resolve_asset_graph().get(key).partitions_def
    assert every is not None
    made = instance.get_materialized_partitions(key)
    missing = [part for part in reversed(every.get_partition_keys()) if part not in made]
    job = defs.resolve_job_def(reddit_night.name)
    unreached: Counter[str] = Counter()
    failures: list[tuple[str, str]] = []
    for place, part in enumerate(missing, 1):
        log.info(f"{key.to_user_string()}: partition {place} of {len(missing)}: {part}")
        result = execute(job, instance, partition_key=part)
        if where := _out_of_reach(result):
            unreached[where] += 1
        elif failures := failures_of(result):
            break
    notes += [
        f"{key.to_user_string()}: {days} {'day' if days == 1 else 'days'} of {where} "
        f"{'is' if days == 1 else 'are'} out of reach: put a dump into raw_input/reddit, or set "
        f"reddit.since to a later day."
        for where, days in unreached.items()
    ]
    return failures


def _out_of_reach(result: dg.ExecuteInProcessResult) -> str | None:
    """The subreddit of which the day can't be fetched any more, if that is why it failed."""
    for event in result.filter_events(lambda e: e.is_step_failure):
        said = event.step_failure_data.user_failure_data
        if said and (where := said.metadata.get(OUT_OF_REACH)):
            return str(where.value)
    return None
