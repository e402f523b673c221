"""The picture of an image post: drawn once, kept until the post is out."""

from pathlib import Path

from clone_pipeline.bots import images, patience
from clone_pipeline.bots.bot import Bot
from clone_pipeline.bots.items import Item
from clone_pipeline.bots.platform_settings import ImageSettings
from clone_pipeline.bots.wire import BudgetSpent
from clone_pipeline.llm.asking import LlmFailure
from clone_pipeline.settings import FaultyInput


async def drawn(item: Item, *, title: str, bot: Bot, pictures: ImageSettings, into: Path) -> bool:
    """Whether the picture is there; what can't be drawn is tried again later, or given up."""
    if into.exists():
        return True
    try:
        await images.draw(pictures, title=title, into=into, purse=bot.thinker.purse, rng=bot.draw)
    except LlmFailure as error:
        known = bot.queue.get(item.key) or item
        why, seconds = f"no image: {error}", patience.pause(known.attempts)
        patience.later(bot.queue, known, why, seconds=seconds, now=bot.now())
        return False
    except (BudgetSpent, FaultyInput, OSError) as error:
        bot.queue.failed(item.key, f"no image: {patience.said(error)}", now=bot.now())
        return False
    return True
