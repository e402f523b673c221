"""Changes to what a bot said on Discord, its profile, and the sign that it writes."""

import asyncio
import hashlib
import logging
from typing import TYPE_CHECKING

import aiohttp
import discord

from clone_pipeline.bots.connector import Refused
from clone_pipeline.bots.items import Item
from clone_pipeline.bots.platforms.discord_outcomes import told
from clone_pipeline.bots.platforms.discord_sending import channel_of, parts_of

if TYPE_CHECKING:
    from clone_pipeline.bots.platforms.discord_client import BotClient

log = logging.getLogger(__name__)

# discord.com/developers/docs/resources/application#edit-current-application
DESCRIPTION_LIMIT = 400
_TYPING_SECONDS = 8.0  # Discord shows it for ten


async def edit(client: "BotClient", item: Item, text: str) -> None:
    """Put `text` in the place of what the item says; its parts may become more or fewer."""
    if not item.sent_id or not item.sent_id.isdecimal():
        raise Refused("it is not known which message it is")
    parts = parts_of(text)
    if not parts:
        raise Refused("there is no word to write")
    channel = channel_of(client, item.heard.channel)
    nobody = discord.AllowedMentions.none()
    with told():
        ids = [int(item.sent_id), *await _rest(client, item, channel)]
        for message_id, part in zip(ids, parts, strict=False):
            message = channel.get_partial_message(message_id)
            await message.edit(content=part, allowed_mentions=nobody)
        for message_id in ids[len(parts) :]:
            await channel.get_partial_message(message_id).delete()
        for part in parts[len(ids) :]:
            nonce = hashlib.sha256(f"{item.sent_id} {part}".encode()).hexdigest()[:24]
            await channel.send(part, nonce=f"{nonce}e", allowed_mentions=nobody)


async def introduce(client: "BotClient", text: str) -> None:
    """Put `text` below the application's description, or its first sentence if that is all."""
    if not text.strip():
        return
    with told():
        known = await client.application_info()
        first = f"{text.partition('. ')[0].rstrip('.')}."
        if text in known.description or first in known.description:
            return
        for said in (text, first):
            described = f"{known.description}\n\n{said}".strip()
            if len(described) <= DESCRIPTION_LIMIT:
                await known.edit(description=described)
                return
    log.warning("The application's description has no room for: %s", first)


async def keep_typing(client: "BotClient", channel: str) -> None:
    """Show that the bot writes, until this is cancelled or Discord refuses."""
    try:
        while True:
            await client.http.send_typing(int(channel))
            await asyncio.sleep(_TYPING_SECONDS)
    except (discord.DiscordException, aiohttp.ClientError, OSError, ValueError) as error:
        log.debug("Typing can't be shown in %s: %r", channel, error)


async def _rest(client: "BotClient", item: Item, channel: discord.PartialMessageable) -> list[int]:
    """Ids of the item's second and further messages."""
    wanted = [part.strip() for part in parts_of(item.text or "")[1:]]
    found: list[int] = []
    if wanted:
        after, me = discord.Object(int(item.sent_id or 0)), client.me().id
        async for message in channel.history(limit=100, after=after, oldest_first=True):
            left = wanted[len(found) :]
            if left and message.author.id == me and message.content.strip() == left[0]:
                found.append(message.id)
    return found
