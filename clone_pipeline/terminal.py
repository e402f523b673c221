"""What every command shows alike: faults, the next command, progress lines."""

import logging
import shlex
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import typer
from rich.console import Console
from rich.markup import escape

from clone_pipeline.settings import Fault, FaultyInput

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)


@contextmanager
def faults_shown(*, then: str = "") -> Iterator[None]:
    """A user's error becomes lines on stderr, `then` as the next command, and exit code 1."""
    try:
        yield
    except FaultyInput as error:
        err.print(f"[red]{escape(str(error))}[/]")
        if then:
            next_command(then)
        raise typer.Exit(1) from None


def load_env(folder: Path) -> None:
    """Secrets from the project's .env; what the environment has already wins.

    Raises:
        FaultyInput: it is no text that an environment can hold.
    """
    from dotenv import load_dotenv  # noqa: PLC0415

    path = folder / ".env"
    try:
        load_dotenv(path, override=False)
    except ValueError:  # no UTF-8, or a null character; the error's text may hold a secret
        fix = "Save it as a UTF-8 text file."
        raise FaultyInput([Fault(str(path), "no UTF-8 text", fix)]) from None


def here(folder: Path) -> str:
    """The option that names the project, empty if it is the current folder."""
    return "" if folder.resolve() == Path.cwd() else f" --project {shlex.quote(str(folder))}"


def next_command(sentence: str) -> None:
    """The one thing to do next, on stderr."""
    err.print(f"[bold]next:[/] {escape(sentence)}")


def log_to_stderr(started: float) -> None:
    """Show the package's log lines, each with the time since `started` (monotonic seconds)."""
    handler = logging.StreamHandler()
    handler.setFormatter(_Elapsed(started))
    logger = logging.getLogger("clone_pipeline")
    logger.setLevel(logging.INFO)
    logger.addHandler(handler)
    logger.propagate = False


class _Elapsed(logging.Formatter):
    """Lines that begin with minutes and seconds since the start."""

    def __init__(self, started: float) -> None:
        super().__init__("%(message)s")
        self.started = started

    def format(self, record: logging.LogRecord) -> str:
        seconds = int(time.monotonic() - self.started)
        return f"{seconds // 60:02}:{seconds % 60:02}  {super().format(record)}"
