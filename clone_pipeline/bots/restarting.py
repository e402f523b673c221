"""Keeping a connector running: again after each crash, with longer and longer pauses."""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable
from typing import Protocol

from clone_pipeline.bots.clock import Clock

log = logging.getLogger(__name__)

FIRST, LONGEST = 1.0, 300.0
HEALTHY_SECONDS = 60.0  # who ran so long begins with the first pause again


class Standing(Protocol):
    """What is told about it; see `lane.Standing`."""

    state: str
    trouble: str
    restarts: int


async def kept_running(
    run: Callable[[], Awaitable[None]],
    *,
    standing: Standing,
    what: str,
    clock: Clock,
    may_end: bool = False,
) -> None:
    """Run it until this task is cancelled, or it ends by itself and may.

    Args:
        run: raises where it crashes.
        standing: told how it is.
        what: for the log: which bot, which platform.
        clock: for the pauses: from one second doubled to five minutes, each half by chance.
        may_end: its end is no crash.
    """
    pause, chance = FIRST, random.Random()
    while True:
        began = clock.now()
        standing.state = "listening"
        try:
            await run()
            if may_end:
                return
            trouble = "it ended"
        except asyncio.CancelledError:  # ours, or one that leaks out of a library
            if (task := asyncio.current_task()) and task.cancelling():
                raise
            trouble = "it was cancelled"
        except Exception as error:  # noqa: BLE001 - whatever a library raises must not end others
            trouble = " ".join(f"{type(error).__name__}: {error}".split())[:300]
        if (clock.now() - began).total_seconds() > HEALTHY_SECONDS:
            pause = FIRST
        wait = pause * (0.5 + chance.random() / 2)
        standing.state, standing.trouble = "restarting", trouble
        standing.restarts += 1
        log.warning("%s crashed and starts again in %.0f s: %s", what, wait, trouble)
        await clock.sleep(wait)
        pause = min(pause * 2, LONGEST)
