"""Opening what a process of bots needs: the files, each bot, its lanes."""

import importlib
import logging
import random
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from types import ModuleType
from zoneinfo import ZoneInfo

from clone_pipeline.bots import own_model, queue_file, ranker, rehearsing, toxicity
from clone_pipeline.bots.bot import Bot
from clone_pipeline.bots.budget import Budget
from clone_pipeline.bots.clock import Clock
from clone_pipeline.bots.connector import Connector
from clone_pipeline.bots.deciding import Decider
from clone_pipeline.bots.heard import Platform
from clone_pipeline.bots.lane import Lane
from clone_pipeline.bots.plan import Plan
from clone_pipeline.bots.platform_settings import PlatformSettings, RedditPlatform
from clone_pipeline.bots.queue import Queue
from clone_pipeline.bots.queue_file import QueueFile
from clone_pipeline.bots.settings import BotSettings
from clone_pipeline.bots.speaking import Speaker
from clone_pipeline.bots.thinking import Thinker
from clone_pipeline.bots.wire import Purse
from clone_pipeline.llm.openai_compatible import api_key
from clone_pipeline.settings import Fault, FaultyInput

log = logging.getLogger(__name__)

_PLATFORMS = "clone_pipeline.bots.platforms"


@contextmanager
def files(plan: Plan) -> Iterator[tuple[QueueFile, QueueFile]]:
    """The queue's file, and the one that money is counted in; a rehearsal has a queue of its own.

    Raises:
        FaultyInput: one of the bots runs already, or a file can't be opened.
    """
    with ExitStack() as stack:
        for name in plan.bots:
            stack.enter_context(queue_file.alone(plan.queue, name))
        usual = stack.enter_context(queue_file.open_file(plan.queue))
        if not plan.rehearse:
            yield usual, usual
            return
        stack.enter_context(queue_file.alone(plan.rehearsal, "rehearsal"))
        rehearsing.clear(plan.rehearsal)
        file = stack.enter_context(queue_file.open_file(plan.rehearsal))
        rehearsing.copy_wishes(usual, file)
        yield file, usual


@asynccontextmanager
async def open_bot(
    name: str, plan: Plan, *, file: QueueFile, purse_file: QueueFile, clock: Clock
) -> AsyncIterator[Bot]:
    """One bot with its brain's and its ranker's connections, for as long as the block lasts."""
    settings = plan.bots[name]
    _check_keys(name, settings)
    draw = random.Random(None if plan.seed is None else f"{plan.seed}/{name}")
    budget = Budget(purse_file, name=name, zone=ZoneInfo(plan.time_zone), limits=settings.budget)
    purse = Purse(lambda most: budget.reserve(most, now=clock.now()), budget.settle)

    def own_url() -> str:
        found = own_model.served(plan.models)
        return found.url if found else ""

    thinker = Thinker(settings.brain, own_url=own_url, purse=purse, rng=draw)
    async with (
        ranker.open_ranker(settings.ranker, purse=purse, rng=draw) as rank,
        toxicity.open_gate(settings.brain.toxicity, rng=draw),  # its weights load now, or say why
    ):
        for sentence in [*settings.brain.sentences(), ranker.sentence(settings.ranker, rank)]:
            log.info("%s: %s", name, sentence)
        try:
            yield Bot(
                name, settings, plan.accounts, Queue(file), budget, thinker, rank, clock, draw,
                zone=plan.time_zone, rehearse=plan.rehearse,
            )  # fmt: skip
        finally:
            await thinker.close()


def _check_keys(name: str, settings: BotSettings) -> None:
    """Every key that the bot will need is there, before it hears anything."""
    faults = []
    for key, endpoint in settings.endpoints().items():
        try:
            api_key(endpoint.api_key_env)
        except FaultyInput as error:
            where = f"bots.{name}.{key}.api_key_env"
            faults += [Fault(f"{where}: {f.where}", f.found, f.fix) for f in error.faults]
    if faults:
        raise FaultyInput(faults)


def lanes_of(bot: Bot, plan: Plan) -> list[Lane]:
    """A lane for each platform that the bot can join; the others are left out with a sentence."""
    lanes = []
    for platform, settings in bot.settings.platforms().items():
        module = module_of(platform)
        if sentence := module.skipped(settings):
            log.warning("%s on %s is left out: %s", bot.name, platform, sentence)
            continue
        lanes.append(_lane(bot, platform, settings, module, plan))
    return lanes


def module_of(platform: Platform) -> ModuleType:
    """The file of a platform, with its `skipped` and `connector`."""
    return importlib.import_module(f"{_PLATFORMS}.{platform}")


def _lane(
    bot: Bot, platform: Platform, settings: PlatformSettings, module: ModuleType, plan: Plan
) -> Lane:
    given = rehearsing.harmless(settings) if plan.rehearse else settings
    folder = rehearsing.copied(plan.private) if plan.rehearse else plan.private
    connector: Connector = module.connector(given, bot=bot.name, folder=folder)
    if plan.rehearse:
        connector = rehearsing.Silent(connector)
    pictures = settings.images if isinstance(settings, RedditPlatform) else None
    drawn = plan.private / "images"

    def speaker(decider: Decider) -> Speaker:
        return Speaker(bot, connector, decider.place, pictures, drawn)

    return Lane(bot, platform, settings=settings, connector=connector, speaker=speaker)
