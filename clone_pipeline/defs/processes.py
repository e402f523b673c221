"""Stages that hold weights run in processes of their own, handed one JSON file."""

import collections
import logging
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import dagster as dg

from clone_pipeline.defs.progress import Progress
from clone_pipeline.durable import write_json

LAST_LINES = 12


def run_module(module: str, run: Mapping[str, Any], *, folder: Path, stage: str) -> None:
    """Run `python -m <module> <folder>/RUN.json`; what it says goes to the log, line by line.

    Raises:
        dg.Failure: it ended with an error; its last lines are in the description.
    """
    log = logging.getLogger(module)
    path = folder / "RUN.json"
    write_json(path, dict(run))
    last: collections.deque[str] = collections.deque(maxlen=LAST_LINES)
    command = [sys.executable, "-m", module, str(path)]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace"
    )
    try:
        with Progress(stage, "lines", awaiting=lambda: f"process {process.pid}") as progress:
            assert process.stdout is not None
            for number, text in enumerate(process.stdout, 1):
                last.append(text.rstrip())
                log.info(f"{stage}: {text.rstrip()}")
                progress.moved_now(number)
        code = process.wait()
    except BaseException:
        process.terminate()
        process.wait()
        raise
    if code:
        said = "\n".join(last) or "it said nothing"
        raise dg.Failure(f"{module} ended with exit code {code}:\n{said}", allow_retries=False)
