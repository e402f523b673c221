"""Materializing in this process, against the project's own Dagster history."""

import logging
import os
import re
import time
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import dagster as dg
from dagster import RunsFilter

from clone_pipeline import registry, scaffold
from clone_pipeline.defs import missing
from clone_pipeline.defs.automation import (
    everything,
    redeploy_bot,
    redeploy_on_promotion,
)
from clone_pipeline.defs.dead_runs import end_dead_runs
from clone_pipeline.defs.executing import Interrupted as Interrupted
from clone_pipeline.defs.executing import execute, failures_of
from clone_pipeline.defs.resources import FOLDER_VARIABLE, project_folder
from clone_pipeline.settings import Fault, FaultyInput

log = logging.getLogger("clone_pipeline.launch")

DAEMON_SILENT_SECONDS = 90.0
DAEMON_WAIT_SECONDS = 30.0
DAEMON_RUN_SECONDS = 900.0

for _stage_of_life in (dg.BetaWarning, dg.PreviewWarning):
    warnings.filterwarnings("ignore", category=_stage_of_life)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run ended: `failures` are (asset or op, sentence) pairs; `notes` are for the user."""

    succeeded: bool
    failures: list[tuple[str, str]]
    notes: list[str]


@contextmanager
def project_instance(folder: Path) -> Iterator[dg.DagsterInstance]:
    """The Dagster instance of the project at `folder`, in `<folder>/.dagster`."""
    home = scaffold.write_dagster_home(folder)
    os.environ[FOLDER_VARIABLE] = str(folder)
    os.environ["DAGSTER_HOME"] = str(home)
    with dg.DagsterInstance.get() as instance:
        yield instance


def run(
    defs: dg.Definitions, folder: Path, *, selection: str, run_config: Mapping[str, object]
) -> Outcome:
    """Materialize `selection` in this process, then redeploy what was promoted.

    Args:
        defs: the definitions of the project at `folder`.
        folder: the project.
        selection: Dagster's asset selection syntax; "*" is everything.
        run_config: of the run, such as {"ops": {asset: {"config": ..}}}.

    Raises:
        FaultyInput: the selection is not understood or matches nothing.
        Interrupted: Ctrl-C.
    """
    with project_instance(folder) as instance:
        end_dead_runs(instance)
        keys = select(defs, selection)
        _configured(keys, run_config)
        notes: list[str] = []
        graph = defs.resolve_asset_graph()
        parted = [key for key in keys if graph.get(key).is_partitioned]
        failures = [
            fault for key in parted for fault in missing.materialize(defs, instance, key, notes)
        ]
        if whole := [key for key in keys if key not in parted]:
            job = defs.resolve_job_def(everything.name)
            result = execute(job, instance, keys=whole, run_config=run_config)
            failures += failures_of(result)
            if any(key.path[-1] == "promoted_model" for key in whole) and result.success:
                failures += redeploy(defs, instance, notes)
        return Outcome(not failures, failures, notes)


def select(defs: dg.Definitions, selection: str) -> list[dg.AssetKey]:
    """The assets that `selection` means and that can be materialized.

    Raises:
        FaultyInput: it is not understood, or nothing matches.
    """
    graph = defs.resolve_asset_graph()
    known = ", ".join(sorted(key.to_user_string() for key in graph.materializable_asset_keys))
    names = "|".join(sorted(key.to_user_string() for key in graph.get_all_asset_keys()))
    # a bare name is read in Dagster's older syntax, where `+` goes one step only
    modern = re.sub(rf'(?<![:"\w])({names})(?!["\w])', r'key:"\1"', selection)
    try:
        keys = dg.AssetSelection.from_string(modern).resolve(graph)
    except (dg.DagsterError, ValueError) as error:
        found = f"`{selection}` ({str(error).splitlines()[0]})"
        raise FaultyInput([Fault("--select", found, f"Assets here: {known}.")]) from None
    chosen = sorted(keys & graph.materializable_asset_keys)
    if not chosen:
        fault = Fault("--select", f"`{selection}`, which matches nothing", f"Here: {known}.")
        raise FaultyInput([fault])
    return chosen


def _configured(keys: list[dg.AssetKey], run_config: Mapping[str, object]) -> None:
    configured = run_config.get("ops")
    names = {key.to_user_string() for key in keys}
    for op in configured if isinstance(configured, dict) else ():
        if op not in names:
            found = f"a selection without `{op}`, which this run is to configure"
            raise FaultyInput([Fault("--select", found, f"Add it: `... or {op}`.")])


def daemon_alive(instance: dg.DagsterInstance) -> bool:
    """Whether a sensor daemon has shown a sign of life lately."""
    beat = instance.get_daemon_heartbeats().get("SENSOR")
    return beat is not None and time.time() - beat.timestamp < DAEMON_SILENT_SECONDS


def redeploy(
    defs: dg.Definitions, instance: dg.DagsterInstance, notes: list[str]
) -> list[tuple[str, str]]:
    """With no live daemon, tick the redeploy sensor and run its job; failures as pairs."""
    if daemon_alive(instance) and (note := _daemon_redeploys(instance)):
        notes.append(note)
        return []
    context = dg.build_sensor_context(instance=instance, definitions=defs)
    tick = defs.resolve_sensor_def(redeploy_on_promotion.name).evaluate_tick(context)
    failures: list[tuple[str, str]] = []
    for request in tick.run_requests or []:
        tags = {
            "dagster/run_key": request.run_key or "",
            "dagster/sensor_name": redeploy_on_promotion.name,
        }
        job = defs.resolve_job_def(redeploy_bot.name)
        failures += failures_of(execute(job, instance, tags=tags))
    if tick.skip_message:
        notes.append(tick.skip_message)
    return failures


def _daemon_redeploys(instance: dg.DagsterInstance) -> str:
    """Wait for the end of the run that the daemon's sensor asks for; it may have just been stopped.

    Returns:
        What came of it; empty if redeploying is left to this process: no run began, or it ended
        without the promoted model in production.
    """
    models = project_folder() / "models"
    last = registry.promotions(models)[-1]
    log.info("waiting for the Dagster daemon's sensor to redeploy the promoted model")
    tags = {
        "dagster/run_key": str(last.number),
        "dagster/sensor_name": redeploy_on_promotion.name,
    }
    begun = time.monotonic()
    while True:
        runs = instance.get_runs(RunsFilter(tags=tags), limit=1)
        going = bool(runs) and not runs[0].is_finished
        standing = registry.production(models)
        if not going and standing and standing.digest == last.digest:
            return "The Dagster daemon's sensor has taken the promotion."
        if runs and not going:
            return ""
        waited = time.monotonic() - begun
        if going and waited > DAEMON_RUN_SECONDS:
            return f"The Dagster daemon's run that redeploys {last.version} has not ended yet."
        if not going and waited > DAEMON_WAIT_SECONDS:
            return ""
        time.sleep(1.0)
