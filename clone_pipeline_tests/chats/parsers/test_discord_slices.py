from pathlib import Path
from typing import Any

import pytest

from clone_pipeline.chats.parsers import discord_chat_exporter as discord
from clone_pipeline.chats.parsers.beside import nothing_beside
from clone_pipeline.records import Message
from clone_pipeline.scale.mapping import in_process
from clone_pipeline_tests.chats.samples import discord_message, write_discord


def parse(path: Path) -> list[Message]:
    return list(discord.parse(path, source_file=path.name, beside=nothing_beside))


@pytest.mark.parametrize(
    "fields",
    [
        {"author": {"id": 1, "name": None, "nickname": None, "isBot": None}},
        {"content": None, "attachments": None, "stickers": None, "embeds": None},
        {"content": "", "embeds": [{"title": 1}]},
        {"content": "", "embeds": [1]},
        {"content": "", "stickers": [{"name": None}]},
        {"content": "", "stickers": "wave"},
        {"content": "", "attachments": [{"fileName": None}]},
        {"content": "", "attachments": [None]},
        {"content": "", "forwardedMessage": []},
        {"content": "", "reference": {"type": 1}},
        {"reference": None},
    ],
)
def test_null_or_something_odd_beside_the_words_costs_no_message(
    tmp_path: Path, fields: dict[str, Any]
) -> None:
    rows = [{**discord_message(0), **fields}, discord_message(1)]
    assert len(parse(write_discord(tmp_path / "x.json", rows))) == 2


def test_a_message_without_content_is_a_message_without_words(tmp_path: Path) -> None:
    row = {key: value for key, value in discord_message(0).items() if key != "content"}
    (found,) = parse(write_discord(tmp_path / "x.json", [row]))
    assert (found.kind, found.text) == ("text", "")


@pytest.mark.parametrize(
    ("written", "year"),
    [
        ("0001-01-01T00:00:00+05:00", 1),
        ("0001-01-01T00:00:00.0000000+05:00", 1),
        ("0001-01-01T00:00:00+00:00", 1),
        ("9999-12-31T23:59:59-05:00", 9999),
        ("9999-12-31T23:59:59.9999999-05:00", 9999),
    ],
)
def test_a_time_that_no_calendar_has_stays_at_the_calendars_end(
    tmp_path: Path, written: str, year: int
) -> None:
    rows = [discord_message(0), discord_message(1, timestamp=written)]
    _, found = parse(write_discord(tmp_path / "x.json", rows))
    assert found.timestamp is not None
    assert found.timestamp.year == year


@pytest.mark.parametrize(
    ("own", "answered", "numbered"),
    [
        ("1", None, True),
        ("1", "1000", True),
        ("1", 1000, True),
        ("1", "anna@example.org", False),
        ("anna@example.org", None, False),
    ],
)
def test_ids_count_as_numbers_only_if_those_of_replies_do(
    tmp_path: Path, own: str, answered: str | int | None, numbered: bool
) -> None:
    rows = [discord_message(0), discord_message(1, id=own, reference={"messageId": answered})]
    path = write_discord(tmp_path / "x.json", rows)
    (batch,) = discord.batches(path, source_file="x", beside=nothing_beside, mapped=in_process)
    assert batch.numbered == numbered
