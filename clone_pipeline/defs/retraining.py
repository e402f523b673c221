"""Retraining for CI: learns what is new, and tells how it ended."""

import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import dagster as dg

from clone_pipeline import funnel, project, registry
from clone_pipeline.defs import alone, evaluation, launch, learned, spending
from clone_pipeline.defs.io_manager import read_table
from clone_pipeline.defs.resources import ProjectFolder
from clone_pipeline.defs.training import base_folder, training_key
from clone_pipeline.evaluation import report as reports
from clone_pipeline.evaluation import summary
from clone_pipeline.evaluation.gate import remarks
from clone_pipeline.evaluation.outcome import EXIT_CODES, Asked, Deployed, Ending, Outcome
from clone_pipeline.evaluation.report import Report
from clone_pipeline.registry import Version
from clone_pipeline.settings import FaultyInput

log = logging.getLogger("clone_pipeline.retraining")

FETCHED = dg.AssetKey("reddit_threads")
LEARNING = ("fine_tuned_model", "evaluation_report", "promoted_model")
OUTDATED = "production has changed since the report"  # the gate's words


@dataclass(frozen=True, slots=True)
class Retrained:
    """How a retraining ended: for programs, as Markdown for a person, and notes for the log."""

    outcome: Outcome
    summary: str
    notes: list[str]


@dataclass(frozen=True, slots=True)
class _Ended:
    ending: Ending
    reasons: list[str]
    notes: list[str]
    version: Version | None = None
    report: Report | None = None
    remarks: tuple[str, ...] = ()


def retrain(defs: dg.Definitions, folder: Path) -> Retrained:
    """Make every table, train if they teach anything new, judge, promote and redeploy.

    Partitioned assets, which fetch, are left to their schedule. A second retraining of the same
    project waits for the first.

    Args:
        defs: the definitions of the project at `folder`.
        folder: the project, absolute.

    Raises:
        launch.Interrupted: Ctrl-C; the next retraining goes on from there.
    """
    started = time.monotonic()
    here = ProjectFolder(path=str(folder))
    asked, before = None, None
    try:
        here.load()
        with alone.retraining(here.models):
            asked, before = spending.before(here), _production(here)
            ended = _retrained(defs, here)
    except launch.Interrupted:
        raise
    except FaultyInput as error:
        ended = _Ended("failed", [str(fault) for fault in error.faults], [])
    except Exception as error:  # CI reads of every failure in the result
        log.exception("retraining failed unexpectedly")
        ended = _Ended("failed", [_unexpected(error)], [])
    outcome = _told(ended).model_copy(
        update={
            "production_before": before,
            "production_after": _production(here),
            "stages": funnel.report(funnel.load(here.data / "funnel"))["stages"],
            "llm": spending.since(here, asked) if asked else Asked(),
            "seconds": round(time.monotonic() - started, 1),
        }
    )
    return Retrained(outcome, summary.markdown(outcome, ended.report), ended.notes)


def whole_assets(defs: dg.Definitions) -> list[dg.AssetKey]:
    """What a retraining makes: all that can be materialized, is not fetched, has no partitions."""
    graph = defs.resolve_asset_graph()
    keys = sorted(graph.materializable_asset_keys)
    return [key for key in keys if key != FETCHED and not graph.get(key).is_partitioned]


def _unexpected(error: Exception) -> str:
    said = (str(error).strip().splitlines() or ["no more is known"])[0]
    return f"unexpected {type(error).__name__}: {said}"


def _retrained(defs: dg.Definitions, here: ProjectFolder) -> _Ended:
    registry.production(here.models)  # a faulty pointer is told before hours of work
    names = [key.to_user_string() for key in whole_assets(defs)]
    made = _run(defs, here, [name for name in names if name not in LEARNING])
    if not made.succeeded:
        return _Ended("failed", _sentences(made), made.notes)
    settings = here.load()
    table = read_table(here.data, "training_dataset")
    key = training_key(settings, table, base=base_folder(settings, here.root))
    how = settings.evaluation.model_dump_json(exclude={"threads"})
    judged_by = _judged_by(here, how)
    if why := learned.nothing_new(here.models, key=key, judged_by=judged_by):
        version = registry.find(here.models, training_key=key)
        return _Ended("nothing_new", [why], made.notes, version)
    learned.note(here.models, key=key, judged_by=judged_by, state="begun")
    ended = _judged(here, _run(defs, here, LEARNING), key=key)
    if ended.ending == "promoted" or ended.ending == "refused":
        learned.note(here.models, key=key, judged_by=_judged_by(here, how), state=ended.ending)
    return ended


def _judged_by(here: ProjectFolder, how: str) -> str:
    """Of all that determines the verdict but the model: what it is compared with, too."""
    standing = registry.production(here.models)
    return project.digest(evaluation.RECIPE, how, standing.digest if standing else "")


def _judged(here: ProjectFolder, run: launch.Outcome, *, key: str) -> _Ended:
    """What came of training, evaluation, gate and redeployment."""
    failed = {asset for asset, _ in run.failures}
    version = registry.find(here.models, training_key=key)
    if version is None or failed & {"fine_tuned_model", "evaluation_report", "run"}:
        return _Ended("failed", _sentences(run), run.notes, version)
    report = reports.load(evaluation.report_path(here, version))
    unasked = tuple(remarks(report, floors=here.load().evaluation.floors))
    ending, reasons = _verdict(here, run, report, version)
    return _Ended(ending, reasons, run.notes, version, report, unasked)


def _verdict(
    here: ProjectFolder, run: launch.Outcome, report: Report, version: Version
) -> tuple[Ending, list[str]]:
    if run.succeeded:
        standing = registry.production(here.models)
        if standing and standing.digest == version.digest:
            return "promoted", []
        return "failed", run.notes or [f"{version.name} is promoted, but not in production"]
    if {asset for asset, _ in run.failures} != {"promoted_model"}:
        return "failed", _sentences(run)
    reasons = evaluation.refusals(here, report, version)
    outdated = any(reason.startswith(OUTDATED) for reason in reasons)
    return "failed" if outdated or not reasons else "refused", reasons or _sentences(run)


def _told(ended: _Ended) -> Outcome:
    report, version = ended.report, ended.version
    return Outcome(
        outcome=ended.ending,
        exit_code=EXIT_CODES[ended.ending],
        reasons=ended.reasons,
        remarks=list(ended.remarks),
        version=version.name if version else None,
        digest=version.digest if version else None,
        compared_with=report.production if report else None,
        personas=report.personas if report else {},
        together=report.together if report else None,
        expert=report.expert if report else None,
    )


def _run(defs: dg.Definitions, here: ProjectFolder, names: Sequence[str]) -> launch.Outcome:
    selection = " or ".join(f'key:"{name}"' for name in names)
    return launch.run(defs, here.root, selection=selection, run_config={})


def _sentences(run: launch.Outcome) -> list[str]:
    return [f"{asset}: {sentence}" for asset, sentence in run.failures] or ["the run failed"]


def _production(here: ProjectFolder) -> Deployed | None:
    """What is in production; None, too, where that can't be read, which `_retrained` refuses."""
    try:
        standing = registry.production(here.models)
    except FaultyInput:
        return None
    return Deployed(version=standing.version, digest=standing.digest) if standing else None
