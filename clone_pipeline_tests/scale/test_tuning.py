import subprocess
import sys

import pytest

_FAULTS = """
import resource
from clone_pipeline.scale.tuning import tuned_for_tables

def faults():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    bytes(b"x" * 8_000_000)
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before

tuned_for_tables()
faults()
print(faults())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="mallopt is glibc's")
def test_memory_that_was_freed_is_taken_again_without_the_kernel() -> None:
    ran = subprocess.run([sys.executable, "-c", _FAULTS], capture_output=True, check=True)
    assert int(ran.stdout) < 100  # of 1,953 pages
