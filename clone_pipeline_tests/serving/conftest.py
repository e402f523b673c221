from collections.abc import Iterator
from pathlib import Path

import pytest

from clone_pipeline import registry
from clone_pipeline_tests.serving.fronts import front, serving, until
from clone_pipeline_tests.serving.tiny_versions import publish


@pytest.fixture(scope="session")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where tiny weights are made once."""
    return tmp_path_factory.mktemp("weights")


@pytest.fixture(scope="session")
def served(weights: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    """A models folder with v0001 in production, and the URL of a front that serves it."""
    folder = tmp_path_factory.mktemp("served")
    models = folder / "models"
    publish(models, weights, seed=1, expert={"system_prompt": "You know gardens."})
    registry.deploy(models, version="v0001", promotion=None)
    with front(models, folder):
        yield models, until(models, serving("v0001"))["url"]
