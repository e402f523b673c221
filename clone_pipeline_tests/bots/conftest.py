from collections.abc import Iterator

import pytest

from clone_pipeline_tests.bots.model_server import ModelServer
from clone_pipeline_tests.bots.model_server import running as model_server
from clone_pipeline_tests.bots.scripted import Stage, staged
from clone_pipeline_tests.llm.chat_protocol import Answer


@pytest.fixture
def stages(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Stage]]:
    with staged(monkeypatch) as found:
        yield found


@pytest.fixture
def server() -> Iterator[ModelServer]:
    numbers = iter(range(10**6))
    with model_server(
        models=("m", ""), answer=lambda body: Answer(f"Answer number {next(numbers)}, quite so.")
    ) as made:
        yield made
