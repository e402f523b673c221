import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clone_pipeline.chats.parsers import telegram, telegram_local
from clone_pipeline.chats.partly import PartlyRead
from clone_pipeline.records import Message
from clone_pipeline_tests.chats.samples import read_partly

START = 1_700_000_000


def written(number: int, text: Any = "hi", **fields: Any) -> dict[str, Any]:
    return {
        "id": number,
        "type": "message",
        "date": "2023-11-14T23:13:20",
        "date_unixtime": str(START + number),
        "from": "Anna",
        "from_id": "user1",
        **fields,
        "text": text,
        "text_entities": [],
    }


def chat(messages: list[dict[str, Any]], **fields: Any) -> dict[str, Any]:
    own = {"name": 'Anna {B} "C"', "type": "personal_chat", "id": 1}
    return {**own, **fields, "messages": messages}


def everything(*chats: dict[str, Any], left: tuple[dict[str, Any], ...] = ()) -> dict[str, Any]:
    return {
        "about": "Here is the data you requested. Telegram is free.",
        "personal_information": {"user_id": 7, "first_name": "A", "bio": '"messages": ['},
        "contacts": {"about": "x", "list": [{"user_id": 1, "date_unixtime": "1"}]},
        "chats": {"about": "all", "list": list(chats)},
        **({"left_chats": {"about": "left", "list": list(left)}} if left else {}),
    }


def read(
    exported: Any, folder: Path, *, indent: int | None = 1, name: str = "Export/result.json"
) -> tuple[list[Message], PartlyRead | None]:
    path = folder / "member-0001"
    text = exported if isinstance(exported, str) else json.dumps(exported, indent=indent)
    path.write_text(text, encoding="utf-8")
    assert telegram.matches(path, path.read_bytes()[: 1 << 16])
    return read_partly(telegram, path, source_file=name)


def test_ids_replies_edits_and_people(tmp_path: Path) -> None:
    rows = [
        written(1, **{"from": None}),
        written(2, edited_unixtime=str(START + 60), edited="x", reply_to_message_id=1),
        written(3, reply_to_message_id=5, reply_to_peer_id="channel77"),
        written(4, from_id=1234),
        written(-999_999_999, **{"from": "News", "from_id": "channel9"}),
    ]
    found, _ = read(chat(rows), tmp_path)
    assert [m.message_id for m in found][:2] == ["telegram:1/1", "telegram:1/2"]
    assert (found[0].author_id, found[0].author) == ("user1", "Deleted Account")
    assert found[1].edited == datetime.fromtimestamp(START + 60, UTC)
    assert found[1].timestamp == datetime.fromtimestamp(START + 2, UTC)
    assert [m.reply_to for m in found[1:3]] == ["telegram:1/1", "telegram:77/5"]
    assert found[3].author_id == "user1234"
    assert (found[4].message_id, found[4].author_id) == ("telegram:1/-999999999", "channel9")
    assert {m.channel for m in found} == {'Anna {B} "C"'}


def test_the_messages_of_a_bot_are_of_kind_bot(tmp_path: Path) -> None:
    rows = [written(1), written(2, from_id="user5", **{"from": "Robo"})]
    found, _ = read(chat(rows, type="bot_chat", id=5), tmp_path)
    assert [m.kind for m in found] == ["text", "bot"]


def test_a_message_that_can_not_be_read_is_lost_and_counted(tmp_path: Path) -> None:
    rows = [written(1), {**written(2), "text": 5}, {**written(3), "date_unixtime": "9" * 30}]
    found, told = read(chat([*rows, written(4)]), tmp_path)
    assert [m.message_id for m in found] == ["telegram:1/1", "telegram:1/4"]
    assert told is not None
    assert told.lost == 2


def test_older_exports_tell_the_wall_clocks_time(tmp_path: Path) -> None:
    row = {**written(1), "from_id": 77, "edited": "1970-01-01T01:00:00"}
    del row["date_unixtime"]
    path = tmp_path / "x"
    path.write_text(json.dumps(chat([row]), indent=1), encoding="utf-8")
    assert not telegram.matches(path, path.read_bytes())
    assert telegram_local.matches(path, path.read_bytes())
    assert telegram_local.LOCAL_TIMES
    found, told = read_partly(telegram_local, path)
    assert told is None
    assert found[0].timestamp == datetime(2023, 11, 14, 23, 13, 20, tzinfo=UTC)
    assert (found[0].author_id, found[0].edited) == ("user77", None)


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"{",
        b'{"messages": []}',
        b'{"participants": [], "messages": [{"sender_name": "A", "timestamp_ms": 1}]}',
        b'{"messages": [{"id": "1", "type": "Default", "timestamp": "x"}]}',
        b'[{"type": "message", "date": "2020"}]',
        b"<html><title>Exported Data</title></html>",
    ],
)
def test_other_files_are_not_taken_for_telegram(tmp_path: Path, head: bytes) -> None:
    path = tmp_path / "x"
    path.write_bytes(head)
    assert not telegram.matches(path, head)
    assert not telegram_local.matches(path, head)


WORDS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=40)


@settings(max_examples=60, deadline=None)
@given(
    texts=st.lists(st.tuples(WORDS, st.lists(WORDS, max_size=3)), max_size=6),
    indent=st.sampled_from([1, 4, None]),
    ascii_only=st.booleans(),
)
def test_texts_are_read_back_as_they_were_written(
    tmp_path_factory: pytest.TempPathFactory,
    texts: list[tuple[str, list[str]]],
    indent: int | None,
    ascii_only: bool,
) -> None:
    rows = [
        written(n, [text, *({"type": "bold", "text": part} for part in parts)])
        for n, (text, parts) in enumerate(texts)
    ]
    path = tmp_path_factory.getbasetemp() / "round.json"
    exported = json.dumps(everything(chat(rows)), indent=indent, ensure_ascii=ascii_only)
    path.write_text(exported, encoding="utf-8")
    found, told = read_partly(telegram, path)
    assert told is None
    assert [m.text for m in found] == [text + "".join(parts) for text, parts in texts]
