"""Runs whose process was killed: nothing else would ever end them, or free their slots."""

import os

import dagster as dg
import psutil
from dagster import DagsterRunStatus, RunsFilter

PROCESS_TAG = "clone_pipeline/process"
CLOCK_SECONDS = 3.0  # the start of a process moves a little when the clock is set
OPEN = [
    DagsterRunStatus.NOT_STARTED,
    DagsterRunStatus.STARTING,
    DagsterRunStatus.STARTED,
    DagsterRunStatus.CANCELING,
]


def end_dead_runs(instance: dg.DagsterInstance) -> int:
    """Mark runs of killed processes as failed and free their slots; returns how many."""
    open_runs = RunsFilter(statuses=OPEN)
    ended = 0
    for run in instance.get_runs(open_runs):
        process = run.tags.get(PROCESS_TAG)
        if process is None or _lives(process):
            continue
        instance.report_run_failed(run, "The process of this run is gone (killed).")
        instance.event_log_storage.free_concurrency_slots_for_run(run.run_id)
        ended += 1
    return ended


def this_process() -> str:
    """The process as a tag: its id and its start, as ids are used again."""
    return f"{os.getpid()}@{psutil.Process().create_time():.0f}"


def _lives(process: str) -> bool:
    pid, _, started = process.partition("@")
    try:
        return abs(psutil.Process(int(pid)).create_time() - float(started)) < CLOCK_SECONDS
    except psutil.NoSuchProcess:
        return False
