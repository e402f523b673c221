"""Fronts in processes of their own, as users start them."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from clone_pipeline import registry
from clone_pipeline.serving.plan import Plan

PATIENCE_SECONDS = 90.0


@contextmanager
def front(models: Path, folder: Path, **changes: Any) -> Iterator["subprocess.Popen[bytes]"]:
    """A front on a free port; its stderr goes to folder/stderr.txt."""
    chosen = {"port": 0, "threads": 1, "max_new_tokens": 12, **changes}
    folder.mkdir(parents=True, exist_ok=True)
    run = folder / "run.json"
    run.write_text(Plan(models=models, **chosen).model_dump_json())
    with (folder / "stderr.txt").open("w") as errors:
        process = subprocess.Popen(
            [sys.executable, "-m", "clone_pipeline.serving", str(run)], stderr=errors
        )
    try:
        yield process
    finally:
        process.terminate()
        process.wait(timeout=30)


def until(models: Path, holds: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """The first serving report of which `holds` is true."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        for report in registry.serving_reports(models):
            if holds(report):
                return report
        time.sleep(0.05)
    raise AssertionError(f"never came: {registry.serving_reports(models)}")


def serving(version: str) -> Callable[[dict[str, Any]], bool]:
    """Whether a report says that `version` answers and nothing else is awaited."""
    return lambda report: report["state"] == "serving" and report["version"] == version
