import json
import random
from pathlib import Path
from typing import Any

import pytest

from clone_pipeline.chats.parsers import discord_chat_exporter as discord
from clone_pipeline.chats.parsers import json_array
from clone_pipeline.chats.parsers.beside import nothing_beside
from clone_pipeline.chats.partly import PartlyRead
from clone_pipeline.records import Message
from clone_pipeline_tests.chats.samples import discord_export, discord_message, read_partly
from clone_pipeline_tests.scale.pooled import ready_map

FORMS = ["compact", "indented", "line"]


@pytest.fixture(params=[700, 3000, 1 << 19], ids=["tiny", "small", "usual"], autouse=True)
def slice_bytes(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_array, "SLICE_BYTES", request.param)


def written(messages: list[dict[str, Any]], form: str) -> str:
    exported = discord_export(messages)
    if form == "line":
        rows = ",\n  ".join(json.dumps(row, ensure_ascii=False) for row in messages)
        return json.dumps({**exported, "messages": []}).replace("[]", f"[\n  {rows}\n]", 1)
    return json.dumps(exported, indent=2 if form == "indented" else None, ensure_ascii=False)


def read(path: Path, content: str | bytes) -> tuple[list[Message], PartlyRead | None]:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_partly(discord, path)


def some(count: int = 40) -> list[dict[str, Any]]:
    return [discord_message(n, f"words of {n} é") for n in range(count)]


def ids(messages: list[dict[str, Any]]) -> list[str]:
    return [f"discord:{row['id']}" for row in messages]


def own(found: list[Message]) -> list[str]:
    return [message.message_id for message in found]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    ("whole", "broken"),
    [
        ('"words of 20 é"', '"words of 20 é'),
        ('"words of 20 é"', 'words of 20 é"'),
        ('"words of 20 é"', '"words "of" 20"'),
        ('"words of 20 é"', '"words \n    }\n  } of 20"'),
        ('"words of 20 é"', '"words of 20"}'),
        ('"words of 20 é"', "[" * 100_000),
        ('"words of 20 é"', "[" * 100_000 + "]" * 100_000),
        ('"words of 20 é"', '"words of 20", "n": ' + "9" * 5000),
        ('"id": "1020"', '"id": ]'),
        ('"id": "1020"', '"id": {"id": "1020"'),
    ],
)
def test_a_broken_message_takes_no_other_with_it(
    tmp_path: Path, form: str, whole: str, broken: str
) -> None:
    messages = some()
    found, told = read(tmp_path / "x.json", written(messages, form).replace(whole, broken))
    assert own(found) in (ids(messages[:20] + messages[21:]), ids(messages))
    assert len(found) + (told.lost if told else 0) == 40


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("stated", [True, False])
def test_nothing_that_is_nested_is_taken_for_a_message(
    tmp_path: Path, form: str, stated: bool
) -> None:
    messages = some()
    for row in messages[::5]:
        row["replies"] = [discord_message(9000 + n) for n in range(12)]
    text = written(messages, form)
    found, told = read(
        tmp_path / "x.json", text if stated else text.replace('"messageCount"', '"n"')
    )
    assert own(found) == ids(messages)
    assert told is None


def test_an_object_that_closes_where_messages_do_is_read(tmp_path: Path) -> None:
    text = written(some(), "indented").replace("      }", "    }")
    found, told = read(tmp_path / "x.json", text)
    assert own(found) == ids(some())
    assert told is None


@pytest.mark.parametrize("form", FORMS)
def test_a_bracket_between_messages_ends_nothing_and_is_told(tmp_path: Path, form: str) -> None:
    before, comma, after = written(some(), form).partition(',\n    {\n      "id": "1008"')
    if not comma:
        before, comma, after = written(some(), form).partition(', {"id": "1008"')
    if not comma:
        before, comma, after = written(some(), form).partition(',\n  {"id": "1008"')
    found, told = read(tmp_path / "x.json", before + "]" + comma + after)
    assert own(found) == ids(some())
    assert told is not None
    assert told.lost == 0


