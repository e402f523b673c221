import base64
import json
import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clone_pipeline.chats.parsers import signal, signal_desktop
from clone_pipeline.records import Message
from clone_pipeline_tests.chats.parsers.exports import claims, read, survives, whole, write

FILE = "signal-export-2024/main.jsonl"
SENT = 1_714_761_000_000
BEN = str(uuid.UUID(int=2))
BEN_BYTES = base64.b64encode(uuid.UUID(BEN).bytes).decode()
FRAMES: list[dict[str, Any]] = [
    {"version": "1", "backupTimeMs": "1714761999000"},
    {"account": {"givenName": "Anna", "familyName": "Kern", "username": "anna.01"}},
    {"recipient": {"id": "1", "self": {}}},
    {
        "recipient": {
            "id": "2",
            "contact": {"aci": BEN_BYTES, "e164": "15550100", "profileGivenName": "Ben"},
        }
    },
    {
        "recipient": {
            "id": "3",
            "group": {"masterKey": "c2VjcmV0", "snapshot": {"title": {"title": "Beans"}}},
        }
    },
    {"recipient": {"id": "4", "releaseNotes": {}}},
    {"chat": {"id": "7", "recipientId": "2"}},
    {"chat": {"id": "8", "recipientId": "3"}},
    {"chat": {"id": "9", "recipientId": "4"}},
]


def item(**fields: Any) -> dict[str, Any]:
    if not any(key.endswith(("Message", "poll", "giftBadge")) for key in fields):
        fields["standardMessage"] = {"text": {"body": "hi"}}
    return {"chatItem": {"chatId": "7", "authorId": "2", "dateSent": str(SENT), **fields}}


def export(root: Path, *items: dict[str, Any]) -> Path:
    lines = [json.dumps(frame, separators=(",", ":")) for frame in (*FRAMES, *items)]
    return write(root, FILE, "\n".join(lines) + "\n")


def exported(root: Path, *items: dict[str, Any]) -> list[Message]:
    export(root, *items)
    return whole(signal_desktop, root, FILE)


def test_messages_have_names_ids_and_times(tmp_path: Path) -> None:
    theirs, mine = exported(tmp_path, item(), item(chatId="8", authorId="1"))
    assert (theirs.author_id, theirs.author, theirs.login) == (BEN, "Ben", "+15550100")
    assert (theirs.channel_id, theirs.channel) == (BEN, "Ben")
    assert theirs.timestamp == datetime(2024, 5, 3, 18, 30, tzinfo=UTC)
    assert (mine.author_id, mine.author, mine.login) == ("me", "Anna Kern", "anna.01")
    assert mine.channel == "Beans"
    assert "c2VjcmV0" not in mine.channel_id
    assert mine.message_id == f"signal:{mine.channel_id}/{SENT}/me"


def photo(**fields: Any) -> dict[str, Any]:
    return {"attachments": [{"pointer": {"contentType": "image/jpeg"}, **fields}]}


@pytest.mark.parametrize(
    ("fields", "kind", "text"),
    [
        ({"standardMessage": {"text": {"body": "hi"}, **photo()}}, "text", "hi"),
        ({"standardMessage": photo()}, "image", ""),
        ({"standardMessage": photo(flag="VOICE_MESSAGE")}, "voice", ""),
        ({"standardMessage": photo(pointer={"fileName": "a.mp4"})}, "video", ""),
        ({"standardMessage": {}}, "file", ""),
        ({"stickerMessage": {"sticker": {"emoji": "🌱"}}}, "sticker", "🌱"),
        (
            {"viewOnceMessage": {"attachment": {"pointer": {"contentType": "video/mp4"}}}},
            "video",
            "",
        ),
        ({"contactMessage": {"contact": {"name": {"givenName": "Carl"}}}}, "file", ""),
        ({"remoteDeletedMessage": {}}, "deleted", ""),
        ({"directStoryReplyMessage": {"textReply": {"text": {"body": "wow"}}}}, "text", "wow"),
        ({"poll": {"question": "beans?"}}, "text", "beans?"),
        (
            {"updateMessage": {"individualCall": {"type": "AUDIO_CALL", "state": "MISSED"}}},
            "call",
            "missed audio call",
        ),
        ({"updateMessage": {"groupCall": {"state": "JOINED"}}}, "call", "joined group call"),
        (
            {"updateMessage": {"simpleUpdate": {"type": "IDENTITY_UPDATE"}}},
            "system",
            "identity update",
        ),
        ({"updateMessage": {"profileChange": {"newName": "B"}}}, "system", "profile change"),
        ({"authorId": "4", "chatId": "9"}, "bot", "hi"),
    ],
)
def test_every_kind(tmp_path: Path, fields: dict[str, Any], kind: str, text: str) -> None:
    (found,) = exported(tmp_path, item(**fields))
    assert (found.kind, found.text) == (kind, text)


