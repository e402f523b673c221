from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from clone_pipeline.chats.parsers import imessage
from clone_pipeline.records import Message
from clone_pipeline_tests.chats.parsers.exports import whole
from clone_pipeline_tests.chats.parsers.messages_database import (
    MAY,
    OLDEST,
    archived,
    database,
    row,
)

GROUP = [{"chat_identifier": "chat77", "display_name": "Beans", "style": 43}]
PAIR = [{"chat_identifier": "+15550100", "display_name": "", "style": 45}]


def only(root: Path, *, files: list[dict[str, Any]] | None = None, **fields: Any) -> Message:
    attached = files or []
    links = [{"message_id": 1, "attachment_id": n} for n in range(1, len(attached) + 1)]
    database(
        root / "chat.db",
        message=[row(**fields)],
        chat=PAIR,
        chat_message_join=[{"chat_id": 1, "message_id": 1}],
        attachment=attached,
        message_attachment_join=links,
    )
    (found,) = whole(imessage, root, "chat.db")
    return found


def test_a_message_has_names_ids_and_time(tmp_path: Path) -> None:
    found = only(tmp_path)
    assert (found.message_id, found.platform) == ("imessage:G-1", "imessage")
    assert (found.author_id, found.author) == ("+15550100", "+15550100")
    assert (found.channel_id, found.channel) == ("+15550100", "+15550100")
    assert found.timestamp == datetime(2024, 5, 3, 18, 30, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("fields", "author"),
    [
        ({}, "me"),
        ({"account": "E:anna@a.example"}, "anna@a.example"),
        ({"account": "E:anna@a.example", "destination_caller_id": "+15550199"}, "+15550199"),
    ],
)
def test_the_owner_is_me_on_every_address(
    tmp_path: Path, fields: dict[str, Any], author: str
) -> None:
    found = only(tmp_path, is_from_me=1, **fields)
    assert (found.author_id, found.author) == ("me", author)


def test_times_are_seconds_in_old_databases(tmp_path: Path) -> None:
    assert only(tmp_path, date=MAY).timestamp == datetime(2024, 5, 3, 18, 30, tzinfo=UTC)


@pytest.mark.parametrize("date", [0, None, "soon", b"\x00"])
def test_a_message_may_have_no_time(tmp_path: Path, date: Any) -> None:
    assert only(tmp_path, date=date).timestamp is None


PHOTO = {"mime_type": "image/heic", "transfer_name": "IMG_1.HEIC"}


@pytest.mark.parametrize(
    ("fields", "kind", "text"),
    [
        ({"text": None, "attributedBody": archived("the beans 🌱")}, "text", "the beans 🌱"),
        ({"text": "kept", "attributedBody": archived("other")}, "text", "kept"),
        ({"subject": "Beans", "text": "up"}, "text", "Beans\nup"),
        ({"files": [PHOTO], "text": "\ufffc"}, "image", ""),
        ({"files": [PHOTO], "text": "\ufffclook"}, "text", "look"),
        ({"files": [{"mime_type": "video/mp4"}], "text": None}, "video", ""),
        ({"files": [{"transfer_name": "a.mov"}], "text": None}, "video", ""),
        ({"files": [{"mime_type": "audio/x-m4a"}], "text": None}, "voice", ""),
        ({"files": [PHOTO], "text": None, "is_audio_message": 1}, "voice", ""),
        ({"files": [{"mime_type": "text/vcard"}], "text": None}, "file", ""),
        ({"files": [{"mime_type": "text/x-vlocation"}], "text": None}, "location", ""),
        ({"files": [{**PHOTO, "is_sticker": 1}], "text": None}, "sticker", ""),
        ({"text": None, "balloon_bundle_id": "com.apple.DigitalTouchBalloonProvider"}, "image", ""),
        ({"text": "\ufffd", "balloon_bundle_id": "com.example.game"}, "file", ""),
        ({"associated_message_type": 1000, "text": None}, "sticker", ""),
        ({"associated_message_type": 2000, "text": "Loved “hi”"}, "system", "Loved “hi”"),
        ({"associated_message_type": 2006, "text": "Reacted 🌱 to “hi”"}, "system", None),
        ({"associated_message_type": 3001, "text": "Removed a like from “hi”"}, "system", None),
        ({"associated_message_type": 3, "text": "hi"}, "text", "hi"),
        ({"item_type": 2, "group_title": "Beans", "text": None}, "system", "Beans"),
        ({"item_type": 1, "text": None}, "system", ""),
        ({"item_type": 3, "text": None}, "system", ""),
        ({"item_type": 4, "text": None}, "location", ""),
        ({"is_system_message": 1}, "system", "hi"),
        ({"date_retracted": MAY * 10**9, "text": None}, "deleted", ""),
        ({"date_edited": MAY * 10**9, "text": None}, "deleted", ""),
        ({"text": None}, "text", ""),
    ],
)
def test_every_kind(tmp_path: Path, fields: dict[str, Any], kind: str, text: str | None) -> None:
    found = only(tmp_path, **fields)
    assert (found.kind, found.text) == (kind, fields["text"] if text is None else text)


def test_answers_and_edits_are_told(tmp_path: Path) -> None:
    found = only(tmp_path, thread_originator_guid="G-0", date_edited=(MAY + 60) * 10**9)
    assert found.reply_to == "imessage:G-0"
    assert found.edited == datetime(2024, 5, 3, 18, 31, tzinfo=UTC)


def test_a_group_has_its_name_and_each_message_comes_once_in_the_order_of_time(
    tmp_path: Path,
) -> None:
    database(
        tmp_path / "chat.db",
        handle=[{"id": "+15550100"}, {"id": "ben@b.example"}],
        message=[row(3), row(1, handle_id=2), row(2, handle_id=0)],
        chat=GROUP + PAIR,
        chat_message_join=[
            {"chat_id": chat, "message_id": number} for number in (1, 2, 3) for chat in (1, 2)
        ],
    )
    found = whole(imessage, tmp_path, "chat.db")
    assert [m.message_id for m in found] == ["imessage:G-1", "imessage:G-2", "imessage:G-3"]
    assert [m.author for m in found] == ["ben@b.example", "unknown", "+15550100"]
    assert {(m.channel_id, m.channel) for m in found} == {("chat77", "Beans")}


def test_what_the_owner_deleted_lately_is_deleted(tmp_path: Path) -> None:
    links = [{"chat_id": 1, "message_id": 1}]
    database(tmp_path / "c.db", message=[row(1), row(2)], chat_recoverable_message_join=links)
    found = whole(imessage, tmp_path, "c.db")
    assert [(m.kind, m.text) for m in found] == [("deleted", ""), ("text", "hi")]


def test_the_oldest_databases_have_few_tables_and_columns(tmp_path: Path) -> None:
    database(tmp_path / "c.db", columns=OLDEST, message=[row(1), row(2, is_from_me=1)])
    found = whole(imessage, tmp_path, "c.db")
    assert [(m.author, m.channel_id) for m in found] == [
        ("+15550100", "+15550100"),
        ("me", "+15550100"),
    ]
