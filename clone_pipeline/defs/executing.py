"""One run of a job in this process, and what failed in it."""

from collections.abc import Mapping

import dagster as dg

from clone_pipeline.defs.dead_runs import PROCESS_TAG, this_process
from clone_pipeline.defs.interrupts import sigterm_as_before
from clone_pipeline.settings import FaultyInput

INTERRUPTED = "DagsterExecutionInterruptedError"
QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


class Interrupted(Exception):
    """The user stopped the run; what was finished is kept."""


def execute(
    job: dg.JobDefinition,
    instance: dg.DagsterInstance,
    *,
    keys: list[dg.AssetKey] | None = None,
    run_config: Mapping[str, object] | None = None,
    tags: dict[str, str] | None = None,
    partition_key: str | None = None,
) -> dg.ExecuteInProcessResult:
    """Run `job` here; what is logged to the terminal is ours alone.

    Args:
        job: with the assets' definitions in it.
        instance: whose history the run enters.
        keys: the assets to materialize; None: the job's own.
        run_config: of the run.
        tags: of the run, besides this process's id.
        partition_key: of a partitioned job.

    Raises:
        Interrupted: Ctrl-C.
    """
    try:
        with sigterm_as_before():
            return job.execute_in_process(
                instance=instance,
                asset_selection=keys,
                partition_key=partition_key,
                run_config={**QUIET, **(run_config or {})},
                tags={PROCESS_TAG: this_process(), **(tags or {})},
                raise_on_error=False,
            )
    except KeyboardInterrupt:
        raise Interrupted from None


def failures_of(result: dg.ExecuteInProcessResult) -> list[tuple[str, str]]:
    """What failed, as (asset or op, sentence) pairs; none if the run succeeded.

    Raises:
        Interrupted: it was stopped.
    """
    failures = []
    for event in result.filter_events(lambda e: e.is_step_failure):
        data = event.step_failure_data
        if data.error and data.error.cls_name == INTERRUPTED:
            raise Interrupted
        if data.user_failure_data and data.user_failure_data.description:
            sentence = data.user_failure_data.description
        else:
            error = data.error.cause if data.error and data.error.cause else data.error
            sentence = _sentence(error.message) if error else "failed"
        failures.append((event.step_key or "run", sentence))
    if not failures and not result.success:
        ended = result.filter_events(lambda e: e.is_run_failure)
        failures += [("run", event.message or "failed") for event in ended]
    return failures


def _sentence(message: str) -> str:
    """What it says; of a user's fault without the name of its class."""
    return message.strip().removeprefix(f"{FaultyInput.__module__}.{FaultyInput.__name__}: ")
