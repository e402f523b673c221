"""All bots of a process, until interrupted: lanes, status, the own model's address."""

import asyncio
import dataclasses
import logging
import signal
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager, suppress
from datetime import datetime, timedelta
from typing import Any

from clone_pipeline.bots import own_model
from clone_pipeline.bots.bot import Bot
from clone_pipeline.bots.clock import Clock
from clone_pipeline.bots.forgetting import forget_before
from clone_pipeline.bots.lane import Lane
from clone_pipeline.bots.opening import files, lanes_of, open_bot
from clone_pipeline.bots.orders import paused
from clone_pipeline.bots.plan import Plan
from clone_pipeline.bots.queue_file import QueueFile
from clone_pipeline.bots.showing import LogAbove, StatusLine
from clone_pipeline.bots.status import Status, as_dict, metrics, status, status_line
from clone_pipeline.bots.status_server import status_server
from clone_pipeline.settings import Fault, FaultyInput

log = logging.getLogger(__name__)

WATCH_SECONDS = 1.0


def run_until_interrupted(plan: Plan) -> None:
    """Run all bots until Ctrl-C or SIGTERM; what waits is sent by the next run.

    Raises:
        FaultyInput: see `run`.
    """

    async def main() -> None:
        task = asyncio.ensure_future(run(plan))
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, task.cancel)
        with suppress(asyncio.CancelledError):
            await task

    asyncio.run(main())


async def run(plan: Plan, *, clock: Clock | None = None) -> None:
    """Run all bots of the plan until each lane has ended or the task is cancelled.

    Args:
        plan: which bots, with all that they need.
        clock: the time; left out: the machine's.

    Raises:
        FaultyInput: no platform can be joined, a bot runs already, the queue can't be opened.
    """
    chosen, bots = clock or Clock(), list[Bot]()
    began = chosen.now()
    async with AsyncExitStack() as stack:
        line = stack.enter_context(_shown(bots, began))
        file, purse_file = stack.enter_context(files(plan))
        for name in plan.bots:
            opened = open_bot(name, plan, file=file, purse_file=purse_file, clock=chosen)
            bots.append(await stack.enter_async_context(opened))
        lanes = [lane for bot in bots for lane in lanes_of(bot, plan)]
        if not lanes:
            fix = "Set what the sentences above name, or add another platform."
            raise FaultyInput([Fault("bots", "no platform that can be joined", fix)])
        serving = status_server(
            host=plan.status_host, port=plan.status_port,
            status=lambda: _as_dict(bots, lanes, plan, began),
            metrics=lambda: metrics(file, [bot.budget for bot in bots], now=chosen.now()),
        )  # fmt: skip
        if url := await stack.enter_async_context(serving):
            log.info("status: %s/status and %s/metrics", url, url)
        file.on_change = line.changed
        try:
            await _until_over(plan, bots, lanes, file, chosen)
        finally:
            file.on_change = None
            line.end()


@contextmanager
def _shown(bots: list[Bot], began: datetime) -> Iterator[StatusLine]:
    """The log of the bots, and the status line below it."""
    line = StatusLine(lambda: "\t|| ".join(_lines(bots, began)))
    handler, logger = LogAbove(line), logging.getLogger("clone_pipeline.bots")
    logger.addHandler(handler)
    try:
        yield line
    finally:
        logger.removeHandler(handler)


async def _until_over(
    plan: Plan, bots: list[Bot], lanes: list[Lane], file: QueueFile, clock: Clock
) -> None:
    around = asyncio.ensure_future(_watching(plan, bots, file, clock))
    try:
        await asyncio.gather(*(_alone(lane) for lane in lanes))
    finally:
        around.cancel()
        if plan.asks_own_model():
            own_model.report(plan.models, None)


async def _alone(lane: Lane) -> None:
    """A fault of one lane ends no other."""
    try:
        await lane.run()
    except Exception as error:
        lane.standing.state, lane.standing.trouble = "ended", str(error)
        log.exception("%s on %s has ended", lane.bot.name, lane.platform)


async def _watching(plan: Plan, bots: list[Bot], file: QueueFile, clock: Clock) -> None:
    """Tell which model speaks now; erase texts that are old."""
    standing: own_model.Served | None = None
    erasing = clock.now()
    while True:
        try:
            if plan.asks_own_model() and not plan.rehearse:
                standing = _told(plan, standing)
            if clock.now() >= erasing:
                _erase(bots, file, clock)
                erasing = clock.now() + timedelta(days=1)
        except Exception:
            log.exception("the bots go on; what they tell of themselves is tried again")
            await asyncio.sleep(60 * WATCH_SECONDS)
        await asyncio.sleep(WATCH_SECONDS)


def _told(plan: Plan, standing: own_model.Served | None) -> own_model.Served | None:
    found = own_model.served(plan.models)
    if found != standing:
        log.info("the model: %s", f"{found.version} at {found.url}" if found else "none")
        own_model.report(plan.models, found)
    return found


def _erase(bots: list[Bot], file: QueueFile, clock: Clock) -> None:
    for bot in bots:
        if days := bot.settings.keep_days:
            forget_before(file, bot.name, before=clock.now() - timedelta(days=days))


def _stands(bot: Bot, began: datetime) -> Status:
    return status(bot.queue.file, bot.name, since=began, budget=bot.budget, now=bot.now())


def _lines(bots: list[Bot], began: datetime) -> list[str]:
    """The line of each bot; of several with its name."""
    lines = [status_line(_stands(bot, began)) for bot in bots]
    if len(bots) == 1:
        return lines
    return [f"{bot.name}\t{line}" for bot, line in zip(bots, lines, strict=True)]


def _as_dict(bots: list[Bot], lanes: list[Lane], plan: Plan, began: datetime) -> dict[str, Any]:
    found = own_model.served(plan.models) if plan.asks_own_model() else None
    return {
        "bots": [
            as_dict(_stands(bot, began))
            | {"paused": paused(bot.queue.file, bot.name) is not None}
            | {
                "platforms": {
                    lane.platform: dataclasses.asdict(lane.standing)
                    for lane in lanes
                    if lane.bot is bot
                }
            }
            for bot in bots
        ],
        "model": dataclasses.asdict(found) if found else None,
        "rehearsal": plan.rehearse,
    }
