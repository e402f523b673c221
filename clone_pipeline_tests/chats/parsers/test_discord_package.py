import contextlib
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clone_pipeline.chats.parsers import discord_package
from clone_pipeline.records import Message
from clone_pipeline.settings import FaultyInput
from clone_pipeline_tests.chats.samples import read_partly

OWN = 897870239797215243
ROWS = [
    {"ID": OWN, "Timestamp": "2021-10-13 15:35:46", "Contents": "beans \u2728", "Attachments": ""},
    {"ID": OWN + 1, "Timestamp": "2021-10-13 15:36:00", "Contents": "", "Attachments": ""},
    {
        "ID": OWN + 2,
        "Timestamp": "2021-10-13 15:37:00",
        "Contents": "",
        "Attachments": "https://cdn/1/2/b.jpg?ex=0 https://cdn/1/2/c.ogg",
    },
]
CHANNEL = {"id": "111111111111111111", "type": "DM", "recipients": ["1", "2"]}
INDEX = {"111111111111111111": "Direct Message with anna#0", "222222222222222222": None}
USER = {"id": "333333333333333333", "username": "ben_b", "discriminator": 0, "global_name": "Ben"}
SOURCE = "package.zip/Nachrichten/c111111111111111111/messages.json"


def package(folder: Path, messages: str | None = None) -> dict[str, Path]:
    told = {"channel.json": CHANNEL, "../index.json": INDEX, "../../Konto/user.json": USER}
    files = {}
    for number, (name, value) in enumerate(told.items()):
        files[name] = folder / str(number)
        files[name].write_text(json.dumps(value, indent=2))
    files["messages.json"] = folder / "m"
    files["messages.json"].write_text(messages or json.dumps(ROWS))
    return files


def parse(path: Path, **options: Any) -> list[Message]:
    assert discord_package.matches(path, path.read_bytes()[: 1 << 16])
    return list(discord_package.parse(path, source_file=SOURCE, **options))


@pytest.mark.parametrize("indent", [None, 2])
def test_every_message_is_the_owners(tmp_path: Path, indent: int | None) -> None:
    files = package(tmp_path, json.dumps(ROWS, indent=indent))
    found = parse(files["messages.json"], beside=files.get)
    assert [(m.message_id, m.kind, m.text) for m in found] == [
        (f"discord:{OWN}", "text", "beans \u2728"),
        (f"discord:{OWN + 1}", "text", ""),
        (f"discord:{OWN + 2}", "image", ""),
    ]
    assert found[0].timestamp == datetime(2021, 10, 13, 15, 35, 46, tzinfo=UTC)
    assert {(m.author_id, m.author, m.login) for m in found} == {
        ("333333333333333333", "Ben", "ben_b")
    }
    assert {(m.channel_id, m.channel) for m in found} == {
        ("111111111111111111", "Direct Message with anna#0")
    }


def test_alone_it_is_me_in_the_channel_of_its_folder(tmp_path: Path) -> None:
    found = parse(package(tmp_path)["messages.json"])
    assert {(m.author_id, m.channel_id) for m in found} == {("me", "111111111111111111")}


def test_the_older_packages_are_csv(tmp_path: Path) -> None:
    path = tmp_path / "m"
    path.write_bytes(
        b"ID,Timestamp,Contents,Attachments\r\n"
        b'897870239797215243,2021-10-13 15:35:46.123000+00:00,"one\ntwo",\r\n'
        b"897870239797215244,2021-10-13 15:36:00.000000+00:00,,https://cdn/a.mp4\r\nx,y,z,\r\n"
    )
    found, told = read_partly(discord_package, path)
    assert [(m.kind, m.text) for m in found] == [("text", "one\ntwo"), ("video", "")]
    assert told is not None
    assert told.lost == 1


def test_the_other_files_of_a_package_hold_no_messages(tmp_path: Path) -> None:
    files = package(tmp_path)
    guild = tmp_path / "g"
    guild.write_text('{"id": "122900397965705216", "name": "Garden"}')
    events = tmp_path / "e"
    events.write_text('{"event_type":"x","event_id":"1"}\n')
    for path in [*files.values(), guild, events]:
        if path != files["messages.json"]:
            assert parse(path) == []


def test_a_file_cut_short_gives_what_is_whole(tmp_path: Path) -> None:
    path = package(tmp_path, json.dumps(ROWS)[:-40])["messages.json"]
    found, told = read_partly(discord_package, path)
    assert len(found) == 2
    assert told is not None


def test_files_of_others_are_not_claimed() -> None:
    for text in (
        '[{"id": 1}]',
        '{"guild": {"id": "1"}}',
        '{"id": "x", "type": "y"}',
        "[]",
        "{}",
        "",
    ):
        assert not discord_package.matches(Path("x"), text.encode())


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=6,
)


@settings(max_examples=60, deadline=None)
@given(
    rows=st.lists(
        st.fixed_dictionaries(
            {}, optional=dict.fromkeys(("ID", "Timestamp", "Contents", "Attachments"), JSON)
        ),
        max_size=4,
    ),
    other=JSON,
    cut=st.integers(0, 60),
)
def test_any_json_is_read_or_lost(
    rows: list[Any], other: Any, cut: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("package")
    text = json.dumps(rows)
    path = folder / "m"
    path.write_text(text[: max(1, len(text) - cut)])
    beside = folder / "b"
    beside.write_text(json.dumps(other))
    with contextlib.suppress(FaultyInput):
        list(discord_package.parse(path, source_file="x/m.json", beside=lambda _: beside))
