"""Map a function over shards: in this process, or in several, in the shards' order."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Generic, Protocol, TypeVar

from clone_pipeline.scale.workers import AHEAD, Task, Worker, WorkerGone, wait_for_any
from clone_pipeline.settings import Fault, FaultyInput

Shard = TypeVar("Shard")
Result = TypeVar("Result")

# So many shards for each process are under way at most, which bounds the memory.
MOST = 2 * AHEAD


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
def open_map(processes: int, *, imports: Sequence[str] = ()) -> Iterator[Map]:
    """A map over so many processes, of which this one is the first.

    The others start when the map is first used, and end with this one, whatever ends it. While
    they start, and whenever what comes next is not done yet, this one does shards itself.

    Args:
        processes: 1 starts none.
        imports: modules that the others import before they get shards.

    Raises:
        FaultyInput: one of the others was ended from outside.
    """
    if processes == 1:
        yield in_process
        return
    workers: list[Worker] = []

    def mapped(function: Callable[[Shard], Result], shards: Iterable[Shard]) -> Iterator[Result]:
        if not workers:
            workers.extend(Worker(imports) for _ in range(processes - 1))
        return _results(workers, _Line(function, shards))

    try:
        yield mapped
    except WorkerGone:
        found = "a process of the stage that was ended from outside, mostly for want of memory"
        fix = "Try `scale: {processes: 1}` in clone.yaml."
        raise FaultyInput([Fault("scale.processes", found, fix)]) from None
    finally:
        for each in workers:
            each.end()


class _Line(Generic[Shard, Result]):
    """Shards that are under way, in their order."""

    def __init__(self, function: Callable[[Shard], Result], shards: Iterable[Shard]) -> None:
        self._function = function
        self._shards = iter(shards)
        self.tasks: deque[Task] = deque()
        self.more = True

    def add(self, do: Callable[[Callable[[Shard], Result], Shard], Task]) -> None:
        """Have the next shard done; what goes wrong with getting it is raised in its turn."""
        try:
            shard = next(self._shards)
        except StopIteration:
            self.more = False
        except Exception as error:  # noqa: BLE001, raised by the task's value
            self.more = False
            self.tasks.append(Task(done=True, error=error))
        else:
            self.tasks.append(do(self._function, shard))


def _results(workers: Sequence[Worker], line: _Line[Shard, Result]) -> Iterator[Result]:
    most = MOST * (len(workers) + 1)
    while line.more or line.tasks:
        for worker in workers:
            worker.take()
            while line.more and len(line.tasks) < most and worker.wants():
                line.add(worker.give)
        if line.tasks and line.tasks[0].done:
            yield line.tasks.popleft().value()
        elif line.more and len(line.tasks) < most:
            line.add(_done)
        elif line.tasks:
            wait_for_any(workers)


def _done(function: Callable[[Shard], Result], shard: Shard) -> Task:
    try:
        return Task(done=True, result=function(shard))
    except Exception as error:  # noqa: BLE001, raised by the task's value
        return Task(done=True, error=error)
