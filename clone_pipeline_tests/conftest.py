"""Settings that all tests share."""

import gc
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from clone_pipeline.defs.interrupts import sigterm_as_before

# A slow or busy machine is no fault of the code under test.
settings.register_profile("steady", deadline=None, max_examples=50)
settings.load_profile("steady")

HERE = Path(__file__).parent
# Workers side by side begin with the files that take longest: none is left alone at the end.
LONGEST = (
    "test_docs", "defs/test_kill", "defs/test_retraining", "defs/test_ci_workflow",
    "defs/test_reddit", "training/test_main", "serving/test_swapping", "defs/test_deployment",
    "defs/test_launch", "serving/test_client", "bots/simulation/test_simulation_kills",
    "defs/test_datasets", "reddit/test_nights", "test_cli", "evaluation/test_evaluating",
)  # fmt: skip

if "PYTEST_XDIST_WORKER" in os.environ:  # before anything imports torch: a core for each worker
    os.environ.setdefault("OMP_NUM_THREADS", "1")

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # in the background; children inherit it
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if hasattr(config, "workerinput"):
        places = {HERE / f"{name}.py": place for place, name in enumerate(LONGEST)}
        items.sort(key=lambda item: places.get(item.path, len(LONGEST)))


def pytest_collection_finish() -> None:
    """All modules are there to stay: no collection need look through them again."""
    gc.freeze()


@pytest.fixture(autouse=True, scope="module")
def sigterm_stays() -> Iterator[None]:
    """A suite that runs in the background keeps SIGTERM for the children of later tests."""
    with sigterm_as_before():
        yield


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that the workers of this session have in common."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
