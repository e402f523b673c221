"""A tiny model for the room's tests, made once."""

from pathlib import Path

import pytest

from clone_pipeline.local_model import loading
from clone_pipeline.local_model.loading import LocalModel
from clone_pipeline_tests.tiny_llama import make_tiny_llama


@pytest.fixture(scope="session")
def tiny_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_tiny_llama(tmp_path_factory.mktemp("tiny"))


@pytest.fixture(scope="session")
def tiny(tiny_folder: Path) -> LocalModel:
    return loading.load(tiny_folder, dtype="float32", threads=1)
