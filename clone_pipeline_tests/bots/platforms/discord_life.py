"""A bot on the local Discord, connected for the length of a block."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import pytest

from clone_pipeline.bots.connector import Connector
from clone_pipeline.bots.heard import Heard
from clone_pipeline.bots.platform_settings import DiscordPlatform
from clone_pipeline.bots.platforms import discord
from clone_pipeline_tests.bots.platforms import discord_server
from clone_pipeline_tests.bots.platforms.discord_server import DiscordServer
from clone_pipeline_tests.bots.platforms.ears import FakeEars
from clone_pipeline_tests.bots.platforms.listening import listening, until

T = TypeVar("T")
TOKEN = "MTA.secret-token.of-the-bot"


@dataclass
class Life:
    """A server with one channel, whom the bot knows there, and what it heard."""

    server: DiscordServer
    connector: Connector
    ears: FakeEars
    guild: str
    channel: str
    ann: str
    task: "asyncio.Task[None]"

    async def said(self, text: str, *, by: str = "", channel: str = "", **more: Any) -> Heard:
        """What the bot hears of a message."""
        told = self.server.say(channel or self.channel, by or self.ann, text, **more)
        return await self.heard(told)

    async def heard(self, message_id: str) -> Heard:
        await until(lambda: self.ears.known(message_id), seconds=30)
        return next(each for each in self.ears.heard if each.message_id == message_id)


def settings(server: DiscordServer, **more: Any) -> DiscordPlatform:
    return DiscordPlatform.model_validate({"api_url": server.url, **more})


@asynccontextmanager
async def connected(
    server: DiscordServer, folder: Path, *, ears: FakeEars | None = None, guild: str = "",
    channel: str = "", **more: Any,
) -> AsyncIterator[Life]:  # fmt: skip
    """The bot is there, and told of the server's one channel."""
    guild = guild or server.guild()
    channel = channel or server.channel(guild)
    ann = server.person("ann", shown="Ann")
    ears = ears or FakeEars()
    connector = discord.connector(settings(server, **more), bot="garden", folder=folder)
    before = server.do(lambda: set(server.world.sessions))
    async with listening(connector, ears) as task:
        await until(lambda: task.done() or _told(server, before))
        if task.done():
            await task
        yield Life(server, connector, ears, guild, channel, ann, task)


def _told(server: DiscordServer, before: set[str]) -> bool:
    """There is a new session."""
    return bool(server.do(lambda: set(server.world.sessions)) - before)


def live(
    monkeypatch: pytest.MonkeyPatch, folder: Path, test: Callable[[Life], Awaitable[T]], **more: Any
) -> T:
    """Run `test` with a server and a connected bot of its own."""
    monkeypatch.setenv("DISCORDTOKEN", TOKEN)

    async def run(server: DiscordServer) -> T:
        async with connected(server, folder, **more) as life:
            return await test(life)

    with discord_server.running(token=TOKEN) as server:
        return asyncio.run(run(server))
