"""What a message of a Slack export is, what it says, and whose words they are.

Source: Slack's reference of message events (docs.slack.dev/reference/events/message) and of text
(docs.slack.dev/messaging/formatting-message-text).
"""

import re
from collections.abc import Mapping
from typing import Any

from clone_pipeline.chats.parsers.json_objects import mapping, mappings, text
from clone_pipeline.chats.parsers.media import kind_of_media
from clone_pipeline.chats.parsers.slack_blocks import INSTEAD, block_words
from clone_pipeline.chats.parsers.slack_people import Directory, Person, person_of
from clone_pipeline.records import Kind

_SPOKEN = frozenset({"", "thread_broadcast", "me_message", "file_share", "file_comment"})
_BOTS = frozenset({"bot_message", "slackbot_response"})
_CALLS = frozenset({"huddle_thread", "sh_room_created"})
_DELETED = frozenset({"tombstone", "message_deleted"})
_MARKUP = re.compile(r"<([^<>\n]+)>")
_ENTITIES = (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"))


def content_of(row: Mapping[str, Any], directory: Directory) -> tuple[Kind, str, Person]:
    """A message's kind, its words without markup, and its author."""
    subtype = text(row.get("subtype"))
    comment = mapping(row.get("comment")) if subtype == "file_comment" else {}
    author = _author({**row, **comment} if comment else row, directory)
    words = unescaped(text(comment.get("comment")) or _written(row), directory)
    if subtype in _DELETED:
        return "deleted", "", author
    if subtype in _CALLS or "room" in row:
        return "call", words, author
    made = row.get("bot_id") and subtype in _SPOKEN
    if subtype in _BOTS or author.is_bot or made:
        return "bot", words.strip() or _shown(row, directory), author
    if subtype not in _SPOKEN:
        return "system", words, author
    kind, said = _spoken(row, words, directory)
    return kind, said, author


def _written(row: Mapping[str, Any]) -> str:
    """The text with its markup; that of the blocks where it is empty or no more than a stand-in."""
    written = text(row.get("text"))
    return written if written.strip() not in ("", INSTEAD) else block_words(row) or written


def unescaped(marked: str, directory: Directory) -> str:
    """The text as its author saw it: mentions by name, links by label and address."""
    plain = _MARKUP.sub(lambda match: _named(match.group(1), directory), marked)
    for entity, sign in _ENTITIES:
        plain = plain.replace(entity, sign)
    return plain


def _named(inner: str, directory: Directory) -> str:
    target, _, label = inner.partition("|")
    if target.startswith("@"):
        known = directory.people.get(target[1:])
        return "@" + (known.name if known else label.lstrip("@") or target[1:])
    if target.startswith("#"):
        return "#" + (label.lstrip("#") or directory.channel_names.get(target[1:], target[1:]))
    if target.startswith("!"):
        if target.startswith("!date"):
            return label
        return "@" + (label or target[1:].removeprefix("subteam^")).lstrip("@")
    if not label:
        return target.removeprefix("mailto:").removeprefix("tel:")
    return (
        label
        if target.startswith(("mailto:", "tel:")) or label in target
        else (f"{label} ({target})")
    )


def _author(row: Mapping[str, Any], directory: Directory) -> Person:
    user = text(row.get("user"))
    bot = text(row.get("bot_id"))
    profile = mapping(row.get("user_profile"))
    if user in directory.people:
        return directory.people[user]
    if user:
        return person_of(profile, user)
    own = text(row.get("username")) or text(mapping(row.get("bot_profile")).get("name"))
    if bot in directory.people and not own:
        return directory.people[bot]
    return Person(bot or own or "unknown", own or bot or "unknown")


def _spoken(row: Mapping[str, Any], words: str, directory: Directory) -> tuple[Kind, str]:
    files = mappings(row.get("files"))
    old = mapping(row.get("file")) if row.get("subtype") == "file_share" and not files else {}
    if old:
        initial = text(mapping(old.get("initial_comment")).get("comment"))
        if initial.strip():
            return "text", unescaped(initial, directory)
        return _file(old)
    if words.strip():
        return "text", words
    if files:
        return _file(files[0])
    if row.get("attachments"):
        shared = any(
            each.get("is_share") or each.get("is_msg_unfurl")
            for each in mappings(row.get("attachments"))
        )
        return "forward" if shared else "link", _shown(row, directory)
    return "text", ""


def _file(file: Mapping[str, Any]) -> tuple[Kind, str]:
    """The file's kind, and its transcript or a title that is not its name."""
    name, title = text(file.get("name")), text(file.get("title"))
    kind = kind_of_media(text(file.get("mimetype")), name)
    if file.get("subtype") == "slack_audio":
        kind = "voice"
    heard = mapping(mapping(file.get("transcription")).get("preview")).get("content")
    return kind, text(heard) or (title if title != name else "")


def _shown(row: Mapping[str, Any], directory: Directory) -> str:
    """What the attachments of an app or of a shared message say."""
    parts = []
    for each in mappings(row.get("attachments")):
        own = [text(each.get(key)) for key in ("pretext", "title", "text")]
        parts += [part for part in own if part] or [text(each.get("fallback"))]
    return unescaped("\n".join(part for part in parts if part), directory)
