"""A message of Telegram's as the bot hears it.

Images are not passed on: the address of a file holds the bot's token
(https://core.telegram.org/bots/api#file), which no other service may see. Their captions are
heard as text.
"""

import re
from collections.abc import Iterator

from telegram import Chat, Message, MessageEntity, User

from clone_pipeline.bots.heard import Heard, Said
from clone_pipeline.bots.platforms.recent import Recent

COMMANDS = ("stop", "pause", "resume", "forget", "regenerate", "status")
_COMMAND = re.compile(r"/(\w+)(?:@(\w+))?(?:\s+(.*))?", re.DOTALL)


def place(message: Message) -> str:
    """Where it was said, as `Recent` keeps it: the chat, or a topic of a forum."""
    return f"{message.chat.id}/{topic(message)}" if topic(message) else str(message.chat.id)


def topic(message: Message) -> int:
    """The topic that it was said in, 0 for none."""
    return (message.message_thread_id or 0) if message.is_topic_message else 0


def id_of(message: Message) -> str:
    """Telegram numbers messages within a chat."""
    return f"{message.chat.id}:{message.message_id}"


def numbers(message_id: str) -> tuple[int, int] | None:
    """The chat's and the message's number of an id that `id_of` made, None for any other."""
    chat, _, message = message_id.partition(":")
    try:
        return int(chat), int(message)
    except ValueError:
        return None


def text_of(message: Message) -> str:
    """What it says."""
    return message.text or message.caption or ""


def said(message: Message, me: User) -> Said:
    """As something that was said before."""
    author, name, _ = _author(message)
    return Said(id_of(message), author, text_of(message), author == str(me.id), name)


def heard(message: Message, me: User, recent: Recent) -> Heard:
    """As something to be answered; `recent` holds what was said before.

    Rules go by the chat, answers into the topic: its number stands in `server`.
    """
    author, name, is_bot = _author(message)
    parent = parent_of(message)
    number = topic(message)
    return Heard(
        platform="telegram", message_id=id_of(message), channel=str(message.chat.id),
        author=author, name=name, text=text_of(message), heard=message.date,
        kind="direct" if message.chat.type == "private" else "message",
        context=_context(message, parent, me, recent), ours=author == str(me.id),
        author_is_bot=is_bot, to_us=_is_for(message, me),
        mentions=tuple(dict.fromkeys(_others(message, me))),
        parent_is_ours=_is_by(parent, me),
        server=f"topic:{number}" if number else "",
    )  # fmt: skip


def parent_of(message: Message) -> Message | None:
    """What it answers; in a topic everything formally answers the topic's first message."""
    parent = message.reply_to_message
    return None if parent is None or parent.forum_topic_created else parent


def order_in(message: Message, me: User) -> tuple[str, str] | None:
    """A command to this bot and what stands behind it, None if it is none that we know.

    Where there may be other bots it must name this one, or answer it.
    """
    found = _COMMAND.fullmatch(text_of(message).strip())
    if not found or found[1].casefold() not in COMMANDS:
        return None
    if found[2] and found[2].casefold() != (me.username or "").casefold():
        return None
    alone = message.chat.type == Chat.PRIVATE
    if not (found[2] or alone or _is_by(parent_of(message), me)):
        return None
    return found[1].casefold(), (found[3] or "").strip()


def _is_by(message: Message | None, me: User) -> bool:
    return bool(message and message.from_user and message.from_user.id == me.id)


def _author(message: Message) -> tuple[str, str, bool]:
    """Id, name, and whether it is a bot; groups and channels write in their own name too."""
    if message.sender_chat:
        return str(message.sender_chat.id), message.sender_chat.effective_name or "", False
    user = message.from_user
    return (str(user.id), user.full_name, user.is_bot) if user else ("", "", False)


def _context(
    message: Message, parent: Message | None, me: User, recent: Recent
) -> tuple[Said, ...]:  # fmt: skip
    before = recent.before(place(message), id_of(message))
    if parent is None or any(each.message_id == id_of(parent) for each in before):
        return before
    return (said(parent, me), *before)


def _entities(message: Message) -> Iterator[tuple[MessageEntity, str]]:
    yield from message.parse_entities().items()
    yield from message.parse_caption_entities().items()


def _is_for(message: Message, me: User) -> bool:
    at_us = f"@{me.username}".casefold()
    for entity, shown in _entities(message):
        if entity.type == MessageEntity.TEXT_MENTION and entity.user and entity.user.id == me.id:
            return True
        if entity.type == MessageEntity.MENTION and shown.casefold() == at_us:
            return True
        if entity.type == MessageEntity.BOT_COMMAND and shown.casefold().endswith(at_us):
            return True
    named = rf"(?<![\w@])(?:{re.escape(me.first_name)}|{re.escape(at_us)})(?!\w)"
    return re.search(named, text_of(message), re.IGNORECASE) is not None


def _others(message: Message, me: User) -> Iterator[str]:
    """Ids of those who are mentioned, their user names where Telegram tells no id."""
    for entity, shown in _entities(message):
        if entity.type == MessageEntity.TEXT_MENTION and entity.user and entity.user.id != me.id:
            yield str(entity.user.id)
        elif (
            entity.type == MessageEntity.MENTION
            and shown[1:].casefold() != (me.username or "").casefold()
        ):
            yield shown[1:]
