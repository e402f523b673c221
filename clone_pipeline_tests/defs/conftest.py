"""One whole run of the small project, shared by the tests that look at what it left."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import pytest

from clone_pipeline.defs.launch import Outcome
from clone_pipeline.durable import locked, write_json
from clone_pipeline_tests.defs import opened
from clone_pipeline_tests.defs.retrained import change
from clone_pipeline_tests.defs.small_project import make_base, make_project
from clone_pipeline_tests.llm.openai_server import OpenAiServer, running


@dataclass(frozen=True)
class Flow:
    """A project after its first run. Tests copy the folder before they change anything."""

    folder: Path
    base: Path
    server: OpenAiServer
    outcome: Outcome
    requests: int


@pytest.fixture(scope="session")
def base(shared: Path) -> Path:
    """The tiny base model, made by the first worker that asks for it."""
    with locked(shared / "tiny.lock"):
        folder = shared / "tiny"
        if not folder.exists():
            make_base(shared / "tiny.part").rename(folder)
    return folder


@pytest.fixture(scope="session")
def flow(base: Path, shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flow]:
    """The run of the first worker that asks for it; the folder, history and all, is a copy."""
    with running() as server:
        with locked(shared / "flow.lock"):
            if not (shared / "flow.json").exists():
                _run_once(shared, base, server)
        told = json.loads((shared / "flow.json").read_text(encoding="utf-8"))
        folder = opened.copied(shared / "flow", tmp_path_factory.mktemp("flow") / "project")
        change(folder, "llm", {"base_url": server.base_url})
        pairs = [(asset, said) for asset, said in told["outcome"]["failures"]]
        outcome = Outcome(**{**told["outcome"], "failures": pairs})
        yield Flow(folder, base, server, outcome, told["requests"])


def _run_once(shared: Path, base: Path, server: OpenAiServer) -> None:
    folder = make_project(shared / "flow", base=base, url=server.base_url, essay=True)
    outcome = opened.run(folder)
    write_json(shared / "flow.json", {"outcome": asdict(outcome), "requests": server.requests})
