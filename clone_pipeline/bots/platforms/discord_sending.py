"""Sending on Discord: in parts, each with a nonce, so that none is there twice.

Discord makes one message of those with one nonce, for some minutes ("enforce_nonce",
https://discord.com/developers/docs/resources/message#create-message). What is older is found in
the channel's history, by what it answers or by its text.
"""

import string
from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

import discord

from clone_pipeline.bots.connector import CannotTell, Gone, Refused, Saying
from clone_pipeline.bots.heard import Heard
from clone_pipeline.bots.items import Item
from clone_pipeline.bots.platforms.discord_heard import answered
from clone_pipeline.bots.platforms.discord_outcomes import log, told
from clone_pipeline.bots.splitting import split

if TYPE_CHECKING:
    from clone_pipeline.bots.platforms.discord_client import BotClient

# One sign a part, behind the 24 characters of the nonce.
_SIGNS = string.digits + string.ascii_letters
# So long a nonce surely keeps a second message away; Discord says "the past few minutes".
NONCE_HOLDS = timedelta(minutes=1)
_LOOKED_THROUGH = 500  # messages of the channel from what was heard on
_CLOCKS = timedelta(minutes=5)  # by which our clock may be ahead of Discord's


async def send(client: "BotClient", saying: Saying) -> str:
    """See `Connector.send`.

    Raises:
        CannotTell: of another try, nobody can say which parts of the first are there.
    """
    parts = parts_of(f"{saying.title}\n\n{saying.text}".strip() if saying.title else saying.text)
    if saying.image is not None and not parts:
        parts = [""]
    if not parts:
        raise Refused("there is no word to send")
    with told():
        there: Sequence[str | None] = [None] * len(parts)
        if saying.again:
            there = await _there(client, saying.heard, parts)
        if not any(there):
            await _still_there(client, saying)
        first = there[0] or await _send_part(client, saying, parts[0], 0)
    for index, part in enumerate(parts[1:], 1):
        if there[index]:
            continue
        try:
            with told():
                client.went_on(first, await _send_part(client, saying, part, index))
        except Refused as error:
            log.warning("%s was sent without its end: %s", first, error)
            break
    return first


async def look_up(client: "BotClient", item: Item) -> str | None:
    """See `Connector.look_up`: the first part's id, None too where one of its parts is missing.

    Raises:
        CannotTell: too much was said there since.
    """
    try:
        with told():
            there = await _there(client, item.heard, parts_of(item.text or "") or [""])
    except Gone:
        return None
    return there[0] if all(there) else None


def parts_of(text: str) -> list[str]:
    """The messages that `text` becomes.

    Raises:
        Refused: they would be more than 62.
    """
    parts = split(text)
    if len(parts) > len(_SIGNS):
        raise Refused(f"{len(parts)} messages for one reply are too many")
    return parts


def channel_of(client: "BotClient", channel: str) -> discord.PartialMessageable:
    """The channel of that id, whether or not the bot knows it."""
    if not channel.isdecimal():
        raise Refused("a channel on Discord is a number")
    return client.get_partial_messageable(int(channel))


async def _send_part(client: "BotClient", saying: Saying, part: str, index: int) -> str:
    channel = channel_of(client, saying.heard.channel)
    more: dict[str, discord.MessageReference | discord.File] = {}
    if index == 0 and saying.as_reply and saying.heard.message_id.isdecimal():
        more["reference"] = discord.MessageReference(
            message_id=int(saying.heard.message_id), channel_id=channel.id, fail_if_not_exists=True
        )
    if index == 0 and saying.image is not None:
        more["file"] = discord.File(saying.image)
    sent = await channel.send(  # type: ignore[call-overload]
        part or None,
        nonce=f"{saying.nonce[:24]}{_SIGNS[index]}",
        allowed_mentions=discord.AllowedMentions.none(),
        **more,
    )
    return str(sent.id)


async def _still_there(client: "BotClient", saying: Saying) -> None:
    """Of what is answered without a reference: that it wasn't deleted while nobody listened."""
    heard = saying.heard
    if saying.as_reply or not heard.message_id.isdecimal():
        return
    if client.recent.get(heard.channel, heard.message_id) is None:
        await channel_of(client, heard.channel).fetch_message(int(heard.message_id))


async def _there(client: "BotClient", heard: Heard, parts: Sequence[str]) -> list[str | None]:
    """Which parts stand in the channel already, soon after what is answered.

    Raises:
        CannotTell: so much was said since that the end of it was not reached.
    """
    channel, me = channel_of(client, heard.channel), client.me().id
    history = channel.history(limit=_LOOKED_THROUGH, after=_since(heard), oldest_first=True)
    read = [each async for each in history]
    ours = [each for each in read if each.author.id == me]
    found: list[str | None] = []
    for index, part in enumerate(parts):
        fits = (each for each in ours if _fits(client, each, heard, part, first=index == 0))
        match = next(fits, None)
        if match is not None:
            del ours[: ours.index(match) + 1]
        found.append(None if match is None else str(match.id))
    if len(read) >= _LOOKED_THROUGH and not all(found):
        raise CannotTell(f"more than {_LOOKED_THROUGH} messages were written since")
    return found


def _since(heard: Heard) -> discord.Object:
    """Of a post of the bot's own, which answers no message, when it was planned."""
    if heard.message_id.isdecimal():
        return discord.Object(int(heard.message_id))
    return discord.Object(discord.utils.time_snowflake(heard.heard - _CLOCKS))


def _fits(
    client: "BotClient", message: discord.Message, heard: Heard, part: str, *, first: bool
) -> bool:
    """Whether it is that part; a young one with the same words is left to its nonce."""
    reference = answered(message)
    if reference is not None:
        return first and str(reference.message_id) == heard.message_id
    young = discord.utils.utcnow() - message.created_at < NONCE_HOLDS
    same = bool(part) and message.content.strip() == part.strip()
    return same and not young and not client.ears.is_ours(str(message.id))
