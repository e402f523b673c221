"""What a Discord message says, in plain words: names for ids, the texts that are attached."""

import asyncio
import logging
import re
from collections.abc import Iterator
from pathlib import PurePath

import aiohttp
import discord

from clone_pipeline.bots.heard import Said

log = logging.getLogger(__name__)

# discord.com/developers/docs/reference#message-formatting
_USER, _ROLE = re.compile(r"<@!?(\d{1,20})>"), re.compile(r"<@&(\d{1,20})>")
_CHANNEL, _ORDER = re.compile(r"<#(\d{1,20})>"), re.compile(r"</([^:<>\n]{1,100}):\d{1,20}>")
_EMOJI = re.compile(r"<a?:(\w{1,32}):\d{1,20}>")
_URL = re.compile(r"https?://\S+")

MOST_ATTACHED = 100_000  # characters of all attached texts
_MOST_BYTES = 400_000
_MOST_FILES = 5
_MOST_IMAGES = 10
_READ_SECONDS = 20
_MOST_REMEMBERED = 4000  # characters of a message in the context of others
_TEXT_SUFFIX = re.compile(
    r"\.(txt|md|rst|csv|tsv|jsonl?|ya?ml|toml|ini|log|xml|html|py|js|ts|c|h|cpp|rs|go|java|sh|sql|tex)",
    re.IGNORECASE,
)
_TEXT_TYPES = ("text/", "application/json", "application/xml", "application/yaml")
_IMAGE_SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".gif", ".webp"})


def text_of(message: discord.Message) -> str:
    """What was written: @Name for mentions, :name: for emoji; of a forwarded message its text.

    Stickers, polls, and the boxes that other bots write into are told in words. The bot's own
    mention is one word, so that it reads as an address: @GardenBot for Garden Bot.
    """
    text = "\n\n".join(filter(None, _parts(message)))
    text = _USER.sub(lambda found: f"@{_user(message, int(found[1]))}", text)
    text = _ROLE.sub(lambda found: f"@{_role(message, int(found[1]))}", text)
    text = _CHANNEL.sub(lambda found: f"#{_channel(message, int(found[1]))}", text)
    return _EMOJI.sub(r":\1:", _ORDER.sub(r"/\1", text))


def own_words(message: discord.Message) -> str:
    """What the writer wrote by hand: no names of channels, emoji or commands, no addresses."""
    text = message.content or ""
    for each in (_CHANNEL, _ORDER, _EMOJI, _URL):
        text = each.sub(" ", text)
    return text


def said(message: discord.Message, *, text: str | None = None, me: int) -> Said:
    """The message as the context of others; the first 4,000 characters of it."""
    shown = text_of(message) if text is None else text
    author = message.author
    return Said(
        str(message.id), str(author.id), shown[:_MOST_REMEMBERED], author.id == me,
        author.display_name,
    )  # fmt: skip


def mentioned(message: discord.Message) -> list[int]:
    """Ids of the users whom the text names, each once; who is answered with a ping isn't named."""
    return list(dict.fromkeys(int(each) for each in _USER.findall(message.content or "")))


def mentioned_roles(message: discord.Message) -> set[int]:
    """Ids of the roles that the text names."""
    return {int(each) for each in _ROLE.findall(message.content or "")}


def names(text: str, called: set[str]) -> bool:
    """Whether one of the names stands in the text as a whole word, in whatever case."""
    return any(
        re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text, re.IGNORECASE)
        for name in called
        if len(name) > 1
    )


def images(message: discord.Message) -> tuple[str, ...]:
    """Addresses of images that are attached, forwarded, or of a linked page; ten at most."""
    found: list[str] = []
    for shown in _with_forwarded(message):
        found += [each.url for each in shown.attachments if _is_image(each)]
        for embed in shown.embeds:
            found += [url for url in (embed.image.url, embed.thumbnail.url) if url]
    urls = (url for url in found if url.startswith(("https://", "http://")))
    return tuple(dict.fromkeys(urls))[:_MOST_IMAGES]


async def attached_text(message: discord.Message) -> str:
    """The attached texts, each below its name; 100,000 characters of five files at most.

    Discord turns what is too long for a message into such a file. What can't be read is left out.
    """
    shown = ""
    for file in list(_texts(message))[:_MOST_FILES]:
        try:
            async with asyncio.timeout(_READ_SECONDS):
                content = await file.read()
        except (discord.DiscordException, aiohttp.ClientError, OSError) as error:
            log.warning("An attachment of %s can't be read: %r", message.id, error)
            continue
        name = " ".join(file.filename.split())
        shown += f"\n\n[{name}]\n{content.decode('utf-8', errors='replace')}"
    return shown[:MOST_ATTACHED]


def _parts(message: discord.Message) -> Iterator[str]:
    yield message.content or ""
    by_bot = message.author.bot or message.webhook_id is not None
    yield from _beside(message, boxes=by_bot and not _is_me(message, message.author.id))
    if message.poll is not None:
        answers = "".join(f"\n- {each.text or each.emoji or ''}" for each in message.poll.answers)
        yield f"[poll: {message.poll.question}]{answers}"
    for snapshot in message.message_snapshots:
        yield snapshot.content or ""
        yield from _beside(snapshot, boxes=not snapshot.content)


def _beside(shown: discord.Message | discord.MessageSnapshot, *, boxes: bool) -> Iterator[str]:
    yield from (f"[sticker: {each.name}]" for each in shown.stickers)
    for embed in shown.embeds if boxes else ():
        if embed.type == "rich":
            yield "\n".join(filter(None, (embed.title, embed.description)))


def _with_forwarded(
    message: discord.Message,
) -> Iterator[discord.Message | discord.MessageSnapshot]:
    yield message
    yield from message.message_snapshots


def _texts(message: discord.Message) -> Iterator[discord.Attachment]:
    files = [each for shown in _with_forwarded(message) for each in shown.attachments]
    for file in files:
        kind, suffix = file.content_type or "", PurePath(file.filename).suffix
        readable = kind.startswith(_TEXT_TYPES) or _TEXT_SUFFIX.fullmatch(suffix)
        if readable and file.size <= _MOST_BYTES:
            yield file


def _is_image(file: discord.Attachment) -> bool:
    if file.content_type:
        return file.content_type.startswith("image/")
    return PurePath(file.filename).suffix.lower() in _IMAGE_SUFFIXES


def _user(message: discord.Message, user_id: int) -> str:
    known = {user.id: user.display_name for user in message.mentions}
    me = message.guild.me if message.guild else None
    if me is not None and user_id == me.id:
        known.setdefault(user_id, me.display_name)
    name = known.get(user_id, "someone")
    return _one_word(name) if _is_me(message, user_id) else name


def _is_me(message: discord.Message, user_id: int) -> bool:
    user = message._state.user
    return user is not None and user.id == user_id


def _one_word(name: str) -> str:
    return re.sub(r"[^\w.-]+", "", name) or "bot"


def _role(message: discord.Message, role_id: int) -> str:
    role = message.guild.get_role(role_id) if message.guild else None
    return role.name if role else "role"


def _channel(message: discord.Message, channel_id: int) -> str:
    channel = message.guild.get_channel_or_thread(channel_id) if message.guild else None
    return channel.name if channel else "channel"
