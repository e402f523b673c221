import itertools
import os
import time
from collections.abc import Iterator

import pytest

from clone_pipeline.scale.mapping import MOST, in_process, open_map
from clone_pipeline_tests.scale.pooled import ready_map, where_slowly


def doubled(number: int) -> int:
    return 2 * number


def slow_if_even(number: int) -> tuple[int, int]:
    time.sleep(0.05 * (number % 2 == 0))
    return number, os.getpid()


def slow_at_first(number: int) -> int:
    time.sleep(0.2 * (number == 0))
    return number


def refused(number: int) -> int:
    if number == 3:
        raise ValueError(f"shard {number}")
    return number


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

    with open_map(3) as mapped:
        while len(set(mapped(where_slowly, range(30)))) < 3:
            pass
        assert next(mapped(slow_at_first, shards())) == 0
    assert len(taken) == 3 * MOST


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


def test_results_of_a_map_that_was_given_up_are_not_those_of_the_next() -> None:
    with ready_map(2) as mapped:
        for _ in range(3):
            assert next(iter(mapped(doubled, itertools.count(100)))) == 200
            assert list(mapped(doubled, range(6))) == [0, 2, 4, 6, 8, 10]
