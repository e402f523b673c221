from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from clone_pipeline.chats.parsers import instagram, messenger
from clone_pipeline.records import Message
from clone_pipeline_tests.chats.parsers.exports import claims, read, whole, write

START = 1_714_761_000_000  # 2024-05-03 18:30 UTC, in milliseconds
FOLDER = "your_facebook_activity/messages/inbox/annaben_123"
PART = f"{FOLDER}/message_1.json"


def mojibake(text: str) -> str:
    """`text` as Meta's exporters write it."""
    return text.encode().decode("latin-1")


def message(minute: int = 0, content: str | None = "hi", **fields: Any) -> dict[str, Any]:
    row = {"sender_name": "Anna Kern", "timestamp_ms": START + 60_000 * minute}
    return {**row, **({} if content is None else {"content": mojibake(content)}), **fields}


def thread(messages: list[dict[str, Any]], **fields: Any) -> dict[str, Any]:
    return {
        "participants": [{"name": mojibake("Jürgen Moß")}, {"name": "Anna Kern"}],
        "messages": messages,
        "title": mojibake("Jürgen Moß"),
        "is_still_participant": True,
        "thread_path": "inbox/annaben_123",
        "magic_words": [],
        **fields,
    }


def only(root: Path, **fields: Any) -> Message:
    write(root, PART, thread([message(**fields)]), indent=2)
    (found,) = whole(messenger, root, PART)
    return found


def test_a_message_has_names_ids_and_time(tmp_path: Path) -> None:
    found = only(tmp_path, content="the beans are up 🌱", sender_name=mojibake("Jürgen Moß"))
    assert (found.platform, found.channel_id, found.channel) == (
        "messenger",
        "annaben_123",
        "Jürgen Moß",
    )
    assert (found.author_id, found.author) == ("Jürgen Moß", "Jürgen Moß")
    assert found.timestamp == datetime(2024, 5, 3, 18, 30, tzinfo=UTC)
    assert (found.kind, found.text) == ("text", "the beans are up 🌱")


@pytest.mark.parametrize("indent", [None, 2])
def test_messages_come_oldest_first(tmp_path: Path, indent: int | None) -> None:
    newest_first = [message(minute, f"number {minute}") for minute in (3, 2, 2, 1)]
    write(tmp_path, PART, thread(newest_first), indent=indent)
    found = whole(messenger, tmp_path, PART)
    assert [m.text for m in found] == ["number 1", "number 2", "number 2", "number 3"]
    assert len({m.message_id for m in found}) == 4
    write(tmp_path, PART, thread(newest_first[::-1]), indent=indent)
    assert [m.text for m in whole(messenger, tmp_path, PART)] == [m.text for m in found]


def test_parts_and_overlapping_exports_of_a_chat_share_channel_and_ids(tmp_path: Path) -> None:
    write(tmp_path, PART, thread([message(2), message(1)]))
    write(tmp_path, f"{FOLDER}/message_2.json", thread([message(1), message(0)]))
    archived = "archived_threads/annaben_123"
    write(tmp_path, "old/message_1.json", thread([message(1)], thread_path=archived))
    parts = [
        whole(messenger, tmp_path, name)
        for name in (PART, f"{FOLDER}/message_2.json", "old/message_1.json")
    ]
    assert {m.channel_id for part in parts for m in part} == {"annaben_123"}
    assert parts[0][0].message_id == parts[1][1].message_id == parts[2][0].message_id
    assert len({m.message_id for part in parts for m in part}) == 3


