"""One whole run of the small project, shared by the tests that look at what it left."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from clone_pipeline.defs.launch import Outcome
from clone_pipeline_tests.defs import opened
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
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_base(tmp_path_factory.mktemp("models") / "tiny")


@pytest.fixture(scope="session")
def flow(base: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flow]:
    with running() as server:
        folder = tmp_path_factory.mktemp("flow") / "project"
        make_project(folder, base=base, url=server.base_url, essay=True)
        outcome = opened.run(folder)
        yield Flow(folder, base, server, outcome, server.requests)
