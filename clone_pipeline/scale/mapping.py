"""Map a function over shards: in this process, or in several, in the shards' order."""

import multiprocessing
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from typing import Protocol, TypeVar

from clone_pipeline.scale.parent import die_with_parent
from clone_pipeline.settings import Fault, FaultyInput

Shard = TypeVar("Shard")
Result = TypeVar("Result")


class Map(Protocol):
    """`map` with results in order; a function given to it is a module's own."""

    def __call__(
        self, function: Callable[[Shard], Result], shards: Iterable[Shard]
    ) -> Iterator[Result]:
        """The result of each shard."""


def in_process(function: Callable[[Shard], Result], shards: Iterable[Shard]) -> Iterator[Result]:
    """One shard after the other, here."""
    return map(function, shards)


@contextmanager
def open_map(processes: int) -> Iterator[Map]:
    """A map over so many processes, which end with this one, whatever ends it.

    Twice as many shards as there are processes are under way at most, so memory stays bounded.

    Args:
        processes: 1 starts none.
    """
    if processes == 1:
        yield in_process
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(
        processes, mp_context=context, initializer=_begin, initargs=(os.getpid(),)
    ) as pool:

        def mapped(
            function: Callable[[Shard], Result], shards: Iterable[Shard]
        ) -> Iterator[Result]:
            waiting: deque[Future[Result]] = deque()
            for shard in shards:
                waiting.append(pool.submit(function, shard))
                if len(waiting) > 2 * processes:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()

        try:
            yield mapped
        except BrokenProcessPool:
            found = "a process of the stage that was ended from outside, mostly for want of memory"
            fix = "Try `scale: {processes: 1}` in clone.yaml."
            raise FaultyInput([Fault("scale.processes", found, fix)]) from None


def _begin(parent: int) -> None:
    die_with_parent(parent, at_once=False)