def test_older_exports_count_seconds_and_name_no_chat(tmp_path: Path) -> None:
    row = {"sender_name": "Ben", "timestamp": START // 1000, "content": "hi"}
    write(tmp_path, "ben_7/message.json", {"participants": ["Ben"], "messages": [row]})
    (found,) = whole(messenger, tmp_path, "ben_7/message.json")
    assert found.timestamp == datetime(2024, 5, 3, 18, 30, tzinfo=UTC)
    assert (found.channel_id, found.channel) == ("ben_7", "Ben")


PHOTOS = {"photos": [{"uri": "messages/inbox/annaben_123/photos/1.jpg"}]}
LINK = {"share": {"link": "https://a.example/b", "share_text": "a page"}}


@pytest.mark.parametrize(
    ("fields", "kind", "text"),
    [
        ({"content": None, **PHOTOS}, "image", ""),
        ({"content": "look!", **PHOTOS}, "text", "look!"),
        ({"content": "You sent a photo.", **PHOTOS}, "image", ""),
        ({"content": "Anna sent an attachment.", **LINK}, "link", "https://a.example/b"),
        ({"content": "Anna Kern sent an attachment."}, "file", ""),
        ({"content": "read this", **LINK}, "text", "read this"),
        ({"content": None, **LINK}, "link", "https://a.example/b"),
        ({"content": "You sent a live location.", "share": {}}, "location", ""),
        ({"content": None, "videos": [{}]}, "video", ""),
        ({"content": None, "audio_files": [{}]}, "voice", ""),
        ({"content": None, "gifs": [{}]}, "image", ""),
        ({"content": None, "files": [{}]}, "file", ""),
        ({"content": None, "sticker": {"uri": "stickers_used/1.png"}}, "sticker", ""),
        ({"content": None, "is_unsent": True}, "deleted", ""),
        ({"content": "Anna called you.", "call_duration": 12}, "call", "Anna called you."),
        ({"content": None, "type": "Call"}, "call", ""),
        ({"content": "Ben missed your call.", "sender_name": "Ben"}, "call", None),
        ({"content": "The video chat ended."}, "call", None),
        ({"content": "Anna added Carl.", "type": "Subscribe", "users": []}, "system", None),
        ({"content": "Anna left the group.", "type": "Unsubscribe"}, "system", None),
        ({"content": "Anna named the group Beans."}, "system", None),
        ({"content": "You set the nickname for Ben to Slug."}, "system", None),
        ({"content": "You changed the chat theme to Love."}, "system", None),
        ({"content": "Reacted 😍 to your message "}, "system", "Reacted 😍 to your message "),
        ({"content": "Anna Kern reacted 👍 to your message"}, "system", None),
        ({"content": "You are now connected on Messenger."}, "system", None),
        ({"content": "You set the alarm for my group"}, "text", None),
        ({"content": "I added you to the group."}, "text", None),
        ({"content": "Ben named the group Beans."}, "text", None),
        ({"content": "hi", "reactions": [{"reaction": "x", "actor": "Ben"}]}, "text", "hi"),
        ({"content": None}, "text", ""),
    ],
)
def test_every_kind(tmp_path: Path, fields: dict[str, Any], kind: str, text: str | None) -> None:
    found = only(tmp_path, **fields)
    assert (found.kind, found.text) == (kind, fields["content"] if text is None else text)


def test_people_who_left_facebook_are_one_person_a_chat(tmp_path: Path) -> None:
    gone = [message(1, sender_name="Facebook user"), message(0, sender_name="")]
    write(tmp_path, PART, thread(gone))
    write(tmp_path, "b/message_1.json", thread(gone, thread_path="inbox/b_1"))
    here, there = (whole(messenger, tmp_path, name) for name in (PART, "b/message_1.json"))
    assert [m.author for m in here] == ["unknown", "Facebook user"]
    assert here[1].author_id == "Facebook user in annaben_123"
    assert len({m.author_id for m in (*here, *there)}) == 4


def test_a_chat_cut_short_gives_its_whole_messages(tmp_path: Path) -> None:
    path = write(tmp_path, PART, thread([message(2), message(1), message(0)]), indent=2)
    path.write_text(path.read_text()[: path.read_text().rindex("timestamp_ms")])
    found, told = read(messenger, tmp_path, PART)
    assert [m.channel_id for m in found] == ["annaben_123"] * 2
    assert told is not None
    assert "cut short" in str(told)


def test_messages_without_a_time_are_counted(tmp_path: Path) -> None:
    rows = [message(), {"sender_name": "Anna"}, message(timestamp_ms=10**25), message(1)]
    write(tmp_path, PART, thread(rows))
    found, told = read(messenger, tmp_path, PART)
    assert (len(found), told and told.lost) == (2, 2)


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        '{"messages": [], "name": "Anna"}',
        '{"guild": {}, "channel": {}, "messages": [{"author": {}}]}',
        '{"sender_name": "Anna"}',
    ],
)
def test_other_files_are_not_claimed(tmp_path: Path, content: str) -> None:
    path = write(tmp_path, "x.json", content)
    assert not claims(messenger, path)
    assert not claims(instagram, path)


def test_a_chat_without_messages_is_claimed_and_empty(tmp_path: Path) -> None:
    write(tmp_path, PART, thread([]))
    assert whole(messenger, tmp_path, PART) == []
