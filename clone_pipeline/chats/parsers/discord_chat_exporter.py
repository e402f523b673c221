"""Discord, as exported by DiscordChatExporter in its JSON format, whole or in parts.

Source of the format: DiscordChatExporter's JsonMessageWriter. Versions differ, so every field
but a message's id, type, timestamp, content and author may be missing.
"""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from sys import intern

import msgspec

from clone_pipeline.chats.parsers.discord_fields import Embed, Preamble, Written
from clone_pipeline.chats.parsers.json_array import JsonArray, objects
from clone_pipeline.chats.parsers.media import kind_of_file
from clone_pipeline.chats.partly import Losses
from clone_pipeline.records import Kind, Message

NAME = "discord"

_MINIMAL = re.compile(rb'"messages"\s*:\s*\[\s*\{.*"author"\s*:\s*\{', re.DOTALL)
_PREAMBLE = re.compile(rb'"guild"\s*:\s*\{.*"channel"\s*:\s*\{', re.DOTALL)
_PLAIN = frozenset({"Default", "Reply", "0", "19"})
_COMMANDS = frozenset({"20", "23"})
_CALLS = frozenset({"Call", "3"})
_AGAIN = "Export the channel again, or leave it: what could be read is used."


_MESSAGES = msgspec.json.Decoder(list[Written])
_MESSAGE = msgspec.json.Decoder(Written)


def matches(path: Path, head: bytes) -> bool:
    """Whether it is JSON with a guild and a channel, or messages with authors."""
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    return start == b"{" and bool(_PREAMBLE.search(head) or _MINIMAL.search(head))


def parse(path: Path, *, source_file: str) -> Iterator[Message]:
    """Every message of the export; memory stays constant for indented files.

    Yields:
        Messages with the nickname, else the login name, as `author`; times in UTC.

    Raises:
        PartlyRead: last of all, if the file is cut short or a message can't be read.
    """
    losses = Losses(source_file)
    array = JsonArray(path, key="messages")
    channel_id, channel = "", ""
    count = 0
    for piece in array.slices():
        if not channel_id:
            channel_id, channel = _channel(array.head, path)
        for written in _decode(piece, losses):
            count += 1
            yield _message(written, channel_id, channel, source_file)
    if not array.closed:
        losses.note(f"an export that is cut short after {count} whole messages", _AGAIN)
    elif (stated := _stated_count(array.footer)) > count + losses.lost:
        losses.note(f"{count} messages where messageCount says {stated}", _AGAIN)
    losses.tell()


def _channel(head: bytes, path: Path) -> tuple[str, str]:
    try:
        channel = msgspec.json.decode(head, type=Preamble).channel
    except msgspec.DecodeError:
        channel = None
    if channel is None or channel.id is None:
        return path.stem, path.stem
    return str(channel.id), channel.name or str(channel.id)


def _stated_count(footer: bytes) -> int:
    match = re.search(rb'"messageCount"\s*:\s*(\d+)', footer)
    return int(match.group(1)) if match else 0


def _decode(piece: bytes, losses: Losses) -> list[Written]:
    try:
        return _MESSAGES.decode(piece)
    except (msgspec.DecodeError, UnicodeDecodeError):
        found = [_decode_one(piece[1 + a : 1 + b], losses) for a, b in objects(piece[1:])]
        return [written for written in found if written is not None]


def _decode_one(span: bytes, losses: Losses) -> Written | None:
    """A message that broke its slice: half a surrogate pair is mended, else it is lost."""
    try:
        mended = json.dumps(json.loads(span.decode("utf-8", "replace")), ensure_ascii=False)
        return _MESSAGE.decode(mended.encode("utf-8", "replace"))
    except (msgspec.DecodeError, ValueError) as error:
        known = re.search(rb'"id"\s*:\s*"?(\d+)', span)
        which = f" {known.group(1).decode()}" if known else ""
        losses.lose(f"message{which} that can't be read ({error})", _AGAIN)
        return None


def _message(written: Written, channel_id: str, channel: str, source_file: str) -> Message:
    author = written.author
    reference = written.reference
    answers = reference.message_id if reference and reference.type != "Forward" else None
    kind, text = _content(written)
    return Message(
        message_id=f"{NAME}:{written.id}",
        platform=NAME,
        channel_id=channel_id,
        channel=channel,
        timestamp=_utc(written.timestamp),
        author_id=intern(str(author.id)),
        author=intern(author.nickname or author.name or str(author.id)),
        persona=None,
        kind=kind,
        text=text,
        reply_to=f"{NAME}:{answers}" if answers else None,
        source_file=source_file,
        login=intern(author.name),
        edited=_utc(written.timestamp_edited) if written.timestamp_edited else None,
    )


def _utc(time: datetime) -> datetime:
    return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)


def _content(written: Written) -> tuple[Kind, str]:
    """The message's kind and whatever text there is."""
    text = written.content or ""
    kind = str(written.type)
    if kind in _CALLS:
        return "call", text
    if kind not in _PLAIN and kind not in _COMMANDS:
        return "system", text
    if written.author.is_bot or kind in _COMMANDS:
        return "bot", text or _shown(written.embeds)
    if text.strip():
        return "text", text
    return _wordless(written)


def _wordless(written: Written) -> tuple[Kind, str]:
    forwarded = written.forwarded_message
    if forwarded or (written.reference and written.reference.type == "Forward"):
        return "forward", forwarded.content if forwarded else ""
    if written.stickers:
        return "sticker", written.stickers[0].name
    if written.attachments:
        return kind_of_file(written.attachments[0].file_name), ""
    return ("link", _shown(written.embeds)) if written.embeds else ("text", "")


def _shown(embeds: list[Embed]) -> str:
    parts = [part for embed in embeds for part in (embed.title, embed.description) if part]
    return "\n".join(parts)
