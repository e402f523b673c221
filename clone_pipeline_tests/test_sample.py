"""What the project's own sample input promises, read from the raw files alone."""

import json
import re
from collections import Counter
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

RAW = Path(__file__).parents[1] / "raw_input"
DISCORD = RAW / "chats" / "Direct Messages - Private - Jonas [1187364500917624832].json"
WHATSAPP = RAW / "chats" / "WhatsApp Chat with Mara Lind.txt"
MARA = "80605218473902080"
JONAS = "91172340058529792"
TALK = ("Default", "Reply")


class Line(NamedTuple):
    """One message: who, when, what."""

    speaker: str
    time: datetime
    text: str


def discord() -> list[dict[str, Any]]:
    messages: list[dict[str, Any]] = json.loads(DISCORD.read_text(encoding="utf-8"))["messages"]
    return messages


def discord_lines() -> list[Line]:
    return [
        Line(
            "Mara" if message["author"]["id"] == MARA else "Jonas",
            datetime.fromisoformat(message["timestamp"]),
            message["content"],
        )
        for message in discord()
        if message["type"] in TALK and message["content"]
    ]


def whatsapp_lines() -> list[Line]:
    head = re.compile(r"^(\d\d/\d\d/\d{4}, \d\d:\d\d) - (?:(Mara) Lind|(Jonas) Weber): (.*)$")
    lines: list[Line] = []
    for row in WHATSAPP.read_text(encoding="utf-8").splitlines():
        if found := head.match(row):
            time = datetime.strptime(found[1] + " +0000", "%d/%m/%Y, %H:%M %z")
            lines.append(Line(found[2] or found[3], time, found[4]))
        elif lines:
            lines[-1] = lines[-1]._replace(text=lines[-1].text + "\n" + row)
    return [line for line in lines if line.text not in MARKERS]


MARKERS = ("<Media omitted>", "This message was deleted")


def all_lines() -> list[Line]:
    return whatsapp_lines() + discord_lines()


def test_the_discord_export_is_complete_and_its_ids_grow_with_time() -> None:
    export = json.loads(DISCORD.read_text(encoding="utf-8"))
    assert export["messageCount"] == len(export["messages"])
    assert export["channel"]["type"] == "DirectTextChat"
    assert export["channel"]["id"] in DISCORD.name
    ids = [int(message["id"]) for message in export["messages"]]
    assert ids == sorted(set(ids))
    times = [datetime.fromisoformat(message["timestamp"]) for message in export["messages"]]
    assert times == sorted(times)
    discord_epoch = 1420070400000
    drift = [
        abs((i >> 22) + discord_epoch - t.timestamp() * 1000)
        for i, t in zip(ids, times, strict=True)
    ]
    assert max(drift) < 1000


def test_two_people_wrote_at_least_eight_hundred_messages_over_seven_weeks() -> None:
    messages = discord()
    assert 850 <= len(messages) <= 950
    assert sum(message["type"] in TALK for message in messages) >= 800
    assert {message["author"]["id"] for message in messages} == {MARA, JONAS}
    assert not any(message["author"]["isBot"] for message in messages)
    lines = discord_lines()
    assert len({line.time.isocalendar()[:2] for line in lines}) == 7
    assert lines[-1].time - lines[0].time >= timedelta(days=45)


def test_mara_often_answers_jonas() -> None:
    speakers = [line.speaker for line in discord_lines()]
    answers = sum(pair == ("Jonas", "Mara") for pair in pairwise(speakers))
    assert answers >= 300


def test_replies_point_at_earlier_messages_of_the_other_person() -> None:
    messages = discord()
    author = {message["id"]: message["author"]["id"] for message in messages}
    replies = [message for message in messages if message["type"] == "Reply"]
    assert len(replies) >= 40
    for reply in replies:
        answered = reply["reference"]["messageId"]
        assert int(answered) < int(reply["id"])
        assert author[answered] != reply["author"]["id"]


def test_links_system_messages_emoji_attachments_and_an_edit_are_present() -> None:
    messages = discord()
    text = "\n".join(message["content"] for message in messages)
    kinds = Counter(message["type"] for message in messages)
    assert len(re.findall(r"https://\S+", text)) >= 2
    assert kinds["Call"] >= 2
    assert kinds["ChannelPinnedMessage"] >= 2
    assert re.search(r":[a-z]\w+:", text)
    assert re.search("[\U0001f300-\U0001faff]", text)
    assert sum(bool(m["attachments"]) and not m["content"] for m in messages) >= 3
    assert sum(message["timestampEdited"] is not None for message in messages) == 1
    assert any(message["reactions"] for message in messages)


def test_bursts_and_silences_are_present() -> None:
    lines = discord_lines()
    gaps = [
        (after.time - before.time, before.speaker == after.speaker)
        for before, after in pairwise(lines)
    ]
    assert sum(same and gap < timedelta(seconds=20) for gap, same in gaps) >= 50
    assert sum(timedelta(hours=1) < gap < timedelta(hours=12) for gap, _ in gaps) >= 40
    assert any(gap > timedelta(days=2) for gap, _ in gaps)


def test_every_kind_of_made_up_personal_data_is_there_to_be_masked() -> None:
    text = "\n".join(line.text for line in all_lines())
    assert re.search(r"\b[\w.]+@[\w.-]*example\.org\b", text)
    assert "DE89 3704 0044 0532 0130 00" in text
    assert re.search(r"\b203\.0\.113\.\d+\b", text)
    assert re.search(r"\b0\d{2,3} (?:66969 \d{3}|39200\d{2})\b", text)


def test_the_whatsapp_export_lies_before_discord_and_has_its_odd_lines() -> None:
    raw = WHATSAPP.read_text(encoding="utf-8")
    bodies = re.findall(r"^\d\d/\d\d/\d{4}, \d\d:\d\d - (.*)$", raw, re.MULTILINE)
    messages = [body for body in bodies if re.match(r"(Mara Lind|Jonas Weber): ", body)]
    assert 130 <= len(messages) <= 180
    assert len(bodies) - len(messages) == 1
    assert "end-to-end encrypted" in bodies[0]
    assert raw.count("<Media omitted>") >= 2
    assert "This message was deleted" in raw
    lines = whatsapp_lines()
    assert sum("\n" in line.text for line in lines) >= 2
    assert timedelta(days=13) < lines[-1].time - lines[0].time < timedelta(days=16)
    assert lines[-1].time < discord_lines()[0].time
