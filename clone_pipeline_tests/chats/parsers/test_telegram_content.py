from pathlib import Path
from typing import Any

import pytest

from clone_pipeline_tests.chats.parsers.test_telegram import chat, read, written

NOT_INCLUDED = "(File not included. Change data exporting settings to download.)"


@pytest.mark.parametrize(
    ("fields", "kind", "text"),
    [
        ({"text": ["see ", {"type": "link", "text": "t.me"}, "!"]}, "text", "see t.me!"),
        ({"photo": NOT_INCLUDED, "text": ""}, "image", ""),
        ({"photo": "photos/1.jpg", "text": "look"}, "text", "look"),
        ({"media_type": "sticker", "sticker_emoji": "🐸", "text": ""}, "sticker", "🐸"),
        ({"media_type": "voice_message", "file": "v.ogg", "text": ""}, "voice", ""),
        ({"media_type": "video_message", "text": ""}, "video", ""),
        ({"media_type": "video_file", "text": ""}, "video", ""),
        ({"media_type": "animation", "text": ""}, "image", ""),
        ({"media_type": "audio_file", "performer": "P", "title": "T", "text": ""}, "file", "P – T"),
        ({"file": "files/plan.pdf", "text": ""}, "file", "plan.pdf"),
        ({"file": NOT_INCLUDED, "file_name": "plan.pdf", "text": ""}, "file", "plan.pdf"),
        ({"file": NOT_INCLUDED, "mime_type": "image/png", "text": ""}, "image", ""),
        ({"location_information": {"latitude": 1.5, "longitude": -2}, "text": ""},
         "location", "1.5,-2.0"),
        ({"location_information": None, "text": ""}, "location", ""),
        ({"place_name": "Cafe", "location_information": None, "text": ""}, "location", "Cafe"),
        ({"contact_information": {"first_name": "B"}, "text": ""}, "file", ""),
        ({"poll": {"question": "Q?", "answers": [{"text": "a"}, {"text": "b"}]}, "text": ""},
         "text", "Q?\n- a\n- b"),
        ({"game_title": "Chess", "text": ""}, "link", "Chess"),
        ({"invoice_information": {"title": "Fee"}, "text": ""}, "system", "Fee"),
        ({"forwarded_from": "Carl"}, "forward", "hi"),
        ({"forwarded_from": None, "photo": "x.jpg", "text": ""}, "forward", ""),
        ({"via_bot": "@gif"}, "bot", "hi"),
        ({"via_bot": "@gif", "media_type": "animation", "text": ""}, "image", ""),
        ({"text": ""}, "text", ""),
    ],
)  # fmt: skip
def test_kinds_are_told_by_the_fields(
    tmp_path: Path, fields: dict[str, Any], kind: str, text: str
) -> None:
    found, told = read(chat([{**written(1), **fields}]), tmp_path)
    assert told is None
    assert [(m.kind, m.text) for m in found] == [(kind, text)]


def test_what_happened_in_a_chat_is_of_kind_system_or_call(tmp_path: Path) -> None:
    happened: list[dict[str, Any]] = [
        {"action": "create_group", "title": "Trip", "members": ["B", None]},
        {"action": "phone_call", "discard_reason": "missed"},
        {"action": "phone_call", "discard_reason": "hangup", "duration_seconds": 3},
        {"action": "group_call"},
        {"information_text": "own words"},
        {"action": "pin_message", "message_id": 4},
    ]
    rows = [
        {**written(n, ""), "type": "service", "from": None, "from_id": None, "actor": "Ben",
         "actor_id": "user2", **fields}
        for n, fields in enumerate(happened)
    ]  # fmt: skip
    rows.append({"id": 9, "type": "unsupported"})
    found, told = read(chat(rows), tmp_path)
    assert told is None
    assert [(m.kind, m.text) for m in found] == [
        ("system", "create group: Trip"),
        ("call", "missed call"),
        ("call", "phone call"),
        ("call", "group call"),
        ("system", "own words"),
        ("system", "pin message"),
        ("system", "unsupported"),
    ]
    assert {m.author for m in found[:-1]} == {"Ben"}
    assert (found[-1].author, found[-1].timestamp) == ("", None)
