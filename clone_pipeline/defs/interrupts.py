"""Interrupts: none is lost while an event loop runs, and none is ignored after Dagster ran."""

import asyncio
import signal
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

Made = TypeVar("Made")

SIGNALS = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def sigterm_as_before() -> Iterator[None]:
    """Leave SIGTERM's handler as it was, whatever Dagster puts in its place.

    When a run ends, Dagster gives SIGTERM the handler of SIGINT. A program that a script started
    in the background ignores SIGINT, so from then on it and its children would ignore SIGTERM too.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    handler = signal.getsignal(signal.SIGTERM)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, handler)


def run_cancellable(work: Coroutine[Any, Any, Made]) -> Made:
    """`asyncio.run`, after which an interrupt that came meanwhile goes to whoever handles it.

    Dagster raises from its signal handler, and asyncio swallows what is raised inside one of its
    callbacks unless it is a KeyboardInterrupt: Ctrl-C would now and then be lost.
    """
    if threading.current_thread() is not threading.main_thread():
        return asyncio.run(work)
    caught: list[signal.Signals] = []
    handlers = {number: signal.getsignal(number) for number in SIGNALS}
    try:
        return asyncio.run(_until_signal(work, caught))
    except asyncio.CancelledError:
        if not caught:
            raise
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
        if caught:
            signal.raise_signal(caught[0])
    raise KeyboardInterrupt


async def _until_signal(work: Coroutine[Any, Any, Made], caught: list[signal.Signals]) -> Made:
    loop = asyncio.get_running_loop()
    task = asyncio.ensure_future(work)

    def stop(number: signal.Signals) -> None:
        caught.append(number)
        task.cancel()

    for number in SIGNALS:
        loop.add_signal_handler(number, stop, number)
    return await task
