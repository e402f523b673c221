"""Meta's exports that others published, against what a reader of the files wrote down.

The twins on exports of our own are in test_messenger.py and test_instagram.py.
"""

import json
from collections import Counter
from datetime import UTC, datetime

from clone_pipeline.chats.parsers import messenger
from clone_pipeline_tests.chats.parsers.exports import whole
from clone_pipeline_tests.chats.samples import corpus

INSTAGRAM = "joweich__chat-miner__test__instagram__"


def test_a_messenger_chat_of_eleven_messages() -> None:
    found = whole(messenger, corpus("chats", "messenger"), "langchain__facebook_chat.json")
    assert len({m.message_id for m in found}) == 11
    assert Counter(m.author for m in found) == {"User 1": 5, "User 2": 6}
    assert [m.kind for m in found] == ["text"] * 4 + ["image"] + ["text"] * 6
    assert {(m.channel_id, m.channel, m.platform) for m in found} == {
        ("User 1 and User 2 chat", "User 1 and User 2 chat", "messenger")
    }
    assert found[0].text.startswith("Hi! Im interested in your bag.")
    assert found[0].timestamp == datetime(2023, 2, 4, 22, 17, 2, 673000, tzinfo=UTC)
    assert found[4].text == ""
    assert found[-1].text == "Bye!"
    assert found[-1].timestamp == datetime(2023, 2, 5, 11, 46, 11, 851000, tzinfo=UTC)


def test_an_instagram_chat_is_as_its_target_says() -> None:
    folder = corpus("chats", "messenger")
    target = json.loads((folder / f"{INSTAGRAM}target.json").read_text(encoding="utf-8"))
    found = whole(messenger, folder, f"{INSTAGRAM}test_export.json")
    assert {m.platform for m in found} == {"instagram"}
    assert [
        {
            "timestamp": m.timestamp and m.timestamp.replace(tzinfo=None).isoformat(),
            "author": m.author,
            "message": m.text,
        }
        for m in reversed(found)
    ] == target
