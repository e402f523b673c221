"""The connection of a bot to Discord: which events are taken, and what becomes of them."""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aiohttp
import discord
import yarl
from discord import app_commands
from discord.gateway import DiscordWebSocket

from clone_pipeline.bots.connector import Ears
from clone_pipeline.bots.platform_settings import DiscordPlatform
from clone_pipeline.bots.platforms import discord_orders
from clone_pipeline.bots.platforms.discord_hearing import Hearing
from clone_pipeline.bots.platforms.discord_traces import Traces
from clone_pipeline.bots.platforms.recent import Recent

log = logging.getLogger(__name__)

# The least that discord.py takes: longer waits for a rate limit become TryLater.
LONGEST_WAIT = 30.0
_RECENT, _PARTS = 50, 1000
_GATEWAY = DiscordWebSocket.DEFAULT_GATEWAY
_FAULTS = (KeyError, TypeError, ValueError, AttributeError, IndexError)


def intents() -> discord.Intents:
    """What the bot is told of: servers, messages with their text, and reactions; no presences."""
    return discord.Intents(
        guilds=True, messages=True, message_content=True, guild_reactions=True, dm_reactions=True
    )


class BotClient(discord.Client):
    """discord.py's client with one bot's ears.

    Args:
        settings: of the bot on Discord.
        ears: what is heard goes there.
        stands: set while the gateway's connection stands.
        keep: file for what must survive a restart.
    """

    def __init__(
        self, settings: DiscordPlatform, *, ears: Ears, stands: asyncio.Event, keep: Path
    ) -> None:
        super().__init__(
            intents=intents(),
            allowed_mentions=discord.AllowedMentions.none(),
            max_ratelimit_timeout=LONGEST_WAIT,
            chunk_guilds_at_startup=False,
            member_cache_flags=discord.MemberCacheFlags.none(),
        )
        self.settings, self.ears, self.recent = settings, ears, Recent(_RECENT, by_number=True)
        self.traces = Traces(keep)
        self._firsts: OrderedDict[str, str] = OrderedDict()
        self._stands = stands
        self._hearing = Hearing(self, ears=ears, recent=self.recent, traces=self.traces)
        self._tree: discord_orders.Tree | None = None
        if settings.slash_commands:
            self._tree = app_commands.CommandTree(self)
            discord_orders.add_orders(self._tree, ears=ears, recent=self.recent)
        _guard(self._connection.parsers)

    async def setup_hook(self) -> None:
        """After the login: where the gateway is, and the slash commands."""
        DiscordWebSocket.DEFAULT_GATEWAY = _GATEWAY
        if self.settings.api_url is not None:
            _, url, _ = await self.http.get_bot_gateway()
            DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(url)
        if self._tree is None:
            return
        try:
            await discord_orders.sync(self._tree)
        except (discord.DiscordException, aiohttp.ClientError) as error:
            log.warning("The slash commands could not be told to Discord: %s", error)

    async def close(self) -> None:
        """End the connection."""
        self._hearing.end()
        self.traces.save()
        if self._connection._ready_task is not None:  # discord.py forgets it, and it would fail
            self._connection._ready_task.cancel()
        await super().close()

    async def on_connect(self) -> None:
        """A new session: what was said before it is not told."""
        self._hearing.begin()
        self._stands.set()

    async def on_resumed(self) -> None:
        """The old session goes on; what was missed comes as events."""
        self._stands.set()

    async def on_disconnect(self) -> None:
        """discord.py connects again by itself."""
        self._stands.clear()

    async def on_ready(self) -> None:
        """All servers are known."""
        for guild in self.guilds:
            await self._leave_banned(guild)
        await self._hearing.catch_up()

    async def on_guild_join(self, guild: discord.Guild) -> None:
        """The bot was added to a server."""
        await self._leave_banned(guild)

    async def on_message(self, message: discord.Message) -> None:
        """Somebody wrote something, perhaps the bot."""
        if not self.banned(message.guild):
            await self._hearing.take(message)

    async def on_raw_message_edit(self, payload: discord.RawMessageUpdateEvent) -> None:
        """A text changed."""
        if "content" in payload.data:
            await self._hearing.edited(payload.message)

    async def on_raw_message_delete(self, payload: discord.RawMessageDeleteEvent) -> None:
        """A message is no more."""
        self._hearing.deleted(payload.channel_id, payload.message_id)

    async def on_raw_bulk_message_delete(self, payload: discord.RawBulkMessageDeleteEvent) -> None:
        """Many messages are no more."""
        for message_id in sorted(payload.message_ids):
            self._hearing.deleted(payload.channel_id, message_id)

    async def on_raw_reaction_add(self, payload: discord.RawReactionActionEvent) -> None:
        """The sign for writing a reply anew, on a message of the bot's."""
        me, message_id = self.me().id, str(payload.message_id)
        if payload.user_id == me or not self._asks_again(payload.emoji):
            return
        if payload.message_author_id == me or self.ears.is_ours(message_id):
            message_id = self._firsts.get(message_id, message_id)
            done = await self.ears.regenerate(message_id, author=str(payload.user_id))
            log.info("Asked to write %s anew: %s", message_id, done)

    def me(self) -> discord.ClientUser:
        """The bot's account."""
        if self.user is None:
            raise ConnectionError("not connected to Discord")
        return self.user

    def went_on(self, first: str, part: str) -> None:
        """`part` belongs to the reply that begins with `first`; the last 1,000 are known."""
        self._firsts[part] = first
        while len(self._firsts) > _PARTS:
            self._firsts.popitem(last=False)

    def banned(self, guild: discord.Guild | None) -> bool:
        """A server that the bot leaves."""
        return guild is not None and str(guild.id) in self.settings.banned_servers

    async def _leave_banned(self, guild: discord.Guild) -> None:
        if self.banned(guild):
            try:
                await guild.leave()
            except (discord.DiscordException, aiohttp.ClientError) as error:
                log.warning("The server %s could not be left: %s", guild.id, error)

    def _asks_again(self, emoji: discord.PartialEmoji) -> bool:
        wanted = _plain(self.settings.regenerate_emoji)
        return wanted in (_plain(str(emoji)), _plain(emoji.name or ""))


def _plain(emoji: str) -> str:
    return emoji.replace("\ufe0f", "").strip(":")


def _guard(parsers: dict[str, Callable[[Any], None]]) -> None:
    """Leave out events that discord.py can't read; else one would end the connection."""
    for name, parse in parsers.items():
        if name not in ("READY", "RESUMED"):
            parsers[name] = _guarded(name, parse)


def _guarded(name: str, parse: Callable[[Any], None]) -> Callable[[Any], None]:
    def parse_or_tell(data: Any) -> None:
        try:
            parse(data)
        except _FAULTS as error:
            log.warning(
                "Discord sent an event %s that can't be read (%s)", name, type(error).__name__
            )

    return parse_or_tell
