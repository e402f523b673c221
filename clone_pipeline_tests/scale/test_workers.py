import itertools
import os
import signal
import subprocess
import sys
import time

import pytest

from clone_pipeline.chats.partly import PartlyRead
from clone_pipeline.scale.mapping import open_map
from clone_pipeline.settings import Fault, FaultyInput
from clone_pipeline_tests.scale.pooled import kill, ready_map, where_slowly, worker_of
from clone_pipeline_tests.scale.test_parent import gone


class OddError(Exception):
    def __init__(self, one: int, *, other: int) -> None:
        super().__init__(f"{one} and {other}")


def odd_elsewhere(here: int) -> None:
    time.sleep(0.01)
    if os.getpid() != here:
        raise OddError(1, other=2)


def faulty_elsewhere(here: int) -> None:
    time.sleep(0.01)
    if os.getpid() != here:
        raise PartlyRead([Fault("a file", "nothing", "See to it.")], lost=7)


class Counted:
    """A function that counts how often it is handed over."""

    told = 0

    def __reduce__(self) -> tuple[type["Counted"], tuple[()]]:
        self.told += 1
        return Counted, ()

    def __call__(self, number: int) -> int:
        time.sleep(0.002)
        return number


class Unloadable:
    """A function that no other process can load."""

    def __reduce__(self) -> tuple[type[int], tuple[str]]:
        return int, ("no number",)

    def __call__(self, number: int) -> int:
        time.sleep(0.01)
        return number


def turned(given: bytes) -> bytes:
    return given[::-1]


def test_an_error_that_can_not_be_handed_over_is_told() -> None:
    with ready_map(2) as mapped, pytest.raises(RuntimeError, match="OddError: 1 and 2"):
        list(mapped(odd_elsewhere, itertools.repeat(os.getpid())))


def test_faults_are_handed_over_whole() -> None:
    with ready_map(2) as mapped, pytest.raises(PartlyRead) as told:
        list(mapped(faulty_elsewhere, itertools.repeat(os.getpid())))
    assert told.value.faults == [Fault("a file", "nothing", "See to it.")]
    assert told.value.lost == 7
    assert str(told.value) == "1 fault:\n  1. a file: found nothing. See to it."


def test_a_function_is_handed_over_once() -> None:
    counted = Counted()
    with ready_map(2) as mapped:
        for _ in range(2):
            assert list(mapped(counted, range(50))) == list(range(50))
    assert counted.told == 1


def test_a_function_that_can_not_be_loaded_is_not_taken_for_the_one_before() -> None:
    unloadable = Unloadable()
    with ready_map(2) as mapped:
        list(mapped(where_slowly, range(9)))
        for error in ("no number", "not callable"):
            with pytest.raises((ValueError, TypeError), match=error):
                list(mapped(unloadable, itertools.count()))


def test_large_shards_with_large_results_pass_each_other() -> None:
    shards = [bytes([n]) * 5_000_000 + b"." for n in range(12)]
    with ready_map(2) as mapped:
        for shard, result in zip(shards, mapped(turned, shards), strict=True):
            assert result == turned(shard)


def test_the_processes_of_a_map_end_with_it() -> None:
    with open_map(2) as mapped:
        worker = worker_of(mapped)
    assert gone(worker)


def test_a_worker_that_is_killed_ends_the_stage_with_a_sentence() -> None:
    with pytest.raises(FaultyInput, match="ended from outside"), open_map(2) as mapped:  # noqa: PT012
        kill(worker_of(mapped))
        list(mapped(where_slowly, range(100)))


STAGE = """
import itertools
from clone_pipeline.scale.mapping import open_map
from clone_pipeline_tests.scale.pooled import where_slowly, worker_of
with open_map(2) as mapped:
    print(worker_of(mapped), flush=True)
    list(mapped(where_slowly, itertools.count()))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_worker_ends_with_its_stage_however_that_ends(end: signal.Signals) -> None:
    stage = subprocess.Popen(
        [sys.executable, "-c", STAGE],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert stage.stdout
    assert stage.stderr
    worker = int(stage.stdout.readline())
    os.killpg(stage.pid, end)
    told = stage.stderr.read()
    stage.wait()
    assert told.count("Traceback") == (end is signal.SIGINT)
    deadline = time.monotonic() + 5
    while not gone(worker):
        assert time.monotonic() < deadline
        time.sleep(0.02)
