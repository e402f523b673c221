"""The jobs, and the sensor that redeploys the bot when a new model is promoted."""

import dagster as dg
from dagster import DagsterRunStatus, RunsFilter

from clone_pipeline import registry
from clone_pipeline.defs.deployment import redeploy
from clone_pipeline.defs.reddit import reddit_threads
from clone_pipeline.defs.resources import project_folder

everything = dg.define_asset_job(
    "everything",
    selection=dg.AssetSelection.all() - dg.AssetSelection.assets(reddit_threads)
    if reddit_threads.partitions_def
    else dg.AssetSelection.all(),
    description="Every asset, from the raw inputs to the promoted model, but for the partitions "
    "of reddit_threads, which the nightly schedule and backfills fetch.",
)

retrain = dg.define_asset_job(
    "retrain",
    selection=dg.AssetSelection.all() - dg.AssetSelection.assets(reddit_threads),
    description="For CI: from what lies here already to the promoted model; nothing is fetched.",
)


@dg.job(description="Smoke-test the promoted model, swap it in, roll back if it does not come up.")
def redeploy_bot() -> None:
    """Put the last promotion into production."""
    redeploy()


@dg.asset_sensor(
    asset_key=dg.AssetKey("promoted_model"),
    job=redeploy_bot,
    default_status=dg.DefaultSensorStatus.RUNNING,
    minimum_interval_seconds=5,
    description="A newly promoted model is redeployed once; the run key is the promotion's number.",
)
def redeploy_on_promotion(
    context: dg.SensorEvaluationContext, asset_event: dg.EventLogEntry
) -> dg.RunRequest | dg.SkipReason:
    """Ask for `redeploy_bot` if the last promotion is not in production yet."""
    models = project_folder() / "models"
    promoted = registry.promotions(models)
    if not promoted:
        return dg.SkipReason("Left as it is: no promotion is written in models/promotions.jsonl.")
    last = promoted[-1]
    standing = registry.production(models)
    if standing and standing.digest == last.digest:
        return dg.SkipReason(f"Left as it is: {last.version} is in production already.")
    if _was_deployed(context.instance, last.number):
        return dg.SkipReason(
            f"Left as it is: promotion {last.number} ({last.version}) was deployed before, and "
            f"production was changed by hand since."
        )
    return dg.RunRequest(run_key=str(last.number), tags={"clone_pipeline/version": last.version})


def _was_deployed(instance: dg.DagsterInstance, number: int) -> bool:
    tags = {"dagster/run_key": str(number), "dagster/sensor_name": redeploy_on_promotion.name}
    done = RunsFilter(job_name=redeploy_bot.name, tags=tags, statuses=[DagsterRunStatus.SUCCESS])
    return bool(instance.get_runs(done, limit=1))
