"""End-to-end encrypted chats of Messenger, as "Download secure storage data" writes them."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clone_pipeline.chats.parsers import messenger
from clone_pipeline_tests.chats.parsers.exports import survives, whole, write
from clone_pipeline_tests.chats.parsers.test_messenger import message, thread

START = 1_714_761_000_000


def row(minute: int = 0, text: str = "hi", **fields: Any) -> dict[str, Any]:
    return {
        "isUnsent": False,
        "media": [],
        "reactions": [],
        "senderName": "Jürgen Moß",
        "text": text,
        "timestamp": START + 60_000 * minute,
        "type": "text",
        **fields,
    }


def chat(messages: list[dict[str, Any]]) -> dict[str, Any]:
    people = ["Jürgen Moß", "Anna Kern"]
    return {"participants": people, "threadName": "Jürgen Moß_15", "messages": messages}


def test_a_message_is_read_as_it_stands(tmp_path: Path) -> None:
    write(tmp_path, "messages/Jürgen_15.json", chat([row(text="pět 🌱 Ã©")]), ensure_ascii=False)
    (found,) = whole(messenger, tmp_path, "messages/Jürgen_15.json")
    assert (found.platform, found.channel_id, found.channel) == (
        "messenger",
        "Jürgen Moß_15",
        "Jürgen Moß",
    )
    assert (found.author, found.kind, found.text) == ("Jürgen Moß", "text", "pět 🌱 Ã©")
    assert found.timestamp == datetime(2024, 5, 3, 18, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("fields", "kind", "text"),
    [
        ({"text": "User unsent a message", "isUnsent": True, "type": "placeholder"}, "deleted", ""),
        ({"text": "a notice", "type": "placeholder"}, "system", "a notice"),
        ({"text": "", "media": [{"uri": "./media/1.jpeg"}], "type": "media"}, "image", ""),
        ({"text": "", "media": [{"uri": "./media/1.mp4"}], "type": "media"}, "video", ""),
        ({"text": "", "media": [{"uri": "Failed to download media"}]}, "file", ""),
        ({"text": "look", "media": [{"uri": "./media/1.jpeg"}]}, "text", "look"),
        ({"text": "https://a.example", "type": "link"}, "text", "https://a.example"),
    ],
)
def test_every_kind(tmp_path: Path, fields: dict[str, Any], kind: str, text: str) -> None:
    write(tmp_path, "a.json", chat([row(**fields)]))
    (found,) = whole(messenger, tmp_path, "a.json")
    assert (found.kind, found.text) == (kind, text)


def test_either_order_is_given_oldest_first(tmp_path: Path) -> None:
    rows = [row(minute, f"number {minute}") for minute in range(5)]
    for name, listed in (("a.json", rows), ("b.json", rows[::-1])):
        write(tmp_path, name, chat(listed))
        found = whole(messenger, tmp_path, name)
        assert [m.text for m in found] == [f"number {minute}" for minute in range(5)]


@given(
    cut=st.integers(0, 1200),
    noise=st.binary(max_size=6),
    key=st.sampled_from([*row(), *message(), "share", "photos", "media"]),
    value=st.sampled_from([None, 7, 1e300, -1, True, "x", [], [7], {}, {"uri": 3}, "9" * 30]),
)
def test_no_damage_raises_anything_undeclared(
    cut: int, noise: bytes, key: str, value: Any, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("meta") / "a.json"
    for content in (chat([row(**{key: value}), row()]), thread([{**message(), key: value}])):
        write(path.parent, path.name, content)
        survives(messenger, path, lambda raw: raw)
        survives(messenger, path, lambda raw: raw[:cut] + noise + raw[cut + 1 :])
