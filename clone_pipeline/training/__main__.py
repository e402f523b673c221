"""`python -m clone_pipeline.training RUN.json`: see `runfile.Run` for the file.

Exit codes: 0 trained, 1 a fault in what was given, 2 usage, 130 stopped after a checkpoint.
"""

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from clone_pipeline.scale.parent import die_with_parent
from clone_pipeline.settings import FaultyInput
from clone_pipeline.training import runfile
from clone_pipeline.training.reporting import Say
from clone_pipeline.training.running import run

STOPPED = 130


def main(arguments: list[str]) -> int:
    """Train as the run file says, and return the exit code."""
    if len(arguments) != 1:
        sys.stderr.write("usage: python -m clone_pipeline.training RUN.json\n")
        return 2
    stop = _stop_on_signals()
    fault = Path(arguments[0]).with_name("fault.txt")
    fault.unlink(missing_ok=True)
    try:
        task = runfile.read(Path(arguments[0]))
        die_with_parent(task.parent)
        with _reporting() as (say, finish):
            summary = run(task, say=say, stopping=stop.is_set)
            if summary is not None:
                finish(summary)
    except FaultyInput as error:
        sys.stderr.write(f"{error}\n")
        fault.write_text(str(error), encoding="utf-8")
        return 1
    return STOPPED if summary is None else 0


def _stop_on_signals() -> threading.Event:
    """An event that the first SIGTERM or SIGINT sets; the second ends the process at once."""
    stop = threading.Event()

    def handle(number: int, frame: Any) -> None:
        if stop.is_set():
            os._exit(STOPPED)
        stop.set()

    signal.signal(signal.SIGTERM, handle)
    signal.signal(signal.SIGINT, handle)
    return stop


@contextmanager
def _reporting() -> Iterator[tuple[Say, Any]]:
    """Where progress and summary go: to Dagster if it started this process, else to stderr."""
    if "DAGSTER_PIPES_CONTEXT" not in os.environ:
        yield _to_stderr, lambda summary: None
        return
    from dagster_pipes import open_dagster_pipes  # noqa: PLC0415

    with open_dagster_pipes() as pipes:
        yield pipes.log.info, lambda summary: pipes.report_asset_materialization(_metadata(summary))


def _metadata(summary: dict[str, Any]) -> dict[str, Any]:
    plain = {name: value for name, value in summary.items() if name != "losses"}
    return {
        name: {"raw_value": value, "type": "json"} if isinstance(value, dict) else value
        for name, value in plain.items()
    }


def _to_stderr(line: str) -> None:
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
