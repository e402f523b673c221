import contextlib
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clone_pipeline.chats.parsers import discord_csv
from clone_pipeline.chats.parsers.discord_csv import kind_of
from clone_pipeline.records import Message
from clone_pipeline.settings import FaultyInput
from clone_pipeline_tests.chats.samples import read_partly

HEADER = "AuthorID,Author,Date,Content,Attachments,Reactions\r\n"
NAME = "garden/Home - Text channels - beans [123456789012345678].csv"


def parse(path: Path, text: str, source_file: str = NAME) -> list[Message]:
    path.write_bytes(text.encode())
    assert discord_csv.matches(path, path.read_bytes()[: 1 << 16])
    return list(discord_csv.parse(path, source_file=source_file))


def test_rows_of_today_carry_their_zone(tmp_path: Path) -> None:
    text = (
        HEADER
        + '"11","anna","2024-05-03T20:20:00.1234567+02:00","the ""beans""\r\ncame up","",""\r\n'
        '"12","ben#0001","2024-05-03T18:21:00.0000000+00:00","","https://cdn/a/beans.PNG?ex=1,x",""\r\n'
        '"12","ben#0001","2024-05-03T18:22:00.0000000+00:00",'
        '"Started a call that lasted 3 minutes.","",""\r\n'
        '"12","ben#0001","2024-05-03T18:23:00.0000000+00:00","Joined the server.","",""\r\n'
    )
    found = parse(tmp_path / "1", text)
    assert [(m.kind, m.author, m.author_id, m.text) for m in found] == [
        ("text", "anna", "11", 'the "beans"\r\ncame up'),
        ("image", "ben", "12", ""),
        ("call", "ben", "12", "Started a call that lasted 3 minutes."),
        ("system", "ben", "12", "Joined the server."),
    ]
    assert found[0].timestamp == datetime(2024, 5, 3, 18, 20, 0, 123456, tzinfo=UTC)
    assert {(m.channel_id, m.channel) for m in found} == {("123456789012345678", "beans")}
    assert len({m.message_id for m in found}) == 4


def test_the_oldest_form_has_semicolons_and_no_ids(tmp_path: Path) -> None:
    text = 'Author;Date;Content;Attachments;\n"anna#0001";"01-Jan-20 01:33 AM";"hello; you";"";\n'
    (found,) = parse(tmp_path / "1", text, "beans.csv")
    assert (found.author_id, found.text, found.channel) == ("anna", "hello; you", "beans")
    assert found.timestamp == datetime(2020, 1, 1, 1, 33, tzinfo=UTC)


@pytest.mark.parametrize(
    ("dates", "expected"),
    [
        (["5/3/2024 3:04 PM", "5/13/2024 3:04 PM"], [(5, 3), (5, 13)]),
        (["3/5/2024 15:04", "13/5/2024 15:04"], [(5, 3), (5, 13)]),
        (["5/3/2024 3:04 PM"], [(5, 3)]),
        (["05.03.2024 15:04"], [(3, 5)]),
        (["2024-05-03 15:04"], [(5, 3)]),
    ],
)
def test_the_order_of_a_short_date_is_that_of_the_whole_file(
    tmp_path: Path, dates: list[str], expected: list[tuple[int, int]]
) -> None:
    text = HEADER + "".join(f'"1","a","{date}","x","",""\n' for date in dates)
    found = parse(tmp_path / "1", text)
    assert [m.timestamp and (m.timestamp.month, m.timestamp.day) for m in found] == expected


@pytest.mark.parametrize(
    ("content", "attachments", "kind"),
    [
        ("", "", "text"),
        ("words", "https://cdn/a.png", "text"),
        ("", "a_Files/voice-message.ogg", "voice"),
        ("", "https://[/x.mp4", "video"),
        ("Changed the channel name: a: b", "", "system"),
        ("Joined the server. Hello all", "", "text"),
    ],
)
def test_the_kind_is_that_of_the_words_else_of_the_file(
    content: str, attachments: str, kind: str
) -> None:
    assert kind_of(content, attachments) == kind


def test_rows_that_are_none_are_lost_and_counted(tmp_path: Path) -> None:
    path = tmp_path / "1"
    path.write_text(
        HEADER + '"1","a","yesterday","x","",""\n"1"\n\n"1","a","2024-05-03","y","",""\n'
    )
    found, told = read_partly(discord_csv, path)
    assert [m.text for m in found] == ["y"]
    assert told is not None
    assert told.lost == 2


def test_other_tables_are_not_claimed(tmp_path: Path) -> None:
    for text in (
        "author,text\n",
        "Channel,AuthorID,Author,Date,Content,Attachments,Reactions\n",
        "",
    ):
        assert not discord_csv.matches(tmp_path, text.encode())


@pytest.mark.parametrize("name", [" (after)" * 500, " - " * 2000 + "[1", " [part 1]" * 500 + "x"])
def test_a_file_name_of_any_length_is_read_at_once(tmp_path: Path, name: str) -> None:
    path = tmp_path / "x"
    path.write_text(HEADER + "1,ada,2024-05-03T18:30:00+00:00,hi,,\n")
    before = time.process_time()
    (found,) = discord_csv.parse(path, source_file=f"{name}.csv")
    assert found.text == "hi"
    assert time.process_time() - before < 1


@settings(max_examples=60, deadline=None)
@given(
    body=st.binary(max_size=80),
    dates=st.lists(st.text("0123456789/.-: APM", max_size=18), max_size=4),
)
def test_any_rows_are_read_or_lost(
    body: bytes, dates: list[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("csv") / "x"
    rows = "".join(f'1,a,"{date}",x,,\n' for date in dates)
    path.write_bytes(HEADER.encode() + rows.encode() + body)
    with contextlib.suppress(FaultyInput):
        list(discord_csv.parse(path, source_file="x"))
