import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from clone_pipeline.chats import parsers
from clone_pipeline.chats.parsers import discord_chat_exporter as discord
from clone_pipeline.chats.parsers.beside import nothing_beside
from clone_pipeline.chats.partly import PartlyRead
from clone_pipeline.records import Message
from clone_pipeline_tests.chats.samples import (
    START,
    corpus,
    discord_export,
    discord_message,
    read_partly,
    write_discord,
)


def parse(path: Path) -> list[Message]:
    return list(discord.parse(path, source_file=path.name, beside=nothing_beside))


def partly(path: Path) -> tuple[list[Message], PartlyRead]:
    found, told = read_partly(discord, path)
    assert told is not None
    return found, told


def test_a_message_keeps_its_id_time_author_channel_and_what_it_answers(tmp_path: Path) -> None:
    reply = discord_message(
        1, "yes", type="Reply", author="2", reference={"messageId": "1000", "channelId": "77"}
    )
    path = write_discord(tmp_path / "x.json", [discord_message(0), reply])
    first, second = parse(path)
    assert first.message_id == "discord:1000"
    assert first.timestamp == START
    assert (first.author_id, first.author, first.login) == ("1", "Nick 1", "user1")
    assert (first.channel_id, first.channel) == ("77", "Nick 2")
    assert second.reply_to == "discord:1000"
    assert {first.persona, second.persona} == {None}


def test_times_are_turned_to_utc(tmp_path: Path) -> None:
    shifted = discord_message(0, timestamp="2024-03-01T20:00:00.0000000+02:00")
    assert parse(write_discord(tmp_path / "x.json", [shifted]))[0].timestamp == START


@pytest.mark.parametrize(
    ("fields", "kind", "text"),
    [
        ({"content": "look", "attachments": [{"fileName": "a.png"}]}, "text", "look"),
        ({"content": "", "attachments": [{"fileName": "a.PNG"}]}, "image", ""),
        ({"content": "", "attachments": [{"fileName": "clip.mp4"}]}, "video", ""),
        ({"content": "", "attachments": [{"fileName": "voice-message.ogg"}]}, "voice", ""),
        ({"content": "", "attachments": [{"fileName": "notes.pdf"}]}, "file", ""),
        ({"content": "", "stickers": [{"id": "1", "name": "wave"}]}, "sticker", "wave"),
        ({"content": "Joined the server.", "type": "GuildMemberJoin"}, "system", None),
        ({"content": "Started a call that lasted 3 minutes.", "type": "Call"}, "call", None),
        ({"content": "/roll", "type": "20"}, "bot", "/roll"),
        ({"content": "automod", "type": "24"}, "system", "automod"),
        ({"content": "", "embeds": [{"title": "T", "description": "D"}]}, "link", "T\nD"),
        (
            {"content": "", "reference": {"type": "Forward"}, "forwardedMessage": {"content": "f"}},
            "forward",
            "f",
        ),
        ({"content": ""}, "text", ""),
    ],
)
def test_every_kind_of_message_is_told_apart(
    tmp_path: Path, fields: dict[str, Any], kind: str, text: str | None
) -> None:
    (found,) = parse(write_discord(tmp_path / "x.json", [discord_message(0, **fields)]))
    assert found.kind == kind
    assert found.text == (fields["content"] if text is None else text)


def test_a_bot_is_a_bot(tmp_path: Path) -> None:
    message = discord_message(0, "beep")
    message["author"]["isBot"] = True
    assert parse(write_discord(tmp_path / "x.json", [message]))[0].kind == "bot"


def test_only_id_type_timestamp_and_author_are_needed(tmp_path: Path) -> None:
    path = tmp_path / "custom.json"
    row = {"id": 5, "type": "Default", "timestamp": "2024-03-01T18:00:00Z", "content": "hi"}
    path.write_text(json.dumps({"messages": [{**row, "author": {"id": 9, "name": "n"}}]}))
    assert parsers.find(path) is discord
    (found,) = parse(path)
    assert (found.message_id, found.author, found.channel_id) == ("discord:5", "n", "custom")


@pytest.mark.parametrize("indent", [None, 1, 2, 4])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_compact_indented_and_crlf_files_read_the_same(
    tmp_path: Path, indent: int | None, newline: str, mark: str
) -> None:
    messages = [discord_message(n, f'line "{n}"\n  }},\n{{') for n in range(5)]
    text = json.dumps(discord_export(messages), indent=indent).replace("\n", newline)
    path = tmp_path / "x.json"
    path.write_bytes((mark + text).encode())
    assert parsers.find(path) is discord
    assert [m.text for m in parse(path)] == [m["content"] for m in messages]


@pytest.mark.parametrize("indent", [None, 2])
def test_a_file_cut_short_gives_its_whole_messages_and_says_so(
    tmp_path: Path, indent: int | None
) -> None:
    path = write_discord(tmp_path / "x.json", [discord_message(n) for n in range(9)], indent=indent)
    whole = path.read_bytes()
    path.write_bytes(whole[: whole.index(b'"1006"') + 40])
    found, told = partly(path)
    assert [m.message_id for m in found] == [f"discord:{1000 + n}" for n in range(6)]
    assert "cut short after 6 whole messages" in str(told)
    assert told.lost == 0


def test_a_message_that_cannot_be_read_is_counted_and_the_others_are_kept(tmp_path: Path) -> None:
    messages = [discord_message(n) for n in range(3)]
    messages[1]["timestamp"] = "yesterday"
    found, told = partly(write_discord(tmp_path / "x.json", messages))
    assert [m.message_id for m in found] == ["discord:1000", "discord:1002"]
    assert told.lost == 1
    assert "1001" in str(told)


def test_half_a_surrogate_pair_is_mended(tmp_path: Path) -> None:
    path = write_discord(tmp_path / "x.json", [discord_message(0, "cut XXXX")])
    path.write_bytes(path.read_bytes().replace(b"XXXX", b"\\ud83e"))
    (found,) = parse(path)
    assert found.text == "cut ?"


def test_fewer_messages_than_the_export_states_is_said(tmp_path: Path) -> None:
    path = write_discord(tmp_path / "x.json", [discord_message(0)])
    path.write_text(path.read_text().replace('"messageCount": 1', '"messageCount": 3'))
    found, told = partly(path)
    assert len(found) == 1
    assert "messageCount says 3" in str(told)
    assert told.lost == 2


def test_an_empty_channel_is_no_fault(tmp_path: Path) -> None:
    assert parse(write_discord(tmp_path / "x.json", [])) == []


def test_every_real_export_is_read_whole() -> None:
    files = sorted(corpus("chats", "discord").glob("*.json"))
    assert len(files) == 11
    kinds: Counter[str] = Counter()
    for path in files:
        assert parsers.find(path) is discord
        read, told = read_partly(discord, path)
        exported = json.loads(path.read_text(encoding="utf-8"))
        written = exported["messages"]
        assert told is None or "messageCount" in str(told)
        missing = exported.get("messageCount", 0) - len(written)
        assert (told.lost if told else 0) == max(0, missing)
        assert [m.message_id for m in read] == [f"discord:{row['id']}" for row in written]
        assert [m.text for m in read if m.kind == "text"] == [
            row["content"] for row, m in zip(written, read, strict=True) if m.kind == "text"
        ]
        kinds.update(message.kind for message in read)
    assert {"text", "system", "call", "bot", "sticker", "image"} <= set(kinds)
