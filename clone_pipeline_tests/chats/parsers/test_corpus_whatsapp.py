"""Exports of others, against what a reader of the file writes down; twins are in test_whatsapp."""

import json
from collections import Counter
from pathlib import Path

import pytest

from clone_pipeline.chats import parsers
from clone_pipeline.chats.parsers import whatsapp
from clone_pipeline.chats.partly import PartlyRead
from clone_pipeline.records import Message
from clone_pipeline_tests.chats.samples import corpus, read_partly


def exported(name: str) -> tuple[list[Message], PartlyRead | None]:
    path = next(corpus("chats", "whatsapp").glob(f"*{name}"))
    assert parsers.find(path) is whatsapp
    return read_partly(whatsapp, path, source_file=path.name)


def seen(found: list[Message]) -> list[tuple[str, str, str]]:
    return [
        (f"{m.timestamp:%Y-%m-%d %H:%M:%S}" if m.timestamp else "", m.author, m.kind) for m in found
    ]


@pytest.mark.parametrize(
    "name",
    [
        "mmddyy]_24hrs.txt",
        "_ddmmyy_24hrs.txt",
        "_mmddyy_24hrs.txt",
        "_mmddyyyy_12hrs.txt",
        "_yyyymmdd_24hrs.txt",
    ],
)
def test_chat_miner_reads_as_its_target_says(name: str) -> None:
    found, told = exported(name)
    assert told is None
    assert seen(found) == [
        ("2019-01-01 11:25:00", "John Doe", "text"),
        ("2019-01-20 11:23:00", "John Doe", "text"),
        ("2019-01-30 20:49:00", "Jahn Doe", "text"),
        ("2020-06-10 15:55:00", "John-John Doe", "text"),
        ("2020-06-20 00:08:00", "", "system"),
        ("2020-06-30 09:10:00", "", "system"),
        ("2021-12-10 10:10:00", "John Doe 🤓", "text"),
        ("2021-12-20 12:10:00", "🤓", "text"),
        ("2021-12-30 22:01:00", "John Doe", "text"),
    ]
    target = json.loads(
        next(corpus("chats", "whatsapp").glob("*target.json")).read_text(encoding="utf-8")
    )
    wanted = [(row["timestamp"], row["author"], row["message"]) for row in reversed(target)]
    told_as = [
        (f"{m.timestamp:%Y-%m-%dT%H:%M:%S}", m.author, " ".join(m.text.split()))
        for m in found
        if m.kind == "text" and m.text != "."  # the target leaves out the single dot
    ]
    assert told_as == wanted
    assert found[4].text == '+12 345 578 created group "Groupname"'
    assert {m.channel for m in found} == {"Jahn Doe, John Doe, John Doe 🤓, John-John Doe, 🤓"}


def test_chatistics_main_sample() -> None:
    found, told = exported("whatsapp___chat.txt")
    assert told is None
    assert len(found) == 21
    assert Counter((m.author, m.kind) for m in found) == {
        ("Alice Placeholder", "text"): 10,
        ("John Doe", "text"): 10,
        ("", "system"): 1,
    }
    assert seen(found)[2] == ("2018-01-04 11:54:23", "", "system")
    assert seen(found)[3] == ("2018-01-04 11:54:34", "John Doe", "text")
    assert seen(found)[-1] == ("2019-04-19 16:18:33", "Alice Placeholder", "text")
    # Control characters, then a head of another form: a line of the same message.
    assert found[17].text.endswith(
        "\n[1.2.2019, 00:00:00] John Doe: this line is not a message on its own"
    )
    assert found[17].text.startswith("\x80\x81\x82")
    # A head without a dash is none.
    assert found[19].text == (
        "What is that?\n2/11/19, 14:48 Alice Placeholder: this is a message from another chat!"
    )


def test_chatistics_other_samples() -> None:
    second, told = exported("chat 2.txt")
    assert told is None
    assert [m.author for m in second] == ["Peter Doe", "Peter Doe", "John Doe", "John Doe"]
    assert second[0].text == (
        "This is a message from Peter Doe\n"
        "[1.9.19, 00:00:00] Peter Doe: this is the second line of the first message"
    )
    assert seen(second)[-1][0] == "2019-09-17 16:39:52"
    fourth, told = exported("chat 4.txt")
    assert told is None
    assert [time for time, _, _ in seen(fourth)] == [
        "2019-09-17 08:30:52",
        "2019-09-17 16:30:10",
        "2019-09-18 16:50:32",
    ]


def test_chatistics_names_and_an_order_that_is_a_guess() -> None:
    found, told = exported("chat 3.txt")
    assert [m.author for m in found] == [
        *("", "n", "Very long username", "Even longer username with emoticons! 🙈 🙈"),
        *("The final test", "John Doe", "", "The final test", "John Doe", "John Doe", "John Doe"),
    ]
    assert [m.kind for m in found].count("system") == 2
    assert found[4].text == "Does it work with colons?: Hallelujah!"
    assert found[9].text == "\n\n\n\n\n👍👍👍👍👍👍!".strip()
    assert found[10].text.endswith("\n\n\n2/11/19: Arrival\n12/12/19: Departure")
    assert [time[:10] for time, _, _ in seen(found)] == (
        ["2019-11-02"] * 7 + ["2019-11-10"] + ["2019-11-02"] * 3
    )
    assert told is not None
    assert told.lost == 0
    assert "month, day, year" in told.faults[0].found


def test_langchain_sample() -> None:
    found, told = exported("langchain__whatsapp_chat.txt")
    assert told is None
    assert [m.kind for m in found] == [
        *("system", "text", "image", "text", "image", "text"),
        *("text", "image", "text", "text", "text", "text"),
    ]
    assert seen(found)[0] == ("2023-08-15 09:12:33", "Dr. Feather", "system")
    assert seen(found)[-1] == ("2023-08-15 21:25:16", "Jungle Jane", "text")
    assert {m.channel for m in found} == {"Dr. Feather, Jungle Jane"}


def test_whatstk_lorem() -> None:
    found, told = exported("lorem.txt")
    assert told is None
    assert Counter(m.author for m in found) == {
        "+1 123 456 789": 145,
        "John": 124,
        "Giuseppe": 118,
        "Mary": 113,
    }
    assert {m.kind for m in found} == {"text"}
    assert seen(found)[0][0] == "2020-01-15 02:22:56"
    assert seen(found)[-1][0] == "2020-05-11 22:32:48"
    assert found[0].text == "Nostrud exercitation magna id."
    assert len({m.message_id for m in found}) == 500


def test_no_other_export_is_taken_for_whatsapp() -> None:
    root: Path = corpus("chats")
    for path in (each for each in root.rglob("*") if each.is_file()):
        if path.parent.name == "whatsapp" and path.suffix == ".txt":
            continue
        with path.open("rb") as file:
            head = file.read(parsers.HEAD_BYTES)
        assert not whatsapp.matches(path, head), path.name
