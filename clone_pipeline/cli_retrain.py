"""`clone-pipeline retrain`: for CI, with an exit code, a JSON file and a Markdown summary."""

import errno
import os
import stat
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from clone_pipeline.durable import write_text
from clone_pipeline.settings import Fault, FaultyInput
from clone_pipeline.terminal import (
    err,
    faults_shown,
    here,
    load_env,
    log_to_stderr,
    next_command,
    out,
)

if TYPE_CHECKING:
    from clone_pipeline.defs.retraining import Retrained

STREAMS = (("/", "dev"), ("/", "proc"))  # what lies there is written to, never replaced


def retrain(
    folder: Annotated[Path, typer.Option("--project", help="The project's folder.")] = Path("."),
    result: Annotated[
        Path | None,
        typer.Option("--json", dir_okay=False, metavar="FILE", help="Where the result goes."),
    ] = None,
    summary: Annotated[
        Path | None,
        typer.Option(dir_okay=False, metavar="FILE", help="Where a Markdown summary goes."),
    ] = None,
) -> None:
    """Train if there is something new to learn, judge, promote, redeploy; for CI.

    Exit codes: 0 promoted, 1 refused by the gate or failed, 3 nothing new to learn.
    """
    started = time.monotonic()
    result, summary = _places(result, summary)
    folder = folder.resolve()
    log_to_stderr(started)
    again = f"clone-pipeline retrain{here(folder)}"
    with faults_shown(then=f"mend this, then: {again}"):
        for path in filter(None, (result, summary)):
            _cleared(path)
        load_env(folder)
        done = _retrained(folder, again)
        if result:
            _write(result, done.outcome.model_dump_json(indent=1) + "\n")
        if summary:
            _write(summary, done.summary)
    _say(done, folder, again)
    raise typer.Exit(done.outcome.exit_code)


def _retrained(folder: Path, again: str) -> "Retrained":
    os.environ["CLONE_PIPELINE_PROJECT"] = str(folder)
    from clone_pipeline.definitions import defs  # noqa: PLC0415
    from clone_pipeline.defs import launch, retraining  # noqa: PLC0415

    try:
        return retraining.retrain(defs, folder)
    except (launch.Interrupted, KeyboardInterrupt):
        err.print("\nStopped. What was finished is kept, answers that were paid for included.")
        next_command(again)
        raise typer.Exit(130) from None


def _places(result: Path | None, summary: Path | None) -> tuple[Path | None, Path | None]:
    """Where links lead; two files may not be one.

    Raises:
        typer.BadParameter: they are.
    """
    if result and summary and result.resolve() == summary.resolve():
        raise typer.BadParameter("--json and --summary name the same file")
    followed = [
        path.resolve() if path and path.is_file() and path.parts[:2] not in STREAMS else path
        for path in (result, summary)
    ]
    return followed[0], followed[1]


def _is_stream(path: Path) -> bool:
    """Whether it exists and is no regular file, as /dev/stdout or a FIFO, or a link to one."""
    return os.path.lexists(path) and not stat.S_ISREG(path.lstat().st_mode)


def _write(path: Path, text: str) -> None:
    if not _is_stream(path):
        write_text(path, text)
        return
    with path.open("a", encoding="utf-8") as file:
        file.write(text)


def _cleared(path: Path) -> None:
    """No older file is taken for this retraining's, and no hour of training for nothing.

    Raises:
        FaultyInput: nothing can be written there.
    """
    try:
        if _is_stream(path):
            if not os.access(path, os.W_OK):
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("", encoding="utf-8")
        path.unlink()
    except OSError as error:
        fault = Fault(str(path), f"that it can't be written ({error.strerror})", "Name another.")
        raise FaultyInput([fault]) from None


def _say(done: "Retrained", folder: Path, again: str) -> None:
    told = done.outcome
    for note in done.notes:
        err.print(escape(note))
    ending = told.outcome.replace("_", " ")
    if told.exit_code == 1:
        for reason in told.reasons:
            err.print(f"[red]{escape(f'{ending}: {reason}')}[/]")
        next_command(f"mend this, then: {again}")
        return
    for sentence in told.reasons:
        err.print(escape(f"{ending}: {sentence}"))
    out.print(f"{ending} {told.version or ''}".strip() + f" in {told.seconds:.0f} s")
    chats = f"clone-pipeline chat{here(folder)}"
    next_command(chats if told.exit_code == 0 else f"add to raw_input, then: {again}")
