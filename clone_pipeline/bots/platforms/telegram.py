"""A bot on Telegram, through python-telegram-bot and Telegram's Bot API.

Made with @BotFather, which hands out the token. In groups a bot hears only commands, replies to
its own messages and mentions while its privacy mode is on: to hear all, switch it off with
@BotFather's /setprivacy and let the bot join the group anew, or make it an administrator.

Telegram tells bots neither what was said before (the context is what the bot met itself, and the
message that was replied to) nor that a message was deleted. Only one program may ask with a token.
"""

import importlib.util
import os
from pathlib import Path

from clone_pipeline.bots.connector import Connector
from clone_pipeline.bots.platform_settings import TelegramPlatform


def skipped(settings: TelegramPlatform) -> str | None:
    """Why the bot is not on Telegram, None if it is."""
    if importlib.util.find_spec("telegram") is None:
        return "python-telegram-bot is not installed: pip install 'clone-pipeline[bots]'"
    if not os.environ.get(settings.token_env):
        return f"set {settings.token_env} to the token that @BotFather gave, in .env"
    return None


def connector(settings: TelegramPlatform, *, bot: str, folder: Path) -> Connector:
    """The connector.

    Args:
        settings: of the platform.
        bot: the bot's key, for the names of its files.
        folder: for what survives a restart: which parts of long messages are out.
    """
    from clone_pipeline.bots.platforms.parts import Parts  # noqa: PLC0415
    from clone_pipeline.bots.platforms.telegram_connector import (  # noqa: PLC0415
        TelegramConnector,
    )

    parts = Parts(folder / f"telegram-{bot}-parts.json")
    return TelegramConnector(
        os.environ.get(settings.token_env, ""), settings.token_env, settings.api_url, parts,
        confirm=settings.confirm,
    )  # fmt: skip
