"""Saying something on Telegram: in parts, as a reply, mentioning nobody."""

import logging
import re
from collections.abc import Awaitable
from typing import TypeVar

from telegram import Bot, Message, ReplyParameters
from telegram.error import ChatMigrated, TelegramError

from clone_pipeline.bots.connector import Gone, Refused, Saying
from clone_pipeline.bots.heard import Heard
from clone_pipeline.bots.items import Item
from clone_pipeline.bots.platforms.parts import Parts
from clone_pipeline.bots.platforms.telegram_reading import numbers
from clone_pipeline.bots.platforms.telegram_wire import told
from clone_pipeline.bots.splitting import split

log = logging.getLogger(__name__)

Result = TypeVar("Result")

LIMIT = 4096  # UTF-16 units: https://core.telegram.org/bots/api#sendmessage
# Telegram makes a mention of every user name in a text; a sign that is not seen prevents it.
_ACTIVE = re.compile(r"(?<![\w/])@(?=[A-Za-z]\w)")
_UNSEEN = "\N{WORD JOINER}"


def quiet(text: str) -> str:
    """`text`, in which nobody is mentioned."""
    return _ACTIVE.sub(f"@{_UNSEEN}", text)


def target(heard: Heard) -> tuple[int | str, int | None]:
    """The chat and the topic of it where `heard` was said."""
    chat = heard.channel
    _, is_topic, number = heard.server.partition("topic:")
    return int(chat) if chat.lstrip("-").isdecimal() else chat, int(number) if is_topic else None


def place(heard: Heard) -> str:
    """As `telegram_reading.place` names it."""
    _, thread = target(heard)
    return f"{heard.channel}/{thread}" if thread else heard.channel


async def send(bot: Bot, saying: Saying, parts: Parts) -> tuple[str, ...]:
    """Send what is not out yet; the ids of all parts."""
    texts = split(quiet(saying.text), limit=LIMIT, unit="utf16")
    if not texts:
        raise Refused("there is nothing to say")
    chat, thread = target(saying.heard)
    replied = numbers(saying.heard.message_id) if saying.as_reply else None
    ids = list(parts.of(saying.nonce))
    for text in texts[len(ids) :]:
        reply = None
        if replied and not ids:
            reply = ReplyParameters(replied[1], allow_sending_without_reply=False)
        made = await _sent(bot, chat, text, reply=reply, thread=thread)
        chat = made.chat.id
        ids.append(f"{made.chat.id}:{made.message_id}")
        if len(texts) > 1:
            parts.put(saying.nonce, tuple(ids))
    return tuple(ids)


async def edit(bot: Bot, item: Item, text: str, parts: Parts) -> None:
    """Put `text` in the place of all parts; parts that are too many are deleted.

    Raises:
        Refused: it needs more parts than there are, or Telegram says no.
    """
    texts = split(quiet(text), limit=LIMIT, unit="utf16")
    ids = parts.of(item.key.nonce) or (item.sent_id or "",)
    places = [found for each in ids if (found := numbers(each))]
    if not places:
        raise Gone("it is not known what was sent")
    if not texts or len(texts) > len(places):
        raise Refused("the new text has more parts than the old one")
    for (chat, number), part in zip(places, texts, strict=False):
        try:
            await _told(bot.edit_message_text(part, chat, number))
        except Refused as error:
            if "not modified" not in str(error):
                raise
    for chat, number in places[len(texts) :]:
        await _told(bot.delete_message(chat, number))
    if len(ids) > 1:
        parts.put(item.key.nonce, ids[: len(texts)])


async def answer(bot: Bot, message: Message, text: str) -> None:
    """Say what became of an order, if anything is to be said; the order stands in any case."""
    reply = ReplyParameters(message.message_id, allow_sending_without_reply=True)
    thread = message.message_thread_id if message.is_topic_message else None
    shown = split(quiet(text), limit=LIMIT, unit="utf16")[:1]
    try:
        for part in shown:
            await bot.send_message(
                message.chat.id, part, reply_parameters=reply, message_thread_id=thread
            )
    except TelegramError as error:
        log.warning("an order was carried out, and Telegram did not take the answer: %s", error)


async def _sent(
    bot: Bot, chat: int | str, text: str, *, reply: ReplyParameters | None, thread: int | None
) -> Message:  # fmt: skip
    """Send one part; a group that has become a supergroup is followed there."""
    try:
        return await bot.send_message(
            chat, text, reply_parameters=reply, message_thread_id=thread
        )  # fmt: skip
    except ChatMigrated as error:  # where messages have other numbers
        return await _told(bot.send_message(error.new_chat_id, text))
    except TelegramError as error:
        raise told(error) from None


async def _told(call: Awaitable[Result]) -> Result:
    """What it gives; what the library raises comes as a connector raises it."""
    try:
        return await call
    except TelegramError as error:
        raise told(error) from None
