"""A bot on a local Bot API server: what each test of Telegram begins with."""

import asyncio
from pathlib import Path
from typing import Any

from clone_pipeline.bots.connector import Connector
from clone_pipeline.bots.heard import Heard
from clone_pipeline.bots.platform_settings import TelegramPlatform
from clone_pipeline.bots.platforms import telegram
from clone_pipeline_tests.bots.platforms.ears import FakeEars
from clone_pipeline_tests.bots.platforms.listening import listening, reply, until
from clone_pipeline_tests.bots.platforms.telegram_server import (
    TelegramServer,
)


def made(server: TelegramServer, folder: Path, **settings: Any) -> Connector:
    chosen = TelegramPlatform(api_url=server.url, **settings)
    return telegram.connector(chosen, bot="anna", folder=folder)


def hear(server: TelegramServer, folder: Path, *, count: int = 1) -> FakeEars:
    """What is heard of what was said so far."""
    ears = FakeEars()

    async def life() -> None:
        async with listening(made(server, folder), ears):
            await until(lambda: len(ears.heard) >= count)

    asyncio.run(life())
    return ears


def one(server: TelegramServer, folder: Path) -> Heard:
    return hear(server, folder).heard[-1]


def say(server: TelegramServer, folder: Path, text: str, **how: Any) -> str:
    """Hear a message and answer it; the id of the answer."""
    server.say("Anna?")
    ears = FakeEars()

    async def life() -> str:
        connector = made(server, folder)
        async with listening(connector, ears):
            await until(lambda: ears.heard)
            return await connector.send(reply(ears.heard[-1], text, **how))

    return asyncio.run(life())
