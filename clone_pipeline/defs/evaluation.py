"""Group evaluation: the report of the newest model, and the gate before production."""

import json
import logging
from pathlib import Path
from typing import Any

import dagster as dg
import pyarrow as pa

from clone_pipeline import project as project_file
from clone_pipeline import registry
from clone_pipeline.defs import plots, processes
from clone_pipeline.defs.io_manager import content_digest
from clone_pipeline.defs.resources import ProjectFolder
from clone_pipeline.defs.training import fine_tuned_model, trained_version
from clone_pipeline.durable import write_json
from clone_pipeline.evaluation import report as reports
from clone_pipeline.evaluation.gate import gate, remarks
from clone_pipeline.evaluation.report import Report
from clone_pipeline.registry import Version
from clone_pipeline.serving.bases import base_folder

log = logging.getLogger("clone_pipeline.evaluation")

RECIPE = "2"  # part of the report's key: raised when the same facts would be measured otherwise


@dg.asset(
    group_name="evaluation",
    kinds={"pytorch", "json"},
    deps=[fine_tuned_model],
    code_version=RECIPE,
    check_specs=[dg.AssetCheckSpec("meets_the_floors", asset="evaluation_report")],
)
def evaluation_report(
    context: dg.AssetExecutionContext, project: ProjectFolder, training_dataset: pa.Table
) -> dg.MaterializeResult:  # type: ignore[type-arg]
    """What the newest model says of held-out rows, next to its base and to production."""
    project.load()
    version = trained_version(project)
    report = _standing(project, version, training_dataset)
    if report is None:
        report = _evaluate(project, version, training_dataset)
    reasons = refusals(project, report, version)
    unasked = remarks(report, floors=project.load().evaluation.floors)
    for sentence in unasked:
        log.warning(f"evaluation_report: {sentence}")
    for name, scores in reports.subjects(report).items():
        if scores.own:
            before, after = scores.own.base_perplexity, scores.own.tuned_perplexity
            log.info(f"evaluation_report: {name}, perplexity {before:.1f} -> {after:.1f}")
    return dg.MaterializeResult(
        metadata=_shown(report),
        data_version=dg.DataVersion(f"{report.version_digest[:16]}-{report.rows_digest[:16]}"),
        check_results=[
            dg.AssetCheckResult(
                check_name="meets_the_floors",
                passed=not reasons,
                severity=dg.AssetCheckSeverity.WARN,
                description="; ".join([*(reasons or ["every floor is met"]), *unasked]),
            )
        ],
    )


def report_path(project: ProjectFolder, version: Version) -> Path:
    """Where the report of a version lies."""
    return project.data / "evaluation" / version.name / "report.json"


def refusals(project: ProjectFolder, report: Report, version: Version) -> list[str]:
    """Why `version` may not be promoted on the strength of `report`; empty: it may."""
    standing = registry.production(project.models)
    return gate(
        report,
        floors=project.load().evaluation.floors,
        version_digest=version.digest,
        production_digest=standing.digest if standing else None,
    )


def _key(project: ProjectFolder, version: Version, dataset: pa.Table) -> str:
    settings = project.load()
    measured = settings.evaluation.model_dump(exclude={"floors", "threads"})
    return project_file.digest(
        RECIPE,
        version.digest,
        content_digest(dataset),
        json.dumps(measured, sort_keys=True),
        str(settings.training.seed),
    )


def _standing(project: ProjectFolder, version: Version, dataset: pa.Table) -> Report | None:
    """The report that was made of just this, if there is one."""
    path = report_path(project, version)
    made_of = path.with_name("made_of.json")
    if not path.exists() or not made_of.exists():
        return None
    if json.loads(made_of.read_text(encoding="utf-8"))["key"] != _key(project, version, dataset):
        return None
    report = reports.load(path)
    standing = registry.production(project.models)
    compared = report.production.digest if report.production else None
    if standing and standing.digest not in (version.digest, compared):
        return None
    if report.version_digest != version.digest:
        return None
    log.info(f"evaluation_report: unchanged, the report of {version.name} stands")
    return report


def _evaluate(project: ProjectFolder, version: Version, dataset: pa.Table) -> Report:
    settings = project.load()
    path = report_path(project, version)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.with_name("made_of.json").unlink(missing_ok=True)
    standing = registry.production(project.models)
    production = registry.version(project.models, standing.version).folder if standing else None
    run = {
        "base_model": str(base_folder(version)),
        "version": str(version.folder),
        "dataset": str(project.data / "training_dataset.parquet"),
        "out": str(path),
        "settings": settings.evaluation.model_dump(mode="json"),
        "seed": settings.training.seed,
        "production": str(production) if production else None,
    }
    log.info(f"evaluation_report: {version.name} on held-out rows; nothing leaves this machine")
    processes.run_module(
        "clone_pipeline.evaluation", run, folder=path.parent, stage="evaluation_report"
    )
    write_json(path.with_name("made_of.json"), {"key": _key(project, version, dataset)})
    return reports.load(path)


def _shown(report: Report) -> dict[str, Any]:
    judged = reports.subjects(report)
    bars = {
        name: (scores.own.base_perplexity, scores.own.tuned_perplexity)
        for name, scores in judged.items()
        if scores.own
    }
    facts: dict[str, Any] = {
        "version": report.version,
        "report": dg.MetadataValue.md(reports.markdown(report)),
        "perplexity": plots.pairs_of_bars(
            bars, title="Held-out perplexity", names=("base", "tuned"), y="perplexity"
        ),
    }
    for name, scores in judged.items():
        if scores.ratio:
            facts[f"perplexity_ratio {name}"] = scores.ratio.value
        if scores.specificity:
            facts[f"specificity {name}"] = scores.specificity.value
    return facts
