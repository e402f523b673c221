"""Holding back what is decided on while it is not the time to speak."""

from datetime import timedelta

from clone_pipeline.bots import hours, orders
from clone_pipeline.bots.bot import Bot
from clone_pipeline.bots.deciding import COMMAND
from clone_pipeline.bots.gates import zone_of
from clone_pipeline.bots.items import Item
from clone_pipeline.bots.platform_settings import PlaceSettings

NO_MODEL = "no `clone-pipeline serve` answers for this project"
_MODEL_SECONDS = 15.0
_PAUSED_SECONDS = 5.0


def held_back(item: Item, *, bot: Bot, place: PlaceSettings) -> bool:
    """Whether these are quiet hours, the bot was paused, or nobody can write; the item waits then.

    Answers to orders are given at any time.
    """
    if item.reason == COMMAND or bot.rehearse:
        return False
    now = bot.now()
    until = hours.quiet_until(now, place.quiet_hours, zone=zone_of(place))
    why = "quiet hours"
    if item.state in ("decided", "generating") and not bot.thinker.can_think():
        until, why = now + timedelta(seconds=_MODEL_SECONDS), NO_MODEL
    if orders.paused(bot.queue.file, bot.name):
        until, why = now + timedelta(seconds=_PAUSED_SECONDS), "paused"
    if until is None:
        return False
    bot.queue.hold(item.key, why, until=until, now=now)
    return True
