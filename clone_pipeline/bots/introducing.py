"""That a bot speaks, said in the account's profile."""

import logging

from clone_pipeline.bots.bot import Bot
from clone_pipeline.bots.connector import Connector
from clone_pipeline.bots.heard import Platform
from clone_pipeline.bots.platform_settings import PlatformSettings

log = logging.getLogger(__name__)

_PAUSES = (0.0, 60.0, 600.0, 3600.0)  # seconds before each try


async def introduce(
    bot: Bot, platform: Platform, settings: PlatformSettings, connector: Connector
) -> None:
    """Write it there, unless it is there; nothing is changed by a rehearsal."""
    text = bot.settings.honesty.profile
    if not text or bot.rehearse or platform == "terminal":
        return
    names = [bot.voice(key).name for key in bot.personas(settings.rules)]
    text = text.replace("{name}", ", ".join(names) or bot.name)
    for pause in _PAUSES:
        await bot.clock.sleep(pause)
        try:
            await connector.introduce(text)
            return
        except Exception as error:  # noqa: BLE001 - any client library's own; replies go on
            told = "%s on %s: the profile does not say yet that it is a bot: %s"
            log.warning(told, bot.name, platform, error)
