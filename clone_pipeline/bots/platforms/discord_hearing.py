"""From Discord's messages to what a bot hears, with what was said around them."""

import asyncio
import logging
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

import discord

from clone_pipeline.bots.connector import Ears
from clone_pipeline.bots.heard import Said
from clone_pipeline.bots.platforms import discord_text
from clone_pipeline.bots.platforms.discord_heard import answered, heard, is_direct, sent_by_us
from clone_pipeline.bots.platforms.discord_history import UNREADABLE, History
from clone_pipeline.bots.platforms.discord_traces import Traces
from clone_pipeline.bots.platforms.recent import Recent

if TYPE_CHECKING:
    from clone_pipeline.bots.platforms.discord_client import BotClient

log = logging.getLogger(__name__)

CHAIN = 6  # messages of a chain of answers that are looked up
_SAID = frozenset({discord.MessageType.default, discord.MessageType.reply})


class Hearing:
    """Takes messages one after another in each channel, and tells the ears."""

    def __init__(self, client: "BotClient", *, ears: Ears, recent: Recent, traces: Traces) -> None:
        self._client, self._ears, self._recent, self._traces = client, ears, recent, traces
        self._turns: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()
        self._history = History(
            client, traces, turn=self._turn, hear=self._missed, remember=self._remember
        )

    def begin(self) -> None:
        """A session that was told nothing yet."""
        self._history.begin()

    def end(self) -> None:
        """The session is over."""
        self._history.end()

    async def take(self, message: discord.Message) -> None:
        """Hear a message; the first of a channel with what was said before it."""
        async with self._turn(message.channel.id):
            await self._history.before(message)
            await self._hear(message, live=True)

    async def catch_up(self) -> None:
        """Hear what was missed in channels where nobody has spoken since."""
        await self._history.catch_up()

    async def edited(self, message: discord.Message) -> None:
        """A text changed."""
        async with self._turn(message.channel.id):
            text = discord_text.text_of(message)
            self._recent.edit(str(message.channel.id), str(message.id), text)
            # Discord tells of pages that it shows below a text as if that were an edit.
            if message.edited_at is not None and message.author.id != self._client.me().id:
                text = (text + await discord_text.attached_text(message)).strip()
                self._ears.edited(str(message.id), text)

    def deleted(self, channel_id: int, message_id: int) -> None:
        """A message is no more."""
        self._recent.forget(str(channel_id), str(message_id))
        self._ears.deleted(str(message_id))

    def _turn(self, channel_id: int) -> asyncio.Lock:
        return self._turns.setdefault(channel_id, asyncio.Lock())

    async def _missed(self, message: discord.Message) -> None:
        await self._hear(message, live=False)

    async def _hear(self, message: discord.Message, *, live: bool) -> None:
        if message.type not in _SAID:
            return
        me, direct = self._client.me(), is_direct(message)
        text = discord_text.text_of(message)
        if message.author.id == me.id:
            if live and not sent_by_us(message):
                self._met(message, text)
        elif not self._ears.known(str(message.id)):
            text = (text + await discord_text.attached_text(message)).strip()
            context = await self._before(message)
            self._ears.hear(heard(message, text=text, context=context, me=me, ears=self._ears))
        self._remember(message, text=text)
        self._traces.heard(message, direct=direct)

    def _met(self, message: discord.Message, text: str) -> None:
        """Said by the bot's account, but not through this program."""
        key, me = str(message.id), self._client.me()
        if not self._ears.is_ours(key):
            self._ears.ours(key, heard(message, text=text, context=(), me=me, ears=self._ears))

    def _remember(self, message: discord.Message, *, text: str | None = None) -> None:
        if message.type not in _SAID:
            return
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
        except UNREADABLE as error:
            log.info("What %s answers can't be read: %r", message.id, error)
            return None
