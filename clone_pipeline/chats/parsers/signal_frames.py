"""The frames of a Signal backup, one after another: who is who, which chats there are, messages.

A frame that is referred to comes before the one that refers to it (Backups.proto). Numbers of 64
bits are text in protobuf's JSON form, bytes are base64, and fields of value 0 are left out.
"""

import base64
import binascii
import uuid
from collections.abc import Mapping
from sys import intern
from typing import Any, NamedTuple

from clone_pipeline.chats.parsers.json_objects import (
    AGAIN,
    mapping,
    mappings,
    moment,
    number,
    text,
)
from clone_pipeline.chats.parsers.signal_content import content_of
from clone_pipeline.chats.partly import Losses, digest
from clone_pipeline.records import Message

NAME = "signal"


class Recipient(NamedTuple):
    """Somebody, or a group: id, shown name, user name or phone number."""

    id: str
    name: str
    login: str = ""


class Frames:
    """What the frames so far say; a message comes out with the frame that holds it."""

    def __init__(self, source_file: str, losses: Losses) -> None:
        self._source_file = source_file
        self._losses = losses
        self._owner = Recipient("me", "me")
        self._recipients: dict[str, Recipient] = {}
        self._by_aci: dict[str, str] = {}
        self._chats: dict[str, Recipient] = {}

    def take(self, frame: Mapping[str, Any]) -> Message | None:
        """The message of the frame, if it holds one."""
        if "account" in frame:
            account = mapping(frame["account"])
            name = _joined(account.get("givenName"), account.get("familyName"))
            self._owner = Recipient("me", name or "me", text(account.get("username")))
        elif "recipient" in frame:
            self._meet(mapping(frame["recipient"]))
        elif "chat" in frame:
            chat = mapping(frame["chat"])
            self._chats[_key(chat.get("id"))] = self._who(chat.get("recipientId"))
        elif "chatItem" in frame:
            return self._message(mapping(frame["chatItem"]))
        return None

    def _meet(self, recipient: Mapping[str, Any]) -> None:
        key = _key(recipient.get("id"))
        if "self" in recipient:
            known = self._owner
        elif "group" in recipient:
            known = _group(mapping(recipient["group"]), key)
        elif "contact" in recipient:
            contact = mapping(recipient["contact"])
            known = _contact(contact, key)
            self._by_aci[text(contact.get("aci"))] = known.name
        else:
            known = Recipient("signal" if "releaseNotes" in recipient else f"recipient {key}", "")
        self._recipients[key] = known._replace(name=known.name or known.id)

    def _who(self, recipient_id: Any) -> Recipient:
        key = _key(recipient_id)
        return self._recipients.get(key, Recipient(f"recipient {key}", f"recipient {key}"))

    def _message(self, item: Mapping[str, Any]) -> Message | None:
        latest = number(item.get("dateSent"))
        revisions = mappings(item.get("revisions"))
        sent = number(revisions[0].get("dateSent")) if revisions else latest
        time = moment(sent, per_second=1000)
        if time is None:
            self._losses.lose("a message without a time", AGAIN)
            return None
        key = _key(item.get("chatId"))
        chat = self._chats.get(key, Recipient(f"chat {key}", f"chat {key}"))
        author = self._who(item.get("authorId"))
        kind, words, quote = content_of(item, self._by_aci)
        target = number(quote.get("targetSentTimestamp"))
        answered = self._who(quote.get("authorId")).id
        return Message(
            message_id=f"{NAME}:{chat.id}/{sent}/{author.id}",
            platform=NAME,
            channel_id=chat.id,
            channel=chat.name,
            timestamp=time,
            author_id=intern(author.id),
            author=intern(author.name),
            persona=None,
            kind="bot" if author.id == "signal" else kind,
            text=words,
            reply_to=f"{NAME}:{chat.id}/{target}/{answered}" if target else None,
            source_file=self._source_file,
            login=author.login,
            edited=moment(latest, per_second=1000) if revisions else None,
        )


def _key(value: Any) -> str:
    """An id of the file, which is text or a number; 0 where it was left out."""
    return str(number(value) or 0)


def _contact(contact: Mapping[str, Any], key: str) -> Recipient:
    nickname = mapping(contact.get("nickname"))
    names = (
        _joined(nickname.get("given"), nickname.get("family")),
        text(contact.get("systemNickname")),
        _joined(contact.get("systemGivenName"), contact.get("systemFamilyName")),
        _joined(contact.get("profileGivenName"), contact.get("profileFamilyName")),
        text(contact.get("username")),
    )
    phone = number(contact.get("e164"))
    login = text(contact.get("username")) or (f"+{phone}" if phone else "")
    name = next((name for name in names if name), login)
    return Recipient(_uuid(text(contact.get("aci"))) or login or f"recipient {key}", name, login)


def _group(group: Mapping[str, Any], key: str) -> Recipient:
    """A group; its master key opens it, so that only a digest of that is its id."""
    title = mapping(mapping(group.get("snapshot")).get("title")).get("title")
    secret = text(group.get("masterKey"))
    return Recipient(f"group {digest(secret) if secret else key}", text(title))


def _joined(given: Any, family: Any) -> str:
    return " ".join(part for part in (text(given).strip(), text(family).strip()) if part)


def _uuid(aci: str) -> str:
    """The id as it is usually written, from base64 or as it is; "" if it is neither."""
    try:
        raw = base64.b64decode(aci, validate=True)
        return str(uuid.UUID(bytes=raw) if len(raw) == 16 else uuid.UUID(aci))
    except (binascii.Error, ValueError):
        return aci if len(aci) == 36 else ""
