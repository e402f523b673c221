"""The fields of a DiscordChatExporter file that are used; all others are passed over undecoded.

Everything but a message's id, type, timestamp and author may be missing, and other exporters
write null or something else where DiscordChatExporter writes a text.
"""

from typing import Any

import msgspec


class Author(msgspec.Struct, rename="camel", gc=False):
    """Who wrote it; `nickname` is the name shown in that server."""

    id: str | int
    name: str | None = None
    nickname: str | None = None
    is_bot: bool | None = None


class Attachment(msgspec.Struct, rename="camel"):
    """A file; only its name matters here."""

    file_name: Any = None


class Sticker(msgspec.Struct):
    """A sticker; only its name matters here."""

    name: Any = None


class Embed(msgspec.Struct):
    """The preview of a link, or what a bot shows."""

    title: Any = None
    description: Any = None


class Forwarded(msgspec.Struct):
    """The message that was passed on."""

    content: Any = None


class Reference(msgspec.Struct, rename="camel", gc=False):
    """What a reply answers."""

    type: str | int | None = None
    message_id: str | int | None = None


NOTHING = msgspec.Raw(b"null")


class Written(msgspec.Struct, rename="camel", gc=False, kw_only=True):
    """One message of the export, as far as it is used.

    What few messages need is left undecoded: most of the time of reading goes into objects.
    """

    id: str | int
    type: str | int
    timestamp: str
    content: str | None = None
    author: Author
    timestamp_edited: str | None = None
    attachments: msgspec.Raw = NOTHING
    stickers: msgspec.Raw = NOTHING
    embeds: msgspec.Raw = NOTHING
    reference: Reference | None = None
    forwarded_message: msgspec.Raw = NOTHING


class Channel(msgspec.Struct):
    """The channel of the export."""

    id: str | int | None = None
    name: str | None = None


class Preamble(msgspec.Struct):
    """What stands before the messages."""

    channel: Channel | None = None
