from collections.abc import Iterator

import pytest

from clone_pipeline_tests.bots.platforms import synapse as homeserver
from clone_pipeline_tests.bots.platforms.synapse import Synapse
from clone_pipeline_tests.bots.quick_folder import quick_folder


@pytest.fixture(scope="session")
def synapse() -> Iterator[Synapse]:
    with quick_folder() as folder, homeserver.running(folder) as server:
        yield server
