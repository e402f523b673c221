"""Telegram Desktop's result.json: a single chat, or everything an account has."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from sys import intern

import msgspec

from clone_pipeline.chats.parsers.json_array import objects
from clone_pipeline.chats.parsers.telegram_chats import chats_of
from clone_pipeline.chats.parsers.telegram_content import content
from clone_pipeline.chats.parsers.telegram_fields import Chat, Written
from clone_pipeline.chats.partly import Losses, Numbered
from clone_pipeline.records import Kind, Message

NAME = "telegram"
DELETED = "Deleted Account"

_AGAIN = "Export the chat again, or leave it: what could be read is used."
_MESSAGES = msgspec.json.Decoder(list[Written])
_MESSAGE = msgspec.json.Decoder(Written)
_CONTROL = re.compile(r"(?<!\\)((?:\\\\)*+)\\x([0-9A-Fa-f]{2})")
_OWN_NAMES = {"saved_messages": "Saved messages", "replies": "Replies"}
_LONGEST_USER = 1 << 32
_NEVER = 1971  # older exports date an edit that never was to 1970


def parse_json(path: Path, *, source_file: str) -> Iterator[Message]:
    """Every message of every chat in the file.

    Raises:
        PartlyRead: last of all, if the file is cut short or a message can't be read.
    """
    losses = Losses(source_file)
    numbered = Numbered(NAME)
    for chat, piece in chats_of(path, losses):
        channel_id, channel = _channel(chat, source_file)
        for written in _decoded(piece, losses):
            try:
                yield _message(written, chat, channel_id, channel, numbered, source_file)
            except (ValueError, OverflowError, OSError) as error:
                losses.lose(f"message {written.id} with a date that is none ({error})", _AGAIN)
    losses.tell()


def _channel(chat: Chat, source_file: str) -> tuple[str, str]:
    """Id and name; those of exports without either are the file's or its folder's name."""
    path = PurePosixPath(source_file)
    stem = path.parent.name.removesuffix(".zip") if path.stem.startswith("result") else ""
    known = chat.name or _OWN_NAMES.get(chat.type, "")
    if chat.id is None:
        return known or stem or path.stem, known or stem or path.stem
    return str(chat.id), known or DELETED


def _decoded(piece: bytes, losses: Losses) -> list[Written]:
    try:
        return _MESSAGES.decode(piece)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        found = [_decoded_one(piece[1 + a : 1 + b], losses) for a, b in objects(piece[1:])]
        return [written for written in found if written is not None]


def _decoded_one(span: bytes, losses: Losses) -> Written | None:
    r"""A message that broke its slice: \x1F, as Telegram writes control characters, is mended."""
    text = _CONTROL.sub(r"\1\\u00\2", span.decode("utf-8", "replace"))
    try:
        mended = json.dumps(json.loads(text, strict=False), ensure_ascii=False)
        return _MESSAGE.decode(mended.encode("utf-8", "replace"))
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        known = re.search(r'"id"\s*:\s*(-?\d{1,20})', text)
        which = f" {known.group(1)}" if known else ""
        losses.lose(f"message{which} that can't be read ({error})", _AGAIN)
        return None


def _message(
    written: Written,
    chat: Chat,
    channel_id: str,
    channel: str,
    numbered: Numbered,
    source_file: str,
) -> Message:
    author_id, author = _author(written, channel)
    kind, text = content(written)
    time = _time(written.date_unixtime, written.date)
    edited = _time(written.edited_unixtime, written.edited)
    facts = (channel_id, time.isoformat() if time else "", author_id, text)
    own = f"{NAME}:{channel_id}/{written.id}" if written.id is not None else numbered(*facts)
    return Message(
        message_id=own,
        platform=NAME,
        channel_id=channel_id,
        channel=channel,
        timestamp=time,
        author_id=author_id,
        author=author,
        persona=None,
        kind=_of_bot(kind, author_id, chat),
        text=text,
        reply_to=_reply(written, channel_id),
        source_file=source_file,
        edited=edited if edited and edited.year >= _NEVER else None,
    )


def _author(written: Written, channel: str) -> tuple[str, str]:
    """Id and name of who wrote or did it; a channel's own posts are the channel's."""
    name = written.from_ or written.actor
    own = written.from_id if written.from_id is not None else written.actor_id
    if own is None:
        if written.type != "message":
            return name or "", name or ""
        return intern(name or channel), intern(name or channel)
    plain = isinstance(own, int) and 0 < own < _LONGEST_USER
    return intern(f"user{own}" if plain else str(own)), intern(name or DELETED)


def _of_bot(kind: Kind, author_id: str, chat: Chat) -> Kind:
    bot = chat.type == "bot_chat" and author_id == f"user{chat.id}"
    return "bot" if bot and kind not in ("system", "call") else kind


def _reply(written: Written, channel_id: str) -> str | None:
    if written.reply_to_message_id is None or written.id is None:
        return None
    peer = written.reply_to_peer_id
    where = channel_id if peer is None else re.sub(r"^\D+(?=\d)", "", str(peer))
    return f"{NAME}:{where}/{written.reply_to_message_id}"


def _time(stamp: str | int | None, local: str | None) -> datetime | None:
    """UTC by the stamp; without one, the wall clock's time marked as UTC."""
    if stamp is not None:
        return datetime.fromtimestamp(int(stamp), UTC)
    return datetime.fromisoformat(local).replace(tzinfo=UTC) if local else None
