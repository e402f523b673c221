"""Matrix: Element's export of a room as JSON, and lists of a room's events.

Sources of the formats: Element's src/utils/exportUtils/JSONExport.ts (room_name, exported_by,
messages), the client-server API's /messages answers (chunk), and matrix-archive's
export_messages.py (a list of events, timestamp in ISO 8601); the events are those of the Matrix
specification (client-server API, m.room.message and its relations).
"""

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any

from clone_pipeline.chats.parsers.beside import Beside, nothing_beside
from clone_pipeline.chats.parsers.json_array import JsonArray
from clone_pipeline.chats.parsers.json_objects import AGAIN, rows_of, string_in, text
from clone_pipeline.chats.parsers.matrix_events import Said, said_by
from clone_pipeline.chats.parsers.matrix_known import (
    Known,
    edit_of,
    edited_at,
    is_redacted,
    known_of,
    time_of,
)
from clone_pipeline.chats.partly import Losses, Numbered
from clone_pipeline.records import Message

NAME = "matrix"

_EVENT = re.compile(rb'"(?:event_id|origin_server_ts)"\s*:')
_EXPORT = re.compile(rb'\A\s*\{\s*"room_name"\s*:.{0,20000}"exported_by"\s*:', re.DOTALL)
_ARRAY = re.compile(rb'"(messages|chunk|events)"\s*:\s*\[')
_UNREADABLE = "messages that are encrypted (kept by nobody who could read them)"
_DECRYPT = "Export the room from a session that has its keys."


def matches(path: Path, head: bytes) -> bool:
    """Whether it is Element's export, or JSON with events of Matrix."""
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if start[:1] not in (b"{", b"["):
        return False
    if _EXPORT.match(start):
        return True
    listed = start[:1] == b"[" or _ARRAY.search(start) is not None
    sent = b'"sender"' in start and b'"content"' in start and b'"m.' in start
    return listed and sent and _EVENT.search(start) is not None


def parse(path: Path, *, source_file: str, beside: Beside = nothing_beside) -> Iterator[Message]:
    """Every message and change of the room; edits give the last version at the first's place.

    Yields:
        Messages in the file's order. Reactions, edits and redactions are not messages of their
        own; a redacted message is kind "deleted".

    Raises:
        PartlyRead: last of all, if messages are encrypted, can't be read, or were cut off.
    """
    known = known_of(_events(path, Losses(source_file)))
    losses = Losses(source_file)
    room = _room(path)
    stem = PurePosixPath(source_file).stem
    numbered = Numbered(NAME)
    seen: set[str] = set()
    for event in _events(path, losses):
        if text(event.get("event_id")) in known.edits:
            seen.add(text(event["event_id"]))
        said = said_by(event, edit=edit_of(event, known), redacted=is_redacted(event, known))
        if said is None:
            continue
        if said.kind is None:
            losses.lose(_UNREADABLE, _DECRYPT)
            continue
        time = time_of(event)
        if time is None or not text(event.get("sender")):
            losses.lose("an event without a time or a sender", AGAIN)
            continue
        yield _message(event, said, time, room or stem, known, numbered, source_file)
    for target in known.edits.keys() - seen:
        losses.lose(f"an edit of the message {target[:80]}, which is not in the file", AGAIN)
    losses.tell()


def _key(path: Path) -> str | None:
    with path.open("rb") as file:
        start = file.read(1 << 16).removeprefix(b"\xef\xbb\xbf").lstrip()
    found = _ARRAY.search(start) if start[:1] == b"{" else None
    return found.group(1).decode() if found else None


def _events(path: Path, losses: Losses) -> Iterator[dict[str, Any]]:
    return rows_of(JsonArray(path, key=_key(path)), losses)


def _room(path: Path) -> str:
    """The name of the room that stands before the messages."""
    with path.open("rb") as file:
        start = file.read(1 << 16)
    return string_in(start, "room_name").strip()


def _message(
    event: dict[str, Any],
    said: Said,
    time: datetime,
    room: str,
    known: Known,
    numbered: Numbered,
    source_file: str,
) -> Message:
    sender = text(event["sender"])
    own = text(event.get("event_id"))
    channel_id = text(event.get("room_id")) or room
    local = sender.removeprefix("@").partition(":")[0] or sender
    return Message(
        message_id=f"{NAME}:{own}" if own else numbered(channel_id, str(time), sender, said.text),
        platform=NAME,
        channel_id=channel_id,
        channel=room,
        timestamp=time,
        author_id=sender,
        author=known.names.get(sender) or local,
        persona=None,
        kind=said.kind or "text",
        text=said.text,
        reply_to=f"{NAME}:{said.answers}" if said.answers else None,
        source_file=source_file,
        login=local,
        edited=edited_at(event, known),
    )
