"""Maps of several processes that are under way, not only asked for."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from clone_pipeline.scale.mapping import Map, open_map


def where_slowly(_: int) -> int:
    time.sleep(0.02)
    return os.getpid()


def with_reader(function: Callable[[Any], Any], shard: Any) -> tuple[int, Any]:
    """Who did the shard, and the result."""
    return os.getpid(), function(shard)


def worker_of(mapped: Map) -> int:
    """The process id of a worker of the map, which is started and has nothing to do now."""
    while (pid := next(mapped(where_slowly, range(1)))) == os.getpid():
        pass
    return pid


def kill(pid: int) -> None:
    """Kill a child, and wait until it has closed what it held; whoever started it reaps it."""
    os.kill(pid, signal.SIGKILL)
    state = ["ps", "-o", "stat=", "-p", str(pid)]
    while not subprocess.run(state, capture_output=True, check=False).stdout.startswith(b"Z"):
        time.sleep(0.01)


@contextmanager
def ready_map(processes: int) -> Iterator[Map]:
    """`open_map`, but one of the others waits for shards already: it gets the first two."""
    with open_map(processes) as mapped:
        worker_of(mapped)
        yield mapped
