"""What an event of Matrix is: its kind, its words, and what it answers.

Source: the Matrix specification, client-server API, "Instant messaging", "Rich replies",
"Event replacements", "Threading", "Stickers", "Voice over IP"; MSC 2530 (captions), MSC 3381
(polls).
"""

import re
from dataclasses import dataclass
from typing import Any

from clone_pipeline.chats.parsers.json_objects import mapping, mappings, text
from clone_pipeline.records import Kind

_MEDIA: dict[str, Kind] = {
    "m.image": "image",
    "m.video": "video",
    "m.audio": "voice",
    "m.file": "file",
}
_WORDS: dict[str, Kind] = {"m.text": "text", "m.emote": "text", "m.notice": "bot"}
_MEMBERSHIPS = {
    "join": "joined the room",
    "leave": "left the room",
    "invite": "was invited",
    "ban": "was banned",
    "knock": "asked to join",
}
_SILENT = frozenset({"m.reaction", "m.room.redaction", "m.poll.response", "m.poll.end"})
_FALLBACK = re.compile(r"\A(?:> [^\n]*(?:\n|\Z))+\n?")
_POLLS = ("m.poll.start", "org.matrix.msc3381.poll.start")


@dataclass(frozen=True, slots=True)
class Said:
    """Kind, words and the id of the event that is answered; without a kind it is encrypted."""

    kind: Kind | None
    text: str
    answers: str = ""


def said_by(
    event: dict[str, Any], *, edit: dict[str, Any] | None = None, redacted: bool = False
) -> Said | None:
    """What the event says; None if it is no message and no change of the room.

    Args:
        event: as the server gives it.
        edit: its content after the last edit.
        redacted: whether it was taken back.
    """
    kind, content = text(event.get("type")), mapping(event.get("content"))
    relation = mapping(content.get("m.relates_to"))
    if kind in _SILENT or kind.endswith((".poll.response", ".poll.end")):
        return None
    if relation.get("rel_type") == "m.replace":
        return None
    if not kind.startswith(("m.", "org.matrix.")) and not text(content.get("msgtype")):
        return None
    if kind.startswith("m.call."):
        return Said("call", "") if kind == "m.call.invite" else None
    if kind in ("m.room.message", "m.sticker", "m.room.encrypted", *_POLLS):
        answers = text(mapping(relation.get("m.in_reply_to")).get("event_id"))
        if not answers and relation.get("rel_type") == "m.thread":
            answers = text(relation.get("event_id"))
        if redacted:
            return Said("deleted", "", answers)
        return _message(kind, {**content, **(edit or {})}, answers)
    return Said("system", _change(kind, event, content)) if kind.startswith("m.room.") else None


def _message(kind: str, content: dict[str, Any], answers: str) -> Said:
    body = text(content.get("body"))
    sort = text(content.get("msgtype"))
    if kind == "m.room.encrypted" or sort == "m.bad.encrypted":
        return Said(None, "")
    if not content:
        return Said("deleted", "", answers)
    if kind == "m.sticker":
        return Said("sticker", body, answers)
    if kind in _POLLS:
        return Said("text", _question(content), answers)
    if sort in _MEDIA:
        caption = body if text(content.get("filename")) not in ("", body) else ""
        if caption:
            return Said("text", caption, answers)
        return Said(_MEDIA[sort], "", answers)
    if sort == "m.location":
        return Said("location", body or text(content.get("geo_uri")), answers)
    if answers:
        body = _FALLBACK.sub("", body, count=1)
    return Said(_WORDS.get(sort, "text"), body, answers)


def _question(content: dict[str, Any]) -> str:
    poll = mapping(content.get("m.poll") or content.get("org.matrix.msc3381.poll.start"))
    asked = mapping(poll.get("question"))
    told = text(asked.get("body")) or text(asked.get("org.matrix.msc1767.text"))
    return told or "".join(text(part.get("body")) for part in mappings(asked.get("m.text")))


def _change(kind: str, event: dict[str, Any], content: dict[str, Any]) -> str:
    """A change of the room in words."""
    if kind == "m.room.member":
        who = text(content.get("displayname")) or text(event.get("state_key"))
        did = _MEMBERSHIPS.get(text(content.get("membership")), "changed")
        return f"{who} {did}".strip()
    about = kind.removeprefix("m.room.").replace("_", " ")
    told = text(content.get("name")) or text(content.get("topic"))
    return f"{about}: {told}" if told else about
