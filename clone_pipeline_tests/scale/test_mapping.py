import itertools
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from clone_pipeline.scale.mapping import MOST, in_process, open_map
from clone_pipeline.settings import FaultyInput
from clone_pipeline_tests.scale.pooled import kill, ready_map, where_slowly, worker_of
from clone_pipeline_tests.scale.test_parent import gone


class OddError(Exception):
    def __init__(self, one: int, *, other: int) -> None:
        super().__init__(f"{one} and {other}")


def doubled(number: int) -> int:
    return 2 * number


def slow_if_even(number: int) -> tuple[int, int]:
    time.sleep(0.05 * (number % 2 == 0))
    return number, os.getpid()


def refused(number: int) -> int:
    if number == 3:
        raise ValueError(f"shard {number}")
    return number


def odd(number: int) -> int:
    raise OddError(number, other=2)


def turned(given: bytes) -> bytes:
    return given[::-1]


def test_in_process_and_in_several_the_results_are_the_same_and_in_order() -> None:
    with open_map(1) as here, ready_map(3) as there:
        assert here is in_process
        assert list(here(doubled, range(20))) == list(there(doubled, range(20)))
        found = list(there(slow_if_even, range(24)))
    assert [number for number, _ in found] == list(range(24))
    assert len({pid for _, pid in found}) > 1


def test_no_more_shards_are_under_way_than_memory_is_for() -> None:
    taken: list[int] = []

    def shards() -> Iterator[int]:
        for number in range(100):
            taken.append(number)
            yield number

    with ready_map(2) as mapped:
        results = mapped(where_slowly, shards())
        next(results)
    assert len(taken) <= 2 * MOST


def test_what_a_shard_raises_reaches_the_caller_behind_the_results_before_it() -> None:
    found: list[int] = []
    with ready_map(2) as mapped:
        with pytest.raises(ValueError, match="shard 3"):
            found.extend(mapped(refused, range(20)))
        assert found == [0, 1, 2]
        assert list(mapped(doubled, range(9))) == [2 * n for n in range(9)]


def test_what_goes_wrong_with_getting_shards_is_raised_in_its_turn() -> None:
    def shards() -> Iterator[int]:
        yield from range(4)
        raise OSError("unplugged")

    found: list[int] = []
    with ready_map(2) as mapped, pytest.raises(OSError, match="unplugged"):
        found.extend(mapped(doubled, shards()))
    assert found == [0, 2, 4, 6]


def test_an_error_that_can_not_be_handed_over_is_told() -> None:
    with ready_map(2) as mapped, pytest.raises((RuntimeError, OddError), match="0 and 2"):
        list(mapped(odd, range(1)))


def test_large_shards_with_large_results_pass_each_other() -> None:
    shards = [bytes([n]) * 5_000_000 + b"." for n in range(12)]
    with ready_map(2) as mapped:
        for shard, result in zip(shards, mapped(turned, shards), strict=True):
            assert result == turned(shard)


def test_results_of_a_map_that_was_given_up_are_not_those_of_the_next() -> None:
    with ready_map(2) as mapped:
        for _ in range(3):
            assert next(iter(mapped(doubled, itertools.count(100)))) == 200
            assert list(mapped(doubled, range(6))) == [0, 2, 4, 6, 8, 10]


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
