"""The messages of a chat of Facebook Messenger or Instagram; `messenger` and `instagram` share it.

Meta documents neither form. Sources: the schema in facebook-schemas (github.com/SamuelePilleri/
facebook-schemas, messages/message.json) and the readers of chat-miner (github.com/joweich/
chat-miner) and lament (github.com/levlafayette/lament, encrypted chats).
"""

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path, PurePosixPath
from sys import intern
from typing import Any, NamedTuple

from clone_pipeline.chats.parsers.json_objects import AGAIN, mapping, mappings, moment, text
from clone_pipeline.chats.parsers.media import kind_of_file
from clone_pipeline.chats.parsers.meta_text import mended, notice
from clone_pipeline.chats.parsers.meta_thread import Chat, Thread, milliseconds
from clone_pipeline.chats.partly import Losses, Numbered
from clone_pipeline.records import Kind, Message

_MEDIA: tuple[tuple[str, Kind], ...] = (
    ("photos", "image"),
    ("videos", "video"),
    ("audio_files", "voice"),
    ("gifs", "image"),
    ("files", "file"),
)
_UNKNOWN = "unknown"
_GONE = frozenset({"facebook user", "instagram user", "instagrammer", "messenger user", _UNKNOWN})
_NUMBERED = re.compile(r"_\d+\Z")
_PART = re.compile(r"messages?(?:_\d+)?")
_PRODUCT = re.compile(r"instagram|facebook|messenger", re.IGNORECASE)


class _Where(NamedTuple):
    """The chat of a file, and how its text is mended."""

    platform: str
    channel_id: str
    channel: str
    source_file: str
    mend: Callable[[str], str]


def messages_of(path: Path, *, name: str, source_file: str) -> Iterator[Message]:
    """Every message of the chat, oldest first.

    The platform is `name` unless the file's own name or folder says the other one: chats of both
    have the same form, and a short one may hold nothing that tells them apart.

    Raises:
        PartlyRead: last of all, if the file is cut short or a message can't be read.
    """
    losses = Losses(source_file)
    chat = Chat(path, losses)
    where = _where(chat.thread(), name, source_file)
    numbered, last = Numbered(where.platform), None
    for row in chat.rows():
        time = moment(milliseconds(row), per_second=1000)
        if time is None:
            losses.lose("a message without a time", AGAIN)
            continue
        if time != last:  # equal facts have equal times, so that nothing older is kept
            numbered, last = Numbered(where.platform), time
        yield _message(row, time, where, numbered)
    losses.tell()


def _where(thread: Thread, name: str, source_file: str) -> _Where:
    mend: Callable[[str], str] = str if thread.encrypted else mended
    told = _PRODUCT.findall(source_file)
    platform = ("instagram" if told[-1].lower() == "instagram" else "messenger") if told else name
    file = PurePosixPath(source_file)
    own = file.parent.name if _PART.fullmatch(file.stem) else ""
    channel_id = PurePosixPath(mend(thread.path)).name or own or file.stem
    return _Where(platform, channel_id, _title(thread, mend) or channel_id, source_file, mend)


def _message(row: dict[str, Any], time: datetime, where: _Where, numbered: Numbered) -> Message:
    written = text(row.get("sender_name")) or text(row.get("senderName"))
    sender = where.mend(written) or _UNKNOWN
    kind, words = _content(row, sender, where.mend)
    gone = sender.casefold() in _GONE
    return Message(
        message_id=numbered(where.channel_id, time.isoformat(), sender, kind, words),
        platform=where.platform,
        channel_id=where.channel_id,
        channel=where.channel,
        timestamp=time,
        author_id=intern(f"{sender} in {where.channel_id}" if gone else sender),
        author=intern(sender),
        persona=None,
        kind=kind,
        text=words,
        reply_to=None,
        source_file=where.source_file,
    )


def _title(thread: Thread, mend: Callable[[str], str]) -> str:
    title = mend(thread.title)
    if thread.encrypted:
        return _NUMBERED.sub("", title)
    return title or ", ".join(mend(person) for person in thread.people)


def _content(row: dict[str, Any], sender: str, mend: Callable[[str], str]) -> tuple[Kind, str]:
    words = mend(text(row.get("content")) or text(row.get("text")))
    if row.get("is_unsent") is True or row.get("isUnsent") is True:
        return "deleted", ""
    if "call_duration" in row or row.get("type") == "Call":
        return "call", words
    if row.get("type") in ("Subscribe", "Unsubscribe") or row.get("type") == "placeholder":
        return "system", words
    said = notice(words, sender) if words else None
    if said in ("system", "call"):
        return said, words
    wordless = _wordless(row, words, mend)
    if words.strip() and said is None:
        return "text", words
    return wordless or ("file" if said else "text", "")


def _wordless(
    row: dict[str, Any], words: str, mend: Callable[[str], str]
) -> tuple[Kind, str] | None:
    for key, kind in _MEDIA:
        if row.get(key):
            return kind, ""
    if row.get("sticker"):
        return "sticker", ""
    if share := mapping(row.get("share")):
        link = mend(text(share.get("link")))
        told = mend(text(share.get("share_text")))
        if "location" in words.lower() or (not link and "location" in told.lower()):
            return "location", told
        return "link", link or told
    if "location" in words.lower():
        return "location", ""
    if media := mappings(row.get("media")):
        return kind_of_file(text(media[0].get("uri"))), ""
    return None
