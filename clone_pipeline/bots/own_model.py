"""Where this project's own model answers: what a `serve` that runs beside the bots reports."""

import os
from dataclasses import dataclass
from pathlib import Path

from clone_pipeline.serving_reports import report_serving, serving_reports, withdraw_serving

KIND = "bots"


@dataclass(frozen=True, slots=True)
class Served:
    """A running endpoint and what it answers with."""

    url: str
    version: str
    digest: str


def served(models: Path) -> Served | None:
    """The endpoint that answers with this project's model, None if there is none.

    Of several the one that took up its model last.
    """
    found = [
        report
        for report in serving_reports(models)
        if report.get("kind") != KIND and report["url"] and report["version"]
    ]
    if not found:
        return None
    last = max(found, key=lambda report: report["time"])
    return Served(last["url"], last["version"], last["digest"])


def report(models: Path, found: Served | None) -> None:
    """Tell the job that redeploys which version these bots speak with, if any."""
    if found is None:
        withdraw_serving(models, pid=os.getpid())
        return
    report_serving(
        models, pid=os.getpid(), version=found.version, digest=found.digest, url=found.url,
        state="serving", wanted=found.version, kind=KIND,
    )  # fmt: skip
