import os
import signal
import subprocess
import sys
import time

import pytest

CHILD = "from clone_pipeline.scale.parent import die_with_parent as d; d(); import time; "
PARENT = f"""
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", {CHILD + "print(1, flush=True); time.sleep(60)"!r}],
                         stdout=subprocess.PIPE)
child.stdout.readline()
print(child.pid, flush=True)
time.sleep(60)
"""


def gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    with open(f"/proc/{pid}/stat") as file:
        return file.read().rpartition(")")[2].split()[0] == "Z"


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_child_is_gone_soon_after_its_parent_was_killed() -> None:
    parent = subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE, text=True)
    assert parent.stdout
    child = int(parent.stdout.readline())
    os.kill(parent.pid, signal.SIGKILL)
    parent.wait()
    deadline = time.monotonic() + 5
    while not gone(child):
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_child_whose_parent_was_gone_before_it_looked_ends_at_once() -> None:
    code = "from clone_pipeline.scale.parent import die_with_parent as d; d(parent=1234567)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 1


def test_a_child_lives_as_long_as_its_parent() -> None:
    code = CHILD + "time.sleep(1.5); print('lived')"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "lived\n"
