"""The object that Dagster loads; assembly only."""

import dagster as dg

from clone_pipeline.defs import (
    automation,
    chat,
    datasets,
    deployment,
    documents,
    evaluation,
    qa,
    training,
)
from clone_pipeline.defs.io_manager import Tables
from clone_pipeline.defs.resources import ProjectFolder, project_folder

_folder = project_folder()

defs = dg.Definitions(
    assets=dg.load_assets_from_modules(
        [chat, documents, qa, datasets, training, evaluation, deployment], include_specs=True
    ),
    jobs=[automation.everything, automation.redeploy_bot],
    sensors=[automation.redeploy_on_promotion],
    resources={
        "pipes": dg.PipesSubprocessClient(),
        "project": ProjectFolder(path=str(_folder)),
        "io_manager": Tables(folder=str(_folder / "data")),
    },
    executor=dg.in_process_executor,
)
