import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from clone_pipeline.scale.mapping import in_process, open_map


def doubled(number: int) -> int:
    return 2 * number


def slow_if_even(number: int) -> tuple[int, int]:
    time.sleep(0.05 * (number % 2 == 0))
    return number, os.getpid()


def refused(number: int) -> int:
    raise ValueError(f"shard {number}")


def test_in_process_and_in_a_pool_the_results_are_the_same_and_in_order() -> None:
    with open_map(1) as here, open_map(2) as there:
        assert here is in_process
        assert list(here(doubled, range(20))) == list(there(doubled, range(20)))
        found = list(there(slow_if_even, range(12)))
    assert [number for number, _ in found] == list(range(12))
    assert len({pid for _, pid in found}) == 2
    assert os.getpid() not in {pid for _, pid in found}


def test_no_more_shards_are_under_way_than_twice_the_processes() -> None:
    taken: list[int] = []

    def shards() -> Iterator[int]:
        for number in range(100):
            taken.append(number)
            yield number

    with open_map(2) as mapped:
        results = mapped(doubled, shards())
        assert next(iter(results)) == 0
    assert len(taken) <= 5


def test_what_a_shard_raises_reaches_the_caller() -> None:
    with open_map(2) as mapped, pytest.raises(ValueError, match="shard 0"):
        list(mapped(refused, range(3)))


def test_the_processes_of_a_map_end_with_it(tmp_path: Path) -> None:
    with open_map(2) as mapped:
        pids = {pid for _, pid in mapped(slow_if_even, range(8))}
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)
