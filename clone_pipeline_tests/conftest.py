"""Settings that all tests share."""

from collections.abc import Iterator

import pytest
from hypothesis import settings

from clone_pipeline.defs.interrupts import sigterm_as_before

# A slow or busy machine is no fault of the code under test.
settings.register_profile("steady", deadline=None, max_examples=50)
settings.load_profile("steady")


@pytest.fixture(autouse=True, scope="module")
def sigterm_stays() -> Iterator[None]:
    """A suite that runs in the background keeps SIGTERM for the children of later tests."""
    with sigterm_as_before():
        yield
