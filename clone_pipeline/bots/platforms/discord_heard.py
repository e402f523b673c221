"""One Discord message, as a bot hears it."""

import re

import discord

from clone_pipeline.bots.connector import Ears
from clone_pipeline.bots.heard import Heard, Said
from clone_pipeline.bots.platforms import discord_text

# Of what this bot sends: 24 characters of `Item.nonce` and a sign for the part.
_OUR_NONCE = re.compile(r"[0-9a-f]{24}[0-9A-Za-z]")


def heard(
    message: discord.Message, *, text: str, context: tuple[Said, ...], me: discord.ClientUser,
    ears: Ears,
) -> Heard:  # fmt: skip
    """A message as the bot hears it."""
    author, channel = message.author, message.channel
    thread = channel if isinstance(channel, discord.Thread) else None
    named = discord_text.mentioned(message)
    return Heard(
        platform="discord", message_id=str(message.id), channel=str(channel.id),
        within=str(thread.parent_id) if thread else "", server=_server(message),
        author=str(author.id), name=author.display_name, text=text,
        heard=message.created_at, kind="direct" if is_direct(message) else "message",
        title=thread.name if thread else "", context=context, ours=author.id == me.id,
        author_is_bot=author.bot or message.webhook_id is not None,
        to_us=me.id in named or _calls(message, me),
        mentions=tuple(str(each) for each in named if each != me.id),
        parent_is_ours=_answers(message, me, ears), thread_is_ours=_began(thread) == str(me.id),
        thread_author=_began(thread), thread_started=thread.created_at if thread else None,
        images=discord_text.images(message), locked=bool(thread and thread.locked),
    )  # fmt: skip


def sent_by_us(message: discord.Message) -> bool:
    """Whether this program sent it, as far as the gateway tells: history knows no nonces."""
    return _OUR_NONCE.fullmatch(str(message.nonce or "")) is not None


def is_direct(message: discord.Message) -> bool:
    """Whether it was written to the bot alone (or in a group's private chat)."""
    return message.guild is None and not getattr(message.channel, "guild_id", None)


def answered(message: discord.Message) -> discord.MessageReference | None:
    """What it is a reply to; forwarding is no reply."""
    reference = message.reference
    if reference is None or reference.type is not discord.MessageReferenceType.reply:
        return None
    return reference


def _server(message: discord.Message) -> str:
    known = message.guild.id if message.guild else getattr(message.channel, "guild_id", None)
    return str(known or "")


def _began(thread: discord.Thread | None) -> str:
    return str(thread.owner_id) if thread else ""


def _answers(message: discord.Message, me: discord.ClientUser, ears: Ears) -> bool:
    reference = answered(message)
    if reference is None or reference.message_id is None:
        return False
    found = reference.resolved or reference.cached_message
    if isinstance(found, discord.Message):
        return found.author.id == me.id
    return ears.is_ours(str(reference.message_id))


def _calls(message: discord.Message, me: discord.ClientUser) -> bool:
    """Its role is mentioned, or one of its names stands in what the writer wrote."""
    called = {me.name, me.display_name, me.global_name or ""}
    own = message.guild.me if message.guild else None
    if own is not None:
        called.add(own.display_name)
        roles = {role.id for role in own.roles if not role.is_default()}
        if roles & discord_text.mentioned_roles(message):
            return True
    return discord_text.names(discord_text.own_words(message), called)