@pytest.mark.parametrize("indent", [None, 1, 2, 4, "\t"])
def test_a_channel_behind_the_messages_is_found(tmp_path: Path, indent: int | str | None) -> None:
    exported = discord_export([*some(5), discord_message(5, channel={"id": "3", "name": "no"})])
    exported["channel"]["category"] = {"id": "5", "channel": {"id": "4"}, "x": [{"y": {}}]}
    turned = {key: exported[key] for key in ("messages", "guild", "channel", "messageCount")}
    found, told = read(tmp_path / "x.json", json.dumps(turned, indent=indent))
    assert len(found) == 6
    assert told is None
    assert {(each.channel_id, each.channel) for each in found} == {("77", "Nick 2")}


def test_a_head_that_cannot_be_read_costs_the_channels_name_at_most(tmp_path: Path) -> None:
    text = written(some(3), "compact")
    found, told = read(tmp_path / "x.json", text.replace('"guild"', '"y": ' + "[" * 9999, 1))
    assert {each.channel_id for each in found} == {"77"}
    assert told is None
    found, told = read(tmp_path / "x.json", text.replace('"channel": {', '"channel": {]', 1))
    assert {each.channel_id for each in found} == {"x"}
    assert "a channel that can't be read" in str(told)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("seed", range(3))
def test_behind_flipped_bytes_every_message_is_given_or_counted(
    tmp_path: Path, form: str, seed: int
) -> None:
    chance = random.Random(seed)
    messages = some(30)
    raw = written(messages, form).encode()
    begin, end = raw.index(b'"messages"') + 13, raw.rindex(b'"messageCount"')
    for _ in range(60):
        broken = bytearray(raw)
        for _ in range(chance.choice([1, 1, 2, 5])):
            broken[chance.randrange(begin, end)] = chance.choice(b'"\\{}[],:x\n\x00\xff1 ')
        found, told = read(tmp_path / "x.json", bytes(broken))
        assert len(found) + (told.lost if told else 0) == 30
        assert len(found) >= 30 - 2 * 5


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("seed", range(3))
def test_where_bytes_are_missing_every_message_is_given_or_counted(
    tmp_path: Path, form: str, seed: int
) -> None:
    chance = random.Random(seed)
    raw = written(some(30), form).encode()
    begin, end = raw.index(b'"messages"') + 13, raw.rindex(b'"messageCount"')
    for _ in range(60):
        first = chance.randrange(begin, end)
        last = min(end, first + chance.choice([1, 10, 300, 2000]))
        found, told = read(tmp_path / "x.json", raw[:first] + raw[last:])
        assert len(found) + (told.lost if told else 0) == 30


@pytest.mark.parametrize("form", FORMS)
def test_of_a_file_cut_anywhere_the_whole_messages_are_given_and_it_is_told(
    tmp_path: Path, form: str
) -> None:
    chance = random.Random(5)
    messages = some(30)
    for row in messages[::3]:
        row["replies"] = [discord_message(9000 + n) for n in range(4)]
    raw = written(messages, form).encode()
    for _ in range(60):
        cut = chance.randrange(raw.index(b'"messages"'), raw.rindex(b"]"))
        found, told = read(tmp_path / "x.json", raw[:cut])
        assert own(found) == ids(messages)[: len(found)]
        assert f"cut short after {len(found)} whole messages" in str(told)


def test_other_processes_find_the_same_in_a_broken_file(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    text = written(some(), "compact").replace('"words of 20 é"', '"words of 20')
    alone, told = read(path, text)
    found: list[str] = []
    with ready_map(2) as mapped:
        batches = discord.batches(path, source_file="x", beside=nothing_beside, mapped=mapped)
        with pytest.raises(PartlyRead, match="1020"):
            found.extend(one for batch in batches for one in batch.message_id.to_pylist())
    assert found == own(alone) == ids(some()[:20] + some()[21:])
    assert told is not None
    assert told.lost == 1
