"""Many flows at once: results in the order of the items, the first error as itself."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

Progress = Callable[[int, int], None]


def ignore(done: int, total: int) -> None:
    """A progress callback that shows nothing."""


async def each(
    items: Sequence[Item],
    work: Callable[[Item], Awaitable[Result]],
    *,
    progress: Progress = ignore,
) -> list[Result]:
    """`work` on every item at the same time; how many requests are in flight is the model's part.

    Args:
        items: what to work on.
        work: the flow of one item.
        progress: told (done, total) whenever an item is finished.

    Returns:
        One result an item, in the items' order.

    Raises:
        Exception: the first that a flow raised, as itself; the other flows are cancelled.
    """
    done = 0

    async def one(item: Item) -> Result:
        nonlocal done
        result = await work(item)
        done += 1
        progress(done, len(items))
        return result

    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(one(item)) for item in items]
    except BaseExceptionGroup as failures:
        raise _first(failures) from None
    return [task.result() for task in tasks]


def _first(failures: BaseExceptionGroup[BaseException]) -> BaseException:
    failure = failures.exceptions[0]
    return _first(failure) if isinstance(failure, BaseExceptionGroup) else failure
