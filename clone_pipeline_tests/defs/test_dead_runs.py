import subprocess
import sys
from pathlib import Path

import dagster as dg
import psutil
import pytest

from clone_pipeline.defs.dead_runs import OPEN, PROCESS_TAG, end_dead_runs, this_process
from clone_pipeline_tests.defs import opened


@dg.job
def nothing() -> None:
    pass


def run_of(
    instance: dg.DagsterInstance, process: str | None, status: dg.DagsterRunStatus
) -> dg.DagsterRun:
    tags = {PROCESS_TAG: process} if process else {}
    return instance.create_run_for_job(nothing, tags=tags, status=status)


def status_of(instance: dg.DagsterInstance, run: dg.DagsterRun) -> dg.DagsterRunStatus:
    found = instance.get_run_by_id(run.run_id)
    assert found is not None
    return found.status


def gone() -> str:
    """A process that has ended, as a tag."""
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        process = f"{child.pid}@{psutil.Process(child.pid).create_time():.0f}"
        child.communicate(b"\n")
    return process


@pytest.mark.parametrize("status", OPEN)
def test_a_run_of_a_process_that_is_gone_is_marked_as_failed(
    tmp_path: Path, status: dg.DagsterRunStatus
) -> None:
    with opened.opened(tmp_path) as (_, instance):
        run = run_of(instance, gone(), status)
        assert end_dead_runs(instance) == 1
        assert status_of(instance, run) is dg.DagsterRunStatus.FAILURE
        assert end_dead_runs(instance) == 0


def test_only_runs_whose_process_is_gone_are_ended(tmp_path: Path) -> None:
    started, done = dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.SUCCESS
    with opened.opened(tmp_path) as (_, instance):
        mine = run_of(instance, this_process(), started)
        servers = run_of(instance, None, started)
        ended = run_of(instance, gone(), done)
        assert end_dead_runs(instance) == 0
        assert status_of(instance, mine) is started
        assert status_of(instance, servers) is started
        assert status_of(instance, ended) is done


def test_a_process_id_that_is_used_again_is_another_process(tmp_path: Path) -> None:
    pid, _, began = this_process().partition("@")
    with opened.opened(tmp_path) as (_, instance):
        run = run_of(instance, f"{pid}@{float(began) - 1000:.0f}", dg.DagsterRunStatus.STARTED)
        assert end_dead_runs(instance) == 1
        assert status_of(instance, run) is dg.DagsterRunStatus.FAILURE


def test_a_clock_that_was_set_a_little_kills_nobody(tmp_path: Path) -> None:
    pid, _, began = this_process().partition("@")
    with opened.opened(tmp_path) as (_, instance):
        run_of(instance, f"{pid}@{float(began) + 1:.0f}", dg.DagsterRunStatus.STARTED)
        assert end_dead_runs(instance) == 0


def test_the_slot_of_a_killed_run_is_free_again(tmp_path: Path) -> None:
    with opened.opened(tmp_path) as (_, instance):
        storage = instance.event_log_storage
        instance.event_log_storage.set_concurrency_slots("gpu", 1)
        run = run_of(instance, gone(), dg.DagsterRunStatus.STARTED)
        assert storage.claim_concurrency_slot("gpu", run.run_id, "step").is_claimed
        assert not storage.claim_concurrency_slot("gpu", "another", "step").is_claimed
        end_dead_runs(instance)
        assert storage.claim_concurrency_slot("gpu", "another", "step").is_claimed
