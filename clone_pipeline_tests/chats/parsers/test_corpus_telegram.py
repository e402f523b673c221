"""Exports of others, against what a reader of the file writes down; twins are in test_telegram."""

import json
from datetime import UTC, datetime

import pytest

from clone_pipeline.chats import parsers
from clone_pipeline.chats.parsers import telegram, telegram_local
from clone_pipeline_tests.chats.samples import corpus, read_partly


@pytest.mark.parametrize(
    ("name", "channel"),
    [
        ("test_single_export.json", "joweich__chat-miner__test__telegram__test_single_export"),
        ("test_batch_export.json", "Chatname"),
    ],
)
def test_chat_miner_reads_as_its_target_says(name: str, channel: str) -> None:
    path = next(corpus("chats", "telegram").glob(f"*{name}"))
    assert telegram.matches(path, path.read_bytes())
    found, told = read_partly(telegram, path, source_file=path.name)
    assert told is None
    target = json.loads(
        next(corpus("chats", "telegram").glob("*target.json")).read_text(encoding="utf-8")
    )
    # The target puts a space between the parts of a text; Telegram's parts bring their own.
    assert [
        (f"{m.timestamp:%Y-%m-%dT%H:%M:%S}", m.author, m.text.replace(" ", "")) for m in found
    ] == [(row["timestamp"], row["author"], row["message"].replace(" ", "")) for row in target]
    assert {(m.channel, m.channel_id, m.kind, m.reply_to) for m in found} == {
        (channel, channel, "text", None)
    }
    assert len({m.message_id for m in found}) == 2


def test_langchain_result() -> None:
    path = next(corpus("chats", "telegram").glob("langchain__result.json"))
    assert telegram.matches(path, path.read_bytes())
    found, told = read_partly(telegram, path, source_file=path.name)
    assert told is None
    jimmeny, batman = ("user123450513", "Jimmeny Marvelton"), ("user6565661032", "Batman & Robin")
    assert [(m.message_id, (m.author_id, m.author), m.text) for m in found] == [
        ("telegram:5965280513/1", jimmeny, "i refuse to converse with you"),
        ("telegram:5965280513/2", batman, "Hi nemesis"),
        ("telegram:5965280513/3", jimmeny, "we meet again"),
        ("telegram:5965280513/4", jimmeny, "you will not trick me this time"),
    ]
    assert {(m.channel_id, m.channel, m.kind) for m in found} == {("5965280513", "Jimmeny", "text")}
    assert found[0].timestamp == datetime(2023, 8, 23, 20, 11, 23, tzinfo=UTC)
    assert found[3].timestamp == datetime(2023, 8, 23, 20, 15, 53, tzinfo=UTC)


def test_langchain_older_result() -> None:
    path = next(corpus("chats", "telegram").glob("langchain__telegram.json"))
    assert not telegram.matches(path, path.read_bytes())
    assert telegram_local.matches(path, path.read_bytes())
    found, told = read_partly(telegram_local, path, source_file=path.name)
    assert told is None
    assert [(m.message_id, m.author_id, m.text) for m in found] == [
        ("telegram:2730825451/1980499", "4325636679", "It's 2020..."),
        ("telegram:2730825451/1980500", "4325636679", "Fireworks!"),
        ("telegram:2730825451/1980501", "4720225552", "You're a minute late!"),
    ]
    assert [m.author[:5] for m in found] == ["Henry", "Henry", "Grace"]
    assert found[0].timestamp == datetime(2020, 1, 1, 0, 0, 2, tzinfo=UTC)


def test_langchain_page() -> None:
    path = next(corpus("chats", "telegram").glob("langchain__messages.html"))
    assert telegram.matches(path, path.read_bytes())
    found, told = read_partly(telegram, path, source_file=path.name)
    assert told is None
    assert [(m.message_id, m.author, m.text) for m in found] == [
        ("telegram:Jimmeny Marvelton/1", "Jimmeny Marvelton", "i refuse to converse with you"),
        ("telegram:Jimmeny Marvelton/2", "Batman & Robin", "Hi nemesis"),
        ("telegram:Jimmeny Marvelton/3", "Jimmeny Marvelton", "we meet again"),
        ("telegram:Jimmeny Marvelton/4", "Jimmeny Marvelton", "you will not trick me this time"),
    ]
    assert {(m.channel, m.kind) for m in found} == {("Jimmeny Marvelton", "text")}
    assert found[0].timestamp == datetime(2023, 8, 23, 21, 11, 23, tzinfo=UTC)


def test_no_other_export_is_taken_for_telegram() -> None:
    for path in (each for each in corpus("chats").rglob("*") if each.is_file()):
        with path.open("rb") as file:
            head = file.read(parsers.HEAD_BYTES)
        ours = path.parent.name == "telegram" and not path.name.endswith("target.json")
        taken = telegram.matches(path, head) + telegram_local.matches(path, head)
        assert taken == ours, path.name
