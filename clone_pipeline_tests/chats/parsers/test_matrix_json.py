import contextlib
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clone_pipeline.chats.parsers import matrix_json
from clone_pipeline.records import Message
from clone_pipeline.settings import FaultyInput
from clone_pipeline_tests.chats.parsers.test_discord_package import JSON
from clone_pipeline_tests.chats.samples import read_partly

START = 1_714_760_400_000


def event(number: int, body: str = "hi", *, sort: str = "m.text", **more: Any) -> dict[str, Any]:
    content = {"msgtype": sort, "body": body, **more.pop("content", {})}
    return {
        "type": "m.room.message",
        "sender": "@anna:home.org",
        "content": content,
        "origin_server_ts": START + 1000 * number,
        "event_id": f"${number}",
        "room_id": "!garden:home.org",
        **more,
    }


def state(kind: str, content: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {**event(0), "event_id": "$s", "type": kind, "content": content, **more}


def reply(number: int, **more: Any) -> dict[str, Any]:
    return {"m.relates_to": {"m.in_reply_to": {"event_id": f"${number}"}, **more}}


def replacing(number: int, body: str) -> dict[str, Any]:
    return {
        "m.new_content": {"msgtype": "m.text", "body": body},
        "m.relates_to": {"rel_type": "m.replace", "event_id": f"${number}"},
    }


def write(path: Path, events: list[dict[str, Any]], indent: int | None = 2) -> Path:
    told = {
        "room_name": "The garden",
        "room_creator": "Anna",
        "topic": "",
        "export_date": "May 3, 2024",
        "exported_by": "Anna",
        "messages": events,
    }
    path.write_text(json.dumps(told, indent=indent))
    return path


def parse(path: Path) -> list[Message]:
    assert matrix_json.matches(path, path.read_bytes()[: 1 << 16])
    return list(matrix_json.parse(path, source_file="a/export.json"))


@pytest.mark.parametrize("indent", [None, 2])
def test_a_room_exported_by_element(tmp_path: Path, indent: int | None) -> None:
    events = [
        state(
            "m.room.member",
            {"membership": "join", "displayname": "Anna"},
            state_key="@anna:home.org",
        ),
        event(1, "did the beans come up?"),
        event(2, "> <@anna:home.org> did the beans\n> come up?\n\nall but two", content=reply(1)),
        event(3, "waves", sort="m.emote", sender="@ben:home.org"),
        event(4, "I am a bot", sort="m.notice"),
    ]
    found = parse(write(tmp_path / "1", events, indent))
    assert [(m.kind, m.author, m.text) for m in found] == [
        ("system", "Anna", "Anna joined the room"),
        ("text", "Anna", "did the beans come up?"),
        ("text", "Anna", "all but two"),
        ("text", "ben", "waves"),
        ("bot", "Anna", "I am a bot"),
    ]
    assert found[2].reply_to == found[1].message_id == "matrix:$1"
    assert found[1].timestamp == datetime.fromtimestamp(START / 1000 + 1, UTC)
    assert (found[3].author_id, found[3].login) == ("@ben:home.org", "ben")
    assert {(m.channel_id, m.channel) for m in found} == {("!garden:home.org", "The garden")}


def test_an_edit_gives_the_last_version_at_the_first_ones_place(tmp_path: Path) -> None:
    bundle = {"m.relations": {"m.replace": event(9, "* six", content=replacing(3, "six"))}}
    events = [
        event(1, "one", content=reply(0)),
        event(2, "two"),
        event(4, "* three", content=replacing(1, "three")),
        event(5, "* four", content=replacing(1, "four")),
        event(3, "five", unsigned=bundle),
    ]
    found = parse(write(tmp_path / "1", events))
    assert [m.text for m in found] == ["four", "two", "six"]
    assert found[0].reply_to == "matrix:$0"
    assert [m.edited and round(m.edited.timestamp() * 1000 - START) for m in found] == [
        5000,
        None,
        9000,
    ]


def test_what_was_taken_back_is_deleted(tmp_path: Path) -> None:
    events = [
        event(1, "gone"),
        {**event(2), "content": {}, "unsigned": {"redacted_because": {"type": "m.room.redaction"}}},
        state("m.room.redaction", {"reason": "x"}, redacts="$1"),
    ]
    found = parse(write(tmp_path / "1", events))
    assert [(m.kind, m.text) for m in found] == [("deleted", "")] * 2


def test_encrypted_messages_and_orphaned_edits_are_lost_and_counted(tmp_path: Path) -> None:
    events = [
        {**event(1), "type": "m.room.encrypted", "content": {"ciphertext": "x"}},
        event(2, "** Unable to decrypt **", sort="m.bad.encrypted"),
        event(3, "* x", content=replacing(99, "x")),
        event(4, "kept"),
        {**event(5), "origin_server_ts": None},
    ]
    path = write(tmp_path / "1", events)
    found, told = read_partly(matrix_json, path)
    assert [m.text for m in found] == ["kept"]
    assert told is not None
    assert told.lost == 4


def test_lists_of_events_are_read_too(tmp_path: Path) -> None:
    path = tmp_path / "1"
    path.write_text(json.dumps({"chunk": [event(1)], "start": "t1"}))
    assert [m.message_id for m in parse(path)] == ["matrix:$1"]
    row = {**event(2), "timestamp": "2024-05-03T18:20:00", "sender": "anna"}
    del row["origin_server_ts"]
    path.write_text(json.dumps([row], indent=2))
    (found,) = parse(path)
    assert (found.author, found.timestamp) == ("anna", datetime(2024, 5, 3, 18, 20, tzinfo=UTC))


def test_other_json_is_not_claimed() -> None:
    for text in (
        '{"guild": {}, "channel": {}, "messages": []}',
        '{"participants": [], "messages": [{"sender_name": "x", "content": "m."}]}',
        '[{"sender": "x", "content": "y"}]',
        "",
    ):
        assert not matrix_json.matches(Path("x"), text.encode())


KEYS = "type sender content origin_server_ts event_id unsigned redacts state_key"
EVENTS = st.fixed_dictionaries(
    {"type": st.sampled_from(["m.room.message", "m.room.member", "m.sticker", "m.call.invite"])},
    optional=dict.fromkeys(KEYS.split()[1:], JSON),
)


@settings(max_examples=60, deadline=None)
@given(events=st.lists(EVENTS, max_size=4), relation=JSON, cut=st.integers(0, 40))
def test_any_events_are_read_or_lost(
    events: list[Any], relation: Any, cut: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("matrix") / "x"
    text = json.dumps({"messages": [*events, event(1, content={"m.relates_to": relation})]})
    path.write_text(text[: len(text) - cut])
    with contextlib.suppress(FaultyInput):
        list(matrix_json.parse(path, source_file="x"))
