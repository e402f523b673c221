"""Retraining for CI: learns what is new, and tells how it ended."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import dagster as dg

from clone_pipeline import funnel, project, registry
from clone_pipeline.defs import evaluation, launch, learned
from clone_pipeline.defs.io_manager import read_table
from clone_pipeline.defs.resources import ProjectFolder
from clone_pipeline.defs.training import base_folder, training_key
from clone_pipeline.durable import locked
from clone_pipeline.evaluation import report as reports
from clone_pipeline.evaluation import summary
from clone_pipeline.evaluation.gate import remarks
from clone_pipeline.evaluation.outcome import EXIT_CODES, Asked, Deployed, Ending, Outcome
from clone_pipeline.evaluation.report import Report
from clone_pipeline.llm.journal import Journal
from clone_pipeline.registry import Version
from clone_pipeline.settings import FaultyInput

LEARNING = ("fine_tuned_model", "evaluation_report", "promoted_model")


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
    counted, answers, before = _counted_at(here), None, None
    try:
        here.load()
        answers = _answers(here)
        with locked(here.models / ".retraining.lock"):
            before = _production(here)
            ended = _retrained(defs, here)
    except FaultyInput as error:
        ended = _Ended("failed", [str(fault) for fault in error.faults], [])
    outcome = _told(ended).model_copy(
        update={
            "production_before": before,
            "production_after": _production(here),
            "stages": funnel.report(funnel.load(here.data / "funnel"))["stages"],
            "llm": _asked(here, counted, answers),
            "seconds": round(time.monotonic() - started, 1),
        }
    )
    return Retrained(outcome, summary.markdown(outcome, ended.report), ended.notes)


def whole_assets(defs: dg.Definitions) -> list[dg.AssetKey]:
    """The assets that a retraining makes: all that can be materialized and have no partitions."""
    graph = defs.resolve_asset_graph()
    keys = sorted(graph.materializable_asset_keys)
    return [key for key in keys if not graph.get(key).is_partitioned]


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
    judged_by = project.digest(evaluation.RECIPE, how)
    if why := learned.nothing_new(here.models, key=key, judged_by=judged_by):
        version = registry.find(here.models, training_key=key)
        return _Ended("nothing_new", [why], made.notes, version)
    learned.note(here.models, key=key, judged_by=judged_by, state="begun")
    ended = _judged(here, _run(defs, here, LEARNING), key=key)
    if ended.ending == "promoted" or ended.ending == "refused":
        learned.note(here.models, key=key, judged_by=judged_by, state=ended.ending)
    return ended


def _judged(here: ProjectFolder, run: launch.Outcome, *, key: str) -> _Ended:
    """What came of training, evaluation, gate and redeployment."""
    failed = {asset for asset, _ in run.failures}
    version = registry.find(here.models, training_key=key)
    if version is None or failed & {"fine_tuned_model", "evaluation_report", "run"}:
        return _Ended("failed", _sentences(run), run.notes, version)
    report = reports.load(evaluation.report_path(here, version))
    unasked = tuple(remarks(report, floors=here.load().evaluation.floors))
    if run.succeeded:
        return _Ended("promoted", [], run.notes, version, report, unasked)
    refused = evaluation.refusals(here, report, version) if failed == {"promoted_model"} else []
    return _Ended(
        "refused" if refused else "failed",
        refused or _sentences(run),
        run.notes,
        version,
        report,
        unasked,
    )


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


def _counted_at(here: ProjectFolder) -> dict[str, int]:
    """When each stage of the funnel was counted: nanoseconds."""
    found = (here.data / "funnel").glob("*.json")
    return {path.stem: path.stat().st_mtime_ns for path in found}


def _asked(here: ProjectFolder, counted: dict[str, int], answers: int | None) -> Asked:
    """What the stages asked that were counted since; `answers` were in the journal before."""
    anew = {stage for stage, at in _counted_at(here).items() if at != counted.get(stage)}
    stages = [each for each in funnel.load(here.data / "funnel") if each.stage in anew]
    new = 0 if answers is None else _answers(here) - answers
    return Asked(**funnel.report(stages)["llm"], new_answers=new)


def _answers(here: ProjectFolder) -> int:
    path = here.data / "journal.sqlite"
    if not path.exists():
        return 0
    with Journal(path) as journal:
        return len(journal)
