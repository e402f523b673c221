"""What an item of a chat in a Signal backup is, and what it says (Backups.proto, `ChatItem`)."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from clone_pipeline.chats.parsers.json_objects import mapping, mappings, text
from clone_pipeline.chats.parsers.media import kind_of_media
from clone_pipeline.records import Kind

_MENTION = "\ufffc"
_WORD = re.compile(r"(?<=[a-z])(?=[A-Z])")
_Content = tuple[Kind, str, Mapping[str, Any]]


def content_of(item: Mapping[str, Any], names: Mapping[str, str]) -> _Content:
    """Kind, words and quote ({} if it answers nothing); `names` by ACI, for mentions."""
    if "standardMessage" in item:
        message = mapping(item["standardMessage"])
        quote = mapping(message.get("quote"))
        words = _words(mapping(message.get("text")), names)
        if words.strip():
            return "text", words, quote
        return (*_files(mappings(message.get("attachments"))), quote)
    if "directStoryReplyMessage" in item:
        reply = mapping(item["directStoryReplyMessage"])
        words = _words(mapping(mapping(reply.get("textReply")).get("text")), names)
        return "text", words or text(reply.get("emoji")), {}
    return (*_other(item), {})


def file_kind(content_type: str, name: str, *, is_voice: bool) -> Kind:
    """The kind of an attachment by its flag, its media type or its name."""
    return "voice" if is_voice else kind_of_media(content_type, name)


def _other(item: Mapping[str, Any]) -> tuple[Kind, str]:
    if "remoteDeletedMessage" in item or "adminDeletedMessage" in item:
        return "deleted", ""
    if "stickerMessage" in item:
        sticker = mapping(mapping(item["stickerMessage"]).get("sticker"))
        return "sticker", text(sticker.get("emoji"))
    if "viewOnceMessage" in item:
        attachment = mapping(mapping(item["viewOnceMessage"]).get("attachment"))
        return _files([attachment] if attachment else [])
    if "contactMessage" in item:
        return "file", ""
    if "poll" in item:
        return "text", text(mapping(item["poll"]).get("question"))
    return _update(mapping(item.get("updateMessage")))


def _update(update: Mapping[str, Any]) -> tuple[Kind, str]:
    """A notice of the app in its own words: "missed audio call", "identity update"."""
    for key in ("individualCall", "groupCall"):
        if key in update:
            call = mapping(update[key])
            state = text(call.get("state")).replace("_", " ").lower()
            sort = text(call.get("type")).replace("_", " ").lower() or "group call"
            return "call", f"{state} {sort}".strip()
    simple = text(mapping(update.get("simpleUpdate")).get("type"))
    names = [name for name in update if isinstance(name, str)]
    return "system", (simple.replace("_", " ") or " ".join(map(_spaced, names))).lower()


def _spaced(name: str) -> str:
    return _WORD.sub(" ", name)


def _files(attachments: list[dict[str, Any]]) -> tuple[Kind, str]:
    if not attachments:
        return "file", ""
    first = attachments[0]
    pointer = mapping(first.get("pointer"))
    kind = file_kind(
        text(pointer.get("contentType")),
        text(pointer.get("fileName")),
        is_voice=first.get("flag") == "VOICE_MESSAGE",
    )
    return kind, text(pointer.get("caption"))


def _words(written: Mapping[str, Any], names: Mapping[str, str]) -> str:
    """The body with names in the places where somebody is mentioned, in their order."""
    body = text(written.get("body"))
    if _MENTION not in body:
        return body
    mentioned = _mentioned(mappings(written.get("bodyRanges")), names)
    parts = body.split(_MENTION)
    return parts[0] + "".join(next(mentioned, "") + part for part in parts[1:])


def _mentioned(ranges: list[dict[str, Any]], names: Mapping[str, str]) -> Iterator[str]:
    found = [each for each in ranges if text(each.get("mentionAci"))]
    for each in sorted(found, key=lambda each: str(each.get("start", 0)).zfill(12)):
        yield "@" + names.get(each["mentionAci"], "someone")
