"""A project of documents, the mock model that it asks, and its runs as processes."""

import json
import os
import resource
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow.parquet as pq

HERE = Path(__file__).parent
TABLES = ("qa_candidates", "votes", "verified_qa", "qa_conversations")
SETTINGS = """\
llm:
  base_url: {url}
  model: small
  large_model: large
  concurrency: {slots}
  timeout_seconds: {timeout}
qa: {{votes: 3}}
"""


class Ran(NamedTuple):
    """What a process took: seconds of CPU and of the clock, megabytes at its peak."""

    code: int
    cpu: float
    wall: float
    peak: float


class Mock(NamedTuple):
    """The mock model: its address, and what it saw."""

    url: str

    def stats(self) -> dict[str, Any]:
        """Rows of (arrived, answered, step, body's digest, fault), and characters."""
        with urllib.request.urlopen(self.url.removesuffix("/v1") + "/stats") as answer:
            stored: dict[str, Any] = json.load(answer)
        return stored

    def reset(self) -> None:
        """Forget what was seen."""
        url = self.url.removesuffix("/v1") + "/reset"
        urllib.request.urlopen(urllib.request.Request(url, data=b"{}")).close()


@contextmanager
def mock_model(*, latency: float, faults: float = 0.0, choices: bool = True) -> Iterator[Mock]:
    """The mock model as a process of its own."""
    command = [sys.executable, str(HERE / "mock_model.py"), "--latency", str(latency)]
    command += ["--faults", str(faults), *([] if choices else ["--no-choices"])]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert child.stdout is not None
        yield Mock(child.stdout.readline().strip())
    finally:
        child.terminate()
        child.wait()


def project(
    folder: Path, docs: Path, url: str, *, only: str = "*", slots: int = 60, timeout: float = 180,
) -> Path:  # fmt: skip
    """A project in `folder` with the documents below `docs`."""
    target = folder / "raw_input" / "docs"
    target.mkdir(parents=True)
    for path in sorted(docs.rglob(only)):
        if path.is_file() and path.suffix in (".md", ".txt"):
            shutil.copy(path, target / path.name)
    written = SETTINGS.format(url=url, slots=slots, timeout=timeout)
    (folder / "clone.yaml").write_text(written, encoding="utf-8")
    return folder


def start(folder: Path) -> "subprocess.Popen[bytes]":
    """`clone-pipeline run --select "+qa_conversations"`, its output in run.log."""
    command = [sys.executable, "-c", "from clone_pipeline.cli import app; app()", "run"]
    log = (folder / "run.log").open("ab")
    return subprocess.Popen(
        [*command, "--project", str(folder), "--select", "+qa_conversations"],
        stdout=log,
        stderr=subprocess.STDOUT,
    )


def run(folder: Path) -> Ran:
    """The same, to its end."""
    began, before = time.monotonic(), resource.getrusage(resource.RUSAGE_CHILDREN)
    child = start(folder)
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        print("".join((folder / "run.log").read_text("utf-8").splitlines(keepends=True)[-15:]))
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Ran(child.returncode, cpu, time.monotonic() - began, used.ru_maxrss / 1024)


def tables(folder: Path) -> dict[str, list[dict[str, Any]]]:
    """The rows of the QA tables; the order of rows counts too."""
    found = {name: folder / "data" / f"{name}.parquet" for name in TABLES}
    return {name: pq.read_table(path).to_pylist() for name, path in found.items() if path.exists()}


def rows(folder: Path, name: str) -> int:
    """How many rows a table has; 0 if it was never made."""
    path = folder / "data" / f"{name}.parquet"
    return int(pq.read_metadata(path).num_rows) if path.exists() else 0
