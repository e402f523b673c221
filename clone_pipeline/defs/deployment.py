"""Group deployment: the promotion, the job that redeploys, what is in production."""

import logging

import dagster as dg

from clone_pipeline import registry
from clone_pipeline.defs.evaluation import evaluation_report, refusals, report_path
from clone_pipeline.defs.resources import ProjectFolder
from clone_pipeline.defs.training import trained_version
from clone_pipeline.evaluation import report as reports
from clone_pipeline.serving import deploying

log = logging.getLogger("clone_pipeline.deployment")


@dg.asset(group_name="deployment", kinds={"json"}, deps=[evaluation_report], code_version="1")
def promoted_model(project: ProjectFolder) -> dg.MaterializeResult:  # type: ignore[type-arg]
    """The newest model, if its own report meets every floor; else this fails with the reasons."""
    project.load()
    version = trained_version(project)
    path = report_path(project, version)
    if not path.exists():
        raise dg.Failure(
            f"{version.name} has no evaluation report: materialize evaluation_report first.",
            allow_retries=False,
        )
    report = reports.load(path)
    if reasons := refusals(project, report, version):
        raise dg.Failure(
            f"{version.name} is refused: " + "; ".join(reasons),
            metadata={"report": dg.MetadataValue.md(reports.markdown(report))},
            allow_retries=False,
        )
    promotion = registry.promote(project.models, version=version, report=path)
    log.info(f"promoted_model: {version.name}, promotion {promotion.number}")
    return dg.MaterializeResult(
        metadata={
            "version": version.name,
            "promotion": promotion.number,
            "digest": version.digest,
            "report": dg.MetadataValue.md(reports.markdown(report)),
        },
        data_version=dg.DataVersion(version.digest[:16]),
    )


production_endpoint = dg.AssetSpec(
    "production_endpoint",
    deps=[promoted_model],
    group_name="deployment",
    kinds={"http"},
    description="The model that `clone-pipeline serve`, `chat` and bots answer with. The job "
    "redeploy_bot records each change with the version's digest.",
)


@dg.op(description="Smoke test, swap, wait for the serving processes; roll back if they fail.")
def redeploy(context: dg.OpExecutionContext, project: ProjectFolder) -> None:
    """Put the last promotion into production."""
    settings = project.load().serving
    promoted = registry.promotions(project.models)
    if not promoted:
        raise dg.Failure("Nothing was promoted yet.", allow_retries=False)
    last = promoted[-1]
    try:
        done = deploying.redeploy(project.models, promotion=last, settings=settings, say=log.info)
    except deploying.RedeployFailed as error:
        raise dg.Failure(str(error), allow_retries=False) from None
    context.log_event(
        dg.AssetMaterialization(
            "production_endpoint",
            metadata={
                "version": last.version,
                "digest": last.digest,
                "promotion": last.number,
                "smoke_reply": done.smoke_reply,
                "serving_processes": done.serving,
            },
            tags={"dagster/data_version": last.digest[:16]},
        )
    )
