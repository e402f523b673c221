"""A project's definitions and history, opened in this process as `clone-pipeline run` does."""

import importlib
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import dagster as dg

from clone_pipeline import definitions
from clone_pipeline.defs import automation, launch, nights, reddit
from clone_pipeline.defs.launch import Outcome
from clone_pipeline.defs.resources import FOLDER_VARIABLE


@contextmanager
def loaded(folder: Path) -> Iterator[dg.Definitions]:
    """The definitions of the project at `folder`; the environment is as before afterwards."""
    saved = {name: os.environ.get(name) for name in (FOLDER_VARIABLE, "DAGSTER_HOME")}
    os.environ[FOLDER_VARIABLE] = str(folder)
    try:
        for module in (reddit, nights, automation):  # partitions and schedule are the project's own
            importlib.reload(module)
        yield importlib.reload(definitions).defs
    finally:
        for name, value in saved.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value


@contextmanager
def opened(folder: Path) -> Iterator[tuple[dg.Definitions, dg.DagsterInstance]]:
    """The definitions of the project at `folder` with its own Dagster history."""
    with loaded(folder) as defs, launch.project_instance(folder) as instance:
        yield defs, instance


def run(
    folder: Path, selection: str = "*", *, config: Mapping[str, object] | None = None
) -> Outcome:
    """What `clone-pipeline run --select SELECTION` does, in this process."""
    with loaded(folder) as defs:
        return launch.run(defs, folder, selection=selection, run_config=config or {})


def tick(folder: Path) -> tuple[list[str | None], str]:
    """The run keys that the redeploy sensor asks for now, and why none; nothing is launched."""
    with opened(folder) as (defs, instance):
        context = dg.build_sensor_context(instance=instance, definitions=defs)
        said = defs.resolve_sensor_def(automation.redeploy_on_promotion.name).evaluate_tick(context)
        return [request.run_key for request in said.run_requests or []], said.skip_message or ""


def materializations(folder: Path, asset: str) -> list[dg.AssetMaterialization]:
    """Every recorded materialization of `asset`, oldest first."""
    with opened(folder) as (_, instance):
        found = instance.fetch_materializations(dg.AssetKey(asset), limit=100, ascending=True)
        return [each.asset_materialization for each in found.records if each.asset_materialization]


def copied(project: Path, folder: Path) -> Path:
    """The project as it stands, history, models and all, in another folder."""
    return Path(shutil.copytree(project, folder))
