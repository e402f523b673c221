"""An event of a Matrix room as the bot hears it.

Images are not passed on: since version 1.11 of the specification media are handed out only with
the account's access token (https://spec.matrix.org/v1.11/client-server-api/#content-repository),
which no other service may see. Their captions are heard as text.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import unquote

from clone_pipeline.bots.heard import Said
from clone_pipeline.bots.platforms.matrix_rooms import dict_of
from clone_pipeline.bots.platforms.matrix_wire import Json

COMMANDS = ("stop", "pause", "resume", "forget", "regenerate", "status")
_TEXTS = ("m.text", "m.emote", "m.notice")
_FILES = ("m.image", "m.file", "m.audio", "m.video")
_FALLBACK = re.compile(r"\A> (?:\* )?<@[^>\n]*>[^\n]*(?:\n>[^\n]*)*\n?\n?")
_PILL = re.compile(r"https://matrix\.to/#/(@[^\"'/?<>\s]+|%40[^\"'/?<>\s]+)", re.IGNORECASE)
_USER_ID = re.compile(r"(?<![\w@])@[a-z0-9._=/+-]+:[\w.-]+(?::\d+)?", re.IGNORECASE)
_LATEST = datetime(9999, 1, 1, tzinfo=UTC).timestamp() * 1000


@dataclass(frozen=True, slots=True)
class Message:
    """A message as it stands in a room.

    Attributes:
        id: of the event.
        sender: who wrote it.
        at: when (UTC).
        text: without the quoted fallback of replies.
        notice: written by a program; those are never answered.
        parent: the event that it answers, "" if none.
        thread: the event that its thread begins with, "" if none.
        replaces: the event that it is a new version of, "" if none.
        pinged: user ids whom it mentions, by whatever means.
        echo: sent by this very login of the bot.
    """

    id: str
    sender: str
    at: datetime
    text: str
    notice: bool
    parent: str
    thread: str
    replaces: str
    pinged: tuple[str, ...]
    echo: bool

    def said(self, me: str, name: str) -> Said:
        """As something that was said before."""
        return Said(self.id, self.sender, self.text, self.sender == me, name)


def message_of(event: Json) -> Message | None:
    """The message that an event is; None if it is none, is deleted, or is faulty."""
    content, relation = dict_of(event, "content"), dict_of(event, "content", "m.relates_to")
    kind, body = content.get("msgtype"), content.get("body")
    made_at, sender, number = (event.get(n) for n in ("origin_server_ts", "sender", "event_id"))
    if event.get("type") != "m.room.message" or kind not in (*_TEXTS, *_FILES):
        return None
    if not (isinstance(body, str) and isinstance(sender, str) and isinstance(number, str)):
        return None
    if not isinstance(made_at, int) or not 0 <= made_at < _LATEST:
        return None
    replaces = relation.get("event_id") if relation.get("rel_type") == "m.replace" else ""
    if replaces:
        body = dict_of(content, "m.new_content").get("body")
    if not isinstance(body, str) or not isinstance(replaces, str):
        return None
    parent, thread = parent_of(content), thread_of(content)
    return Message(
        number, sender, datetime.fromtimestamp(made_at / 1000, UTC),
        _text(content, body, is_reply=bool(parent or thread)), kind == "m.notice", parent, thread,
        replaces, tuple(dict.fromkeys(_pinged(content, body))),
        "transaction_id" in dict_of(event, "unsigned"),
    )  # fmt: skip


def redacted_by(event: Json) -> str:
    """The event that this one deletes, "" if it is no such one."""
    if event.get("type") != "m.room.redaction":
        return ""
    # Rooms of version 11 and later name it in the content.
    found = dict_of(event, "content").get("redacts") or event.get("redacts")
    return found if isinstance(found, str) else ""


def is_deleted(event: Json) -> bool:
    """A message of which nothing is left."""
    return "redacted_because" in dict_of(event, "unsigned") or not dict_of(event, "content")


def thread_of(content: Json) -> str:
    """The event with which the thread begins that a message is in."""
    relation = dict_of(content, "m.relates_to")
    root = relation.get("event_id") if relation.get("rel_type") == "m.thread" else ""
    return root if isinstance(root, str) else ""


def parent_of(content: Json) -> str:
    """The event that a message answers; in a thread the last one may only stand in for it."""
    relation = dict_of(content, "m.relates_to")
    found = dict_of(relation, "m.in_reply_to").get("event_id")
    stands_in = relation.get("rel_type") == "m.thread" and relation.get("is_falling_back") is True
    return found if isinstance(found, str) and not stands_in else ""


def is_for(message: Message, me: str, names: Collection[str]) -> bool:
    """Whether it mentions the user `me`, or calls the bot by one of its names."""
    words = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True) if name)
    named = words and re.search(rf"(?<!\w)(?:{words})(?!\w)", message.text, re.IGNORECASE)
    return me in message.pinged or bool(named)


def order_in(message: Message, me: str, names: Collection[str]) -> tuple[str, str] | None:
    """An order such as !pause and what stands behind it; the bot's name may stand before it."""
    words = "|".join(re.escape(name) for name in (me, *names) if name)
    address = rf"(?:@?(?:{words})\s*[:,]?\s*)?"
    order = rf"{address}!({'|'.join(COMMANDS)})(?:\s+(\S.*))?"
    found = re.fullmatch(order, message.text.strip(), re.IGNORECASE | re.DOTALL)
    return (found[1].casefold(), (found[2] or "").strip()) if found else None


def _text(content: Json, body: str, *, is_reply: bool) -> str:
    if content.get("msgtype") in _FILES:
        # With a file name beside it the body is a caption (specification 1.10).
        return body if content.get("filename") not in (None, body) else ""
    return _FALLBACK.sub("", body) if is_reply else body


def _pinged(content: Json, body: str) -> Iterator[str]:
    users = dict_of(content, "m.mentions").get("user_ids")
    if isinstance(users, list):
        yield from (user for user in users if isinstance(user, str))
    formatted = content.get("formatted_body")
    if isinstance(formatted, str):
        shown = formatted.partition("</mx-reply>")[2] or formatted
        yield from (unquote(user) for user in _PILL.findall(shown))
    bare = _FALLBACK.sub("", body)
    yield from (unquote(user) for user in _PILL.findall(bare))
    yield from _USER_ID.findall(bare)
