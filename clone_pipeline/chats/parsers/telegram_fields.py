"""The fields of Telegram Desktop's result.json that are used; others are passed over undecoded.

Source: SerializeMessage in telegramdesktop/tdesktop, Telegram/SourceFiles/export/output/
export_output_json.cpp. Every field may be missing, as versions and other exporters differ.
"""

import msgspec
from msgspec import UNSET, UnsetType


class Part(msgspec.Struct):
    """A stretch of a text with a form of its own, such as a link or bold words."""

    text: str = ""


Text = str | list[str | Part]


class Point(msgspec.Struct):
    """A place on earth, in degrees."""

    latitude: float
    longitude: float


class Answer(msgspec.Struct):
    """A possible answer of a poll."""

    text: Text = ""


class Poll(msgspec.Struct):
    """A poll."""

    question: Text = ""
    answers: list[Answer] = []


class Named(msgspec.Struct):
    """Something that has a title, such as an invoice."""

    title: str | None = None


class Written(msgspec.Struct):
    """One message of the export, as far as it is used."""

    type: str
    id: int | str | None = None
    date: str | None = None
    date_unixtime: str | int | None = None
    edited: str | None = None
    edited_unixtime: str | int | None = None
    from_: str | None = msgspec.field(default=None, name="from")
    from_id: str | int | None = None
    actor: str | None = None
    actor_id: str | int | None = None
    action: str | None = None
    information_text: str | None = None
    title: str | None = None
    performer: str | None = None
    discard_reason: str | None = None
    text: Text = ""
    forwarded_from: str | None | UnsetType = UNSET
    reply_to_message_id: int | str | None = None
    reply_to_peer_id: str | int | None = None
    via_bot: str | None = None
    media_type: str | None = None
    mime_type: str | None = None
    file: str | None = None
    file_name: str | None = None
    photo: str | None = None
    sticker_emoji: str | None = None
    location_information: Point | None | UnsetType = UNSET
    place_name: str | None = None
    contact_information: msgspec.Raw | UnsetType = UNSET
    poll: Poll | None = None
    game_title: str | None = None
    invoice_information: Named | None = None


class Chat(msgspec.Struct):
    """The chat that messages are of, as it stands in front of them."""

    name: str | None = None
    type: str = ""
    id: int | str | None = None


def words(text: Text) -> str:
    """A text as written, without its forms."""
    if isinstance(text, str):
        return text
    return "".join(part if isinstance(part, str) else part.text for part in text)