def test_mentions_are_names(tmp_path: Path) -> None:
    ranges = [{"start": 7, "mentionAci": "?"}, {"mentionAci": BEN_BYTES, "length": 1}]
    said = {"text": {"body": "\ufffc and \ufffc, \ufffcnobody", "bodyRanges": ranges}}
    (found,) = exported(tmp_path, item(standardMessage=said))
    assert found.text == "@Ben and @someone, nobody"


def test_an_answer_and_an_edit_point_to_the_message(tmp_path: Path) -> None:
    quote = {"targetSentTimestamp": str(SENT), "authorId": "2", "text": {"body": "hi"}}
    answer = {"text": {"body": "ho"}, "quote": quote}
    edited = item(dateSent=str(SENT + 60_000), revisions=[item()["chatItem"]])
    first, second, third = exported(
        tmp_path, item(), item(authorId="1", standardMessage=answer), edited
    )
    assert second.reply_to == first.message_id == third.message_id
    assert third.timestamp == first.timestamp
    assert third.edited == datetime(2024, 5, 3, 18, 31, tzinfo=UTC)


ROW = {
    "id": "a-1",
    "type": "incoming",
    "conversationId": "c-1",
    "body": "hi",
    "sent_at": SENT,
    "sourceServiceId": BEN,
}
ROWS = [
    ROW,
    {**ROW, "id": "a-2", "type": "outgoing", "body": "ho", "quote": {"id": SENT, "authorAci": BEN}},
    {**ROW, "id": "a-3", "body": "", "attachments": [{"contentType": "audio/aac", "flags": 1}]},
    {**ROW, "id": "a-4", "body": None, "sticker": {"emoji": "🌱"}},
    {**ROW, "id": "a-5", "deletedForEveryone": True},
    {**ROW, "id": "a-6", "type": "group-v2-change", "body": None},
    {**ROW, "id": "a-7", "type": "call-history", "body": None},
    {**ROW, "id": "a-8", "editHistory": [{}], "editMessageTimestamp": SENT + 1000},
    {**ROW, "id": "a-9", "quote": {"id": SENT, "authorAci": "my own"}},
]


def test_rows_of_the_apps_database_are_read(tmp_path: Path) -> None:
    write(tmp_path, "Ben.json", "[\n" + ",\n".join(map(json.dumps, ROWS)) + "\n]\n")
    found = whole(signal_desktop, tmp_path, "Ben.json")
    assert [(m.kind, m.text) for m in found] == [
        ("text", "hi"),
        ("text", "ho"),
        ("voice", ""),
        ("sticker", "🌱"),
        ("deleted", ""),
        ("system", "group v2 change"),
        ("call", ""),
        ("text", "hi"),
        ("text", "hi"),
    ]
    assert {(m.channel_id, m.channel) for m in found} == {("c-1", "Ben")}
    assert [m.author_id for m in found[:2]] == [BEN, "me"]
    assert found[1].reply_to == found[0].message_id
    assert found[8].reply_to == found[1].message_id
    assert found[7].edited == datetime(2024, 5, 3, 18, 30, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    "content", ["", "{}", "[]", '{"author": "A", "text": "x"}', "[2024-05-03]"]
)
def test_other_files_are_not_claimed(tmp_path: Path, content: str) -> None:
    assert not claims(signal_desktop, write(tmp_path, "x.json", content))


def test_the_metadata_beside_it_is_claimed_and_empty(tmp_path: Path) -> None:
    write(tmp_path, "metadata.json", '{"version":1}')
    assert whole(signal_desktop, tmp_path, "metadata.json") == []
    assert not claims(signal, tmp_path / "metadata.json")


def test_broken_lines_are_counted(tmp_path: Path) -> None:
    path = export(tmp_path, item(), item(dateSent="soon"), item())
    path.write_text(path.read_text()[:-20])
    found, told = read(signal_desktop, tmp_path, FILE)
    assert (len(found), told and told.lost) == (1, 2)


@given(cut=st.integers(0, 1500), noise=st.binary(max_size=6), rows=st.booleans())
def test_no_damage_raises_anything_undeclared(
    cut: int, noise: bytes, rows: bool, tmp_path_factory: pytest.TempPathFactory
) -> None:
    root = tmp_path_factory.mktemp("signal")
    export(root, item(revisions=[7], standardMessage=photo()), item(chatId=None, authorId={}))
    path = write(root, "rows.json", ROWS) if rows else root / FILE
    survives(signal_desktop, path, lambda raw: raw[:cut] + noise + raw[cut + 1 :])
