"""What was said in Discord's channels before the bot was told of them, or while it was away."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Iterator
from typing import TYPE_CHECKING

import aiohttp
import discord

from clone_pipeline.bots.platforms.discord_traces import Traces

if TYPE_CHECKING:
    from discord.abc import MessageableChannel

    from clone_pipeline.bots.platforms.discord_client import BotClient

log = logging.getLogger(__name__)

UNREADABLE = (discord.DiscordException, aiohttp.ClientError, TimeoutError)
_CLOSED = (discord.Forbidden, discord.NotFound)
_AROUND, _MISSED = 25, 100  # messages of a channel's history: for the context, after an absence
_PAUSES = (5.0, 30.0, 120.0, 600.0)  # seconds before what could not be read is read again
_FAILED_SECONDS = 20.0  # so long a channel that can't be read holds up none of its new messages

Place = discord.TextChannel | discord.VoiceChannel | discord.Thread


class History:
    """Reads each channel once a session; what was missed is heard, the rest remembered.

    Args:
        client: connected.
        traces: how far the bot heard in earlier sessions.
        turn: the lock of a channel, in which messages are heard.
        hear: is told what was missed.
        remember: is told what was said before.
    """

    def __init__(
        self, client: "BotClient", traces: Traces, *, turn: Callable[[int], asyncio.Lock],
        hear: Callable[[discord.Message], Awaitable[None]],
        remember: Callable[[discord.Message], None],
    ) -> None:  # fmt: skip
        self._client, self._traces, self._turn = client, traces, turn
        self._hear, self._remember = hear, remember
        self._filled: set[int] = set()
        self._failed: dict[int, float] = {}
        self._since: int | None = None
        self._task: asyncio.Task[None] | None = None

    def begin(self) -> None:
        """A session that was told nothing yet."""
        self.end()
        self._filled.clear()
        self._failed.clear()
        self._since = self._traces.begin()

    def end(self) -> None:
        """Read no more of what was missed; the next session will."""
        if self._task is not None:
            self._task.cancel()
            self._task = None

    async def before(self, message: discord.Message) -> None:
        """In a channel's turn: what was said there before the first message of this session."""
        channel = message.channel
        failed = self._failed.get(channel.id)
        if failed is not None and time.monotonic() - failed < _FAILED_SECONDS:
            return
        if channel.id not in self._filled:
            await self._fill(channel, before=message)

    async def catch_up(self) -> None:
        """Hear what was missed in channels where nobody has spoken since."""
        if self._since is None:
            return
        self._task = asyncio.current_task()
        missed = list(self._missed())
        for pause in (*_PAUSES, None):
            for channel in missed:
                async with self._turn(channel.id):
                    if channel.id not in self._filled:
                        await self._fill(channel)
            missed = [each for each in missed if each.id not in self._filled]
            if not missed:
                self._traces.caught_up()
                return
            if pause is not None:
                await asyncio.sleep(pause)
        log.warning("What was missed can't be read in %s", [each.id for each in missed])

    def _missed(self) -> "Iterator[MessageableChannel]":
        """Where something may have been said since; of direct messages that isn't known."""
        since = self._since or 0
        for guild in self._client.guilds:
            places: list[Place] = []
            if not self._client.banned(guild):
                places = [*guild.text_channels, *guild.voice_channels, *guild.threads]
            for each in places:
                if (each.last_message_id or 0) > since and _open(each, guild.me):
                    yield each
        for channel_id in self._traces.directs:
            private = discord.ChannelType.private
            yield self._client.get_partial_messageable(channel_id, type=private)

    async def _fill(
        self, channel: "MessageableChannel", *, before: discord.Message | None = None
    ) -> None:
        """Read it; one that can't be read for now is tried again, one that is closed is not."""
        most = _AROUND if self._since is None else _MISSED
        try:
            found = [each async for each in channel.history(limit=most, before=before)]
        except UNREADABLE as error:
            log.warning("What was said in %s can't be read: %r", channel.id, error)
            if isinstance(error, _CLOSED):
                self._filled.add(channel.id)
            self._failed[channel.id] = time.monotonic()
            return
        if self._since is not None and len(found) == most and found[-1].id > self._since:
            log.warning(
                "More than %d messages were missed in %s: the older ones are not heard",
                most, channel.id,
            )  # fmt: skip
        for message in reversed(found):
            if self._since is not None and message.id > self._since:
                await self._hear(message)
            else:
                self._remember(message)
        self._filled.add(channel.id)


def _open(place: Place, me: discord.Member | None) -> bool:
    """Whether its history may be read, as far as that is known."""
    if me is None or (isinstance(place, discord.Thread) and place.parent is None):
        return True
    return place.permissions_for(me).read_message_history
