"""The object that Dagster loads; assembly only."""

from clone_pipeline.lasting import lasting

with lasting("dagster"):
    import dagster as dg

    from clone_pipeline.defs import (
        automation,
        chat,
        chat_dialogues,
        datasets,
        deployment,
        documents,
        evaluation,
        mixing,
        nights,
        privacy_checks,
        qa,
        qa_extras,
        reddit,
        reddit_texts,
        training,
    )
    from clone_pipeline.defs.io_manager import Tables
    from clone_pipeline.defs.resources import ProjectFolder, project_folder

_folder = project_folder()
_MODULES = [
    reddit,
    chat,
    chat_dialogues,
    documents,
    qa,
    qa_extras,
    datasets,
    reddit_texts,
    mixing,
    training,
    evaluation,
    deployment,
]

defs = dg.Definitions(
    assets=dg.load_assets_from_modules(
        _MODULES,
        include_specs=True,
    ),
    asset_checks=[privacy_checks.privacy_report],
    jobs=[
        automation.everything,
        nights.reddit_night,
        nights.tables,
        automation.retrain,
        automation.redeploy_bot,
    ],
    schedules=[nights.reddit_every_night, nights.tables_every_morning],
    sensors=[automation.redeploy_on_promotion],
    resources={
        "pipes": dg.PipesSubprocessClient(),
        "project": ProjectFolder(path=str(_folder)),
        "io_manager": Tables(folder=str(_folder / "data")),
    },
    executor=dg.in_process_executor,
)
