"""From Discord's messages to what a bot hears, with what was said around them."""

import asyncio
import logging
from collections.abc import Iterator
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

import aiohttp
import discord

from clone_pipeline.bots.connector import Ears
from clone_pipeline.bots.heard import Said
from clone_pipeline.bots.platforms import discord_text
from clone_pipeline.bots.platforms.discord_heard import answered, heard, is_direct, sent_by_us
from clone_pipeline.bots.platforms.discord_traces import Traces
from clone_pipeline.bots.platforms.recent import Recent

if TYPE_CHECKING:
    from discord.abc import MessageableChannel

    from clone_pipeline.bots.platforms.discord_client import BotClient

log = logging.getLogger(__name__)

CHAIN = 6  # messages of a chain of answers that are looked up
_AROUND, _MISSED = 25, 100  # messages of a channel's history: for the context, after an absence
_SAID = frozenset({discord.MessageType.default, discord.MessageType.reply})
_UNREADABLE = (discord.DiscordException, aiohttp.ClientError, TimeoutError)


class Hearing:
    """Takes messages one after another in each channel, and tells the ears."""

    def __init__(self, client: "BotClient", *, ears: Ears, recent: Recent, traces: Traces) -> None:
        self._client, self._ears, self._recent, self._traces = client, ears, recent, traces
        self._turns: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()
        self._filled: set[int] = set()
        self._since: int | None = None

    def begin(self) -> None:
        """A session that was told nothing yet."""
        self._filled.clear()
        self._since = self._traces.since()

    async def take(self, message: discord.Message) -> None:
        """Hear a message; the first of a channel with what was said before it."""
        channel = message.channel
        async with self._turn(channel.id):
            if channel.id not in self._filled:
                await self._fill(channel, before=message)
            await self._hear(message, live=True)

    async def catch_up(self) -> None:
        """Hear what was missed in channels where nobody has spoken since."""
        if self._since is None:
            return
        for channel in self._missed():
            async with self._turn(channel.id):
                if channel.id not in self._filled:
                    await self._fill(channel)

    def edited(self, message: discord.Message) -> None:
        """A text changed."""
        text = discord_text.text_of(message)
        self._recent.edit(str(message.channel.id), str(message.id), text)

    def deleted(self, channel_id: int, message_id: int) -> None:
        """A message is no more."""
        self._recent.forget(str(channel_id), str(message_id))
        self._ears.deleted(str(message_id))

    def _turn(self, channel_id: int) -> asyncio.Lock:
        return self._turns.setdefault(channel_id, asyncio.Lock())

    def _missed(self) -> "Iterator[MessageableChannel]":
        """Where something may have been said since; of direct messages that isn't known."""
        since = self._since or 0
        for guild in self._client.guilds:
            places: list[discord.TextChannel | discord.VoiceChannel | discord.Thread] = []
            if not self._client.banned(guild):
                places = [*guild.text_channels, *guild.voice_channels, *guild.threads]
            yield from (each for each in places if (each.last_message_id or 0) > since)
        for channel_id in self._traces.directs:
            private = discord.ChannelType.private
            yield self._client.get_partial_messageable(channel_id, type=private)

    async def _fill(
        self, channel: "MessageableChannel", *, before: discord.Message | None = None
    ) -> None:
        """Remember what was said there; what was missed of it is heard."""
        self._filled.add(channel.id)
        most = _AROUND if self._since is None else _MISSED
        try:
            found = [each async for each in channel.history(limit=most, before=before)]
        except _UNREADABLE as error:
            log.warning("What was said in %s can't be read: %r", channel.id, error)
            return
        for message in reversed(found):
            if self._since is not None and message.id > self._since:
                await self._hear(message, live=False)
            else:
                self._remember(message, discord_text.text_of(message))

    async def _hear(self, message: discord.Message, *, live: bool) -> None:
        me, direct = self._client.me(), is_direct(message)
        text = discord_text.text_of(message)
        if message.type not in _SAID:
            return
        if message.author.id == me.id:
            if live and not sent_by_us(message):
                self._met(message, text)
        elif not self._ears.known(str(message.id)):
            text = (text + await discord_text.attached_text(message)).strip()
            context = await self._before(message)
            self._ears.hear(heard(message, text=text, context=context, me=me, ears=self._ears))
        self._remember(message, text)
        self._traces.heard(message, direct=direct)

    def _met(self, message: discord.Message, text: str) -> None:
        """Said by the bot's account, but not through this program."""
        key, me = str(message.id), self._client.me()
        if not self._ears.is_ours(key):
            self._ears.ours(key, heard(message, text=text, context=(), me=me, ears=self._ears))

    def _remember(self, message: discord.Message, text: str) -> None:
        said = discord_text.said(message, text=text, me=self._client.me().id)
        self._recent.add(str(message.channel.id), said)

    async def _before(self, message: discord.Message) -> tuple[Said, ...]:
        """What is answered, and the channel's last messages, oldest first."""
        last = self._recent.before(str(message.channel.id), str(message.id))
        known = {each.message_id for each in last}
        chain: list[Said] = []
        parent = await self._parent(message)
        while parent is not None and len(chain) < CHAIN:
            chain.append(discord_text.said(parent, me=self._client.me().id))
            parent = await self._parent(parent)
        return (*(each for each in reversed(chain) if each.message_id not in known), *last)

    async def _parent(self, message: discord.Message) -> discord.Message | None:
        reference = answered(message)
        if reference is None or reference.message_id is None:
            return None
        found = reference.resolved or reference.cached_message
        if found is not None:
            return found if isinstance(found, discord.Message) else None
        if reference.channel_id != message.channel.id:
            return None
        try:
            return await message.channel.fetch_message(reference.message_id)
        except _UNREADABLE as error:
            log.info("What %s answers can't be read: %r", message.id, error)
            return None
