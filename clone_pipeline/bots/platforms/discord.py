"""A bot on Discord, by discord.py (https://discordpy.readthedocs.io).

A thread is a channel of its own: `Heard.channel` is the thread's id, since that is where an answer
must go. discord.py keeps the connection up and resumes sessions; what was said while the bot was
away for less than half an hour is looked up in the channels' history.
"""

import asyncio
import importlib.util
import os
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from clone_pipeline.bots.connector import Connector, Ears, Saying
from clone_pipeline.bots.heard import Heard
from clone_pipeline.bots.items import Item
from clone_pipeline.bots.platform_settings import DiscordPlatform
from clone_pipeline.settings import Fault, FaultyInput

if TYPE_CHECKING:
    from clone_pipeline.bots.platforms.discord_client import BotClient

_OFFICIAL = "https://discord.com/api/v10"
# discord.py knows one address a process.
_in_use: Counter[str] = Counter()


def skipped(settings: DiscordPlatform) -> str | None:
    """Why there will be no bot on Discord, None if there can be one."""
    if not os.environ.get(settings.token_env, "").strip():
        return f"set {settings.token_env} (the bot's token) in .env"
    if importlib.util.find_spec("discord") is None:
        return "discord.py is not installed: pip install 'clone-pipeline[bots]'"
    return None


def connector(settings: DiscordPlatform, *, bot: str, folder: Path) -> Connector:
    """A bot on Discord.

    Args:
        settings: of the bot there; its token is read when the connector runs.
        bot: the bot's key in clone.yaml.
        folder: keeps the id of the last message that was heard.
    """
    return DiscordConnector(settings, keep=folder / f"discord-{bot}.json")


class DiscordConnector:
    """Connector for one bot; `run` must run for anything else to be done."""

    def __init__(self, settings: DiscordPlatform, *, keep: Path) -> None:
        self.settings, self.keep = settings, keep
        self._client: BotClient | None = None
        self._stands = asyncio.Event()

    async def run(self, ears: Ears) -> None:
        """See `Connector`; FaultyInput where Discord refuses the token or the intents."""
        import discord  # noqa: PLC0415

        from clone_pipeline.bots.platforms.discord_client import BotClient  # noqa: PLC0415

        address = _address(self.settings)
        _occupy(address)
        try:
            client = BotClient(self.settings, ears=ears, stands=self._stands, keep=self.keep)
            async with client:
                self._client = client
                await client.start(os.environ.get(self.settings.token_env, ""))
        except discord.LoginFailure:
            raise FaultyInput([_refused_token(self.settings)]) from None
        except discord.PrivilegedIntentsRequired:
            raise FaultyInput([_REFUSED_INTENTS]) from None
        except discord.ConnectionClosed as closed:
            if closed.code == _WRONG_TOKEN:
                raise FaultyInput([_refused_token(self.settings)]) from None
            raise
        finally:
            _in_use[address] -= 1
            self._stands.clear()
            self._client = None
        raise ConnectionError("Discord's connection has ended")

    async def close(self) -> None:
        """See `Connector`."""

    async def ready(self) -> None:
        """See `Connector`."""
        await self._connected()

    async def send(self, saying: Saying) -> str:
        """See `Connector`; a text of several parts that is cut off is completed by `again`."""
        from clone_pipeline.bots.platforms import discord_sending  # noqa: PLC0415

        return await discord_sending.send(await self._connected(), saying)

    async def look_up(self, item: Item) -> str | None:
        """See `Connector`; None too where only some of its parts are there."""
        from clone_pipeline.bots.platforms import discord_sending  # noqa: PLC0415

        return await discord_sending.look_up(await self._connected(), item)

    async def edit(self, item: Item, text: str) -> None:
        """See `Connector`; parts are edited, deleted or added as the new length needs."""
        from clone_pipeline.bots.platforms import discord_editing  # noqa: PLC0415

        await discord_editing.edit(await self._connected(), item, text)

    async def introduce(self, text: str) -> None:
        """Put `text` below what the owner wrote into the application's description."""
        from clone_pipeline.bots.platforms import discord_editing  # noqa: PLC0415

        await discord_editing.introduce(await self._connected(), text)

    def typing(self, heard: Heard) -> AbstractAsyncContextManager[None]:
        """See `Connector`; where it can't be shown, it isn't."""
        return self._typing(heard)

    @asynccontextmanager
    async def _typing(self, heard: Heard) -> AsyncIterator[None]:
        task = asyncio.create_task(self._type(heard.channel))
        try:
            yield
        finally:
            task.cancel()

    async def _type(self, channel: str) -> None:
        from clone_pipeline.bots.platforms import discord_editing  # noqa: PLC0415

        await discord_editing.keep_typing(await self._connected(), channel)

    async def _connected(self) -> "BotClient":
        while self._client is None or not self._stands.is_set():
            await self._stands.wait()
        return self._client


_WRONG_TOKEN = 4004  # https://discord.com/developers/docs/topics/opcodes-and-status-codes
_REFUSED_INTENTS = Fault(
    "Discord",
    "a bot that may not read messages (close code 4014)",
    "On https://discord.com/developers/applications, in your application under Bot, switch on "
    "Message Content Intent.",
)


def _refused_token(settings: DiscordPlatform) -> Fault:
    fix = f"Put the token of your application's Bot page into {settings.token_env} in .env."
    return Fault("Discord", "a token that Discord refuses (hidden)", fix)


def _address(settings: DiscordPlatform) -> str:
    if settings.api_url is None:
        return _OFFICIAL
    url = settings.api_url.rstrip("/")
    return url if "/api" in url else f"{url}/api/v10"


def _occupy(address: str) -> None:
    """Let discord.py speak to `address`; one of two bots with different ones would be misled."""
    import discord.http  # noqa: PLC0415

    other = next((each for each, count in _in_use.items() if count and each != address), None)
    if other is not None:
        fix = "discord.py speaks to one address a process: give all bots on Discord the same one."
        raise FaultyInput([Fault("discord.api_url", f"{address}, and {other} in use", fix)])
    _in_use[address] += 1
    discord.http.Route.BASE = address
