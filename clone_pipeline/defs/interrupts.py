"""Ctrl-C while an event loop runs: the work is cancelled first, then the interrupt is raised."""

import asyncio
import signal
import threading
from collections.abc import Coroutine
from typing import Any, TypeVar

Made = TypeVar("Made")

SIGNALS = (signal.SIGINT, signal.SIGTERM)


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
