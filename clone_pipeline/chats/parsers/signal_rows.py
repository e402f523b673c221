"""A row of Signal Desktop's table of messages, as sigtop writes it.

Source: ts/model-types.d.ts of Signal-Desktop (`MessageAttributesType`), sigtop's signal/message.go.
"""

from collections.abc import Mapping
from datetime import datetime
from sys import intern
from typing import Any

from clone_pipeline.chats.parsers.json_objects import mapping, mappings, moment, number, text
from clone_pipeline.chats.parsers.signal_content import file_kind
from clone_pipeline.chats.parsers.signal_frames import NAME
from clone_pipeline.records import Kind, Message

_VOICE_FLAG = 1
_SPOKEN = frozenset({"incoming", "outgoing"})


def message_of_row(
    row: Mapping[str, Any], channel: str, source_file: str, others: set[str]
) -> Message | None:
    """The message of the row; None if it has no time.

    `others` holds who wrote so far: a quote of anybody else is one of the owner, of "me".
    """
    sent = number(row.get("sent_at")) or number(row.get("timestamp"))
    time = _time(sent)
    if time is None:
        return None
    author = "me" if row.get("type") == "outgoing" else _source(row)
    others.add(author)
    channel_id = text(row.get("conversationId")) or channel
    kind, words = _content(row)
    return Message(
        message_id=f"{NAME}:{channel_id}/{sent}/{author}",
        platform=NAME,
        channel_id=intern(channel_id),
        channel=channel,
        timestamp=time,
        author_id=intern(author),
        author=intern(author),
        persona=None,
        kind=kind,
        text=words,
        reply_to=_answered(mapping(row.get("quote")), channel_id, others),
        source_file=source_file,
        edited=_time(number(row.get("editMessageTimestamp"))) if row.get("editHistory") else None,
    )


def _answered(quote: Mapping[str, Any], channel_id: str, others: set[str]) -> str | None:
    target = number(quote.get("id"))
    source = _source(quote)
    author = source if source in others else "me"
    return f"{NAME}:{channel_id}/{target}/{author}" if target else None


def _content(row: Mapping[str, Any]) -> tuple[Kind, str]:
    words = text(row.get("body"))
    sort = text(row.get("type"))
    if row.get("deletedForEveryone") is True or row.get("deletedForEveryone") == 1:
        return "deleted", ""
    if sort == "call-history":
        return "call", words
    if sort not in _SPOKEN:
        return "system", words or sort.replace("-", " ")
    if words.strip():
        return "text", words
    if sticker := mapping(row.get("sticker")):
        return "sticker", text(sticker.get("emoji")) or text(
            mapping(sticker.get("data")).get("emoji")
        )
    if files := mappings(row.get("attachments")):
        flags = number(files[0].get("flags")) or 0
        form, name = text(files[0].get("contentType")), text(files[0].get("fileName"))
        is_voice = bool(flags & _VOICE_FLAG)
        return file_kind(form, name, is_voice=is_voice), text(files[0].get("caption"))
    return ("file" if row.get("contact") else "text"), ""


def _source(row: Mapping[str, Any]) -> str:
    keys = ("sourceServiceId", "sourceUuid", "authorAci", "authorUuid", "source", "author")
    return next((text(row.get(key)) for key in keys if text(row.get(key))), "unknown")


def _time(milliseconds: int | None) -> datetime | None:
    return moment(milliseconds, per_second=1000)
