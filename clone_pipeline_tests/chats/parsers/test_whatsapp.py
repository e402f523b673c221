import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from clone_pipeline.chats import parsers
from clone_pipeline.chats.parsers import whatsapp
from clone_pipeline.records import Message
from clone_pipeline_tests.chats.samples import corpus, read_partly

ANDROID = """\
3/1/24, 18:00 - Messages and calls are end-to-end encrypted. Tap to learn more.
3/1/24, 18:01 - Anna: hey
what's up?

second paragraph
3/1/24, 18:02 - Ben: IMG-20240301-WA0001.jpg (file attached)
look at this
3/1/24, 18:02 - Ben: <Media omitted>
3/14/24, 18:03 - Anna: This message was deleted
3/14/24, 18:04 - Anna: the plan: tea <This message was edited>
"""
IOS = (
    "[14.03.24, 18:00:01] Anna: \u200eMessages and calls are end-to-end encrypted.\r\n"
    "[14.03.24, 18:00:05] Anna: hi \u2068Ben\u2069\r\n"
    "\u200e[14.03.24, 18:00:09] ~\u202fBen: \u200eimage omitted\r\n"
    "\u200e[14.03.24, 18:00:10] ~\u202fBen: \u200eMissed voice call\r\n"
    "\u200e[14.03.24, 18:00:11] ~\u202fBen: \u200e<attached: 0001-AUDIO-2024.opus>\r\n"
    "[14.03.24, 18:00:12] ~\u202fBen: Location: https://maps.google.com/?q=1,2\r\n"
)


def parse(text: str, folder: Path, name: str = "WhatsApp Chat with Anna.txt") -> list[Message]:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode())
    assert parsers.find(path) is whatsapp
    return list(whatsapp.parse(path, source_file=name))


def test_an_android_export_is_read(tmp_path: Path) -> None:
    found = parse(ANDROID, tmp_path)
    assert [(m.author, m.kind, m.text) for m in found[1:]] == [
        ("Anna", "text", "hey\nwhat's up?\n\nsecond paragraph"),
        ("Ben", "text", "look at this"),
        ("Ben", "file", ""),
        ("Anna", "deleted", ""),
        ("Anna", "text", "the plan: tea"),
    ]
    assert (found[0].author, found[0].kind) == ("", "system")
    assert found[1].timestamp == datetime(2024, 3, 1, 18, 1, tzinfo=UTC)
    assert {m.channel for m in found} == {"Anna"}


def test_an_ios_export_is_read(tmp_path: Path) -> None:
    found = parse(IOS, tmp_path)
    assert [(m.author, m.kind, m.text) for m in found] == [
        ("Anna", "system", "Messages and calls are end-to-end encrypted."),
        ("Anna", "text", "hi Ben"),
        ("Ben", "image", ""),
        ("Ben", "call", ""),
        ("Ben", "voice", ""),
        ("Ben", "location", "Location: https://maps.google.com/?q=1,2"),
    ]


@pytest.mark.parametrize(
    ("lines", "first"),
    [
        (["13/02/24, 10:00 - A: x"], "2024-02-13T10:00:00"),
        (["02/13/24, 10:00 - A: x"], "2024-02-13T10:00:00"),
        (["2024/02/13, 10:00 - A: x"], "2024-02-13T10:00:00"),
        (["1/2/24, 9:00 AM - A: x"], "2024-01-02T09:00:00"),
        (["1.2.24, 09:00 - A: x"], "2024-02-01T09:00:00"),
        (["1/2/24, 9:00 am - A: x", "2/2/24, 9:00 am - A: x"], "2024-02-01T09:00:00"),
        (["5/12/24, 9:00 - A: x", "6/1/24, 9:00 - A: x"], "2024-05-12T09:00:00"),
        (
            ["[1/2/24, 12:05:00\u202fAM] A: x", "[1/28/24, 9:00:00\u202fPM] A: x"],
            "2024-01-02T00:05:00",
        ),
        (["2/1/24, 12:05 p. m. - A: x"], "2024-02-01T12:05:00"),
        (["24-02-08, 10:00 - A: x"], "2024-02-08T10:00:00"),
        (["24-02-13, 10:00 - A: x", "25-01-09, 10:00 - A: x"], "2024-02-13T10:00:00"),
        (["2024. 2. 13. 오후 3:05, 10:00 - A"], ""),
    ],
)
def test_the_order_of_a_date_is_decided_by_the_whole_file(
    tmp_path: Path, lines: list[str], first: str
) -> None:
    path = tmp_path / "c.txt"
    path.write_text("\n".join(lines), encoding="utf-8")
    if not first:
        assert parsers.find(path) is None
        return
    found = parse("\n".join(lines), tmp_path)[0].timestamp
    assert found == datetime.fromisoformat(first).replace(tzinfo=UTC)


def test_a_later_file_with_dates_of_two_years_counts_steps_back(tmp_path: Path) -> None:
    lines = ["5/12/23, 9:00 - A: x", "6/1/24, 9:00 - A: x", "7/1/24, 9:00 - A: x"]
    times = [m.timestamp for m in parse("\n".join(lines), tmp_path)]
    assert times == sorted(times, key=lambda t: t or datetime.min)
    assert times[0] == datetime(2023, 12, 5, 9, 0, tzinfo=UTC)


def test_a_quoted_line_of_another_shape_stays_in_its_message(tmp_path: Path) -> None:
    text = (
        "13/02/24, 10:00 - A: see what he wrote:\n[12.2.2024, 09:00:00] C: nonsense\n"
        "13/02/24, 10:01 - B: ok\n"
    )
    assert [m.author for m in parse(text, tmp_path)] == ["A", "B"]


def test_a_name_with_a_colon_is_known_by_its_recurrence(tmp_path: Path) -> None:
    text = "".join(f"13/02/24, 10:0{n} - Dr: Who: line {n}\n" for n in range(3))
    text += "13/02/24, 10:05 - Ben: note: this is mine\n"
    assert {m.author for m in parse(text, tmp_path)} == {"Dr: Who", "Ben"}


def test_a_notice_with_a_colon_is_no_message(tmp_path: Path) -> None:
    text = '13/02/24, 10:00 - Ben created group "Trip: Rome"\n13/02/24, 10:01 - Ben: hi\n'
    found = parse(text, tmp_path)
    assert [m.kind for m in found] == ["system", "text"]


@pytest.mark.parametrize(
    ("name", "channel"),
    [
        ("WhatsApp Chat with Anna K..txt", "Anna K."),
        ("WhatsApp Chat with Trip: Rome (1).txt", "Trip: Rome"),
        ("WhatsApp-Chat mit Anna.txt", "Anna"),
        ("WhatsApp Chat - Anna/_chat.txt", "Anna"),
        ("export.txt", "A, B"),
    ],
)
def test_the_channel_is_the_other_party(tmp_path: Path, name: str, channel: str) -> None:
    text = "13/02/24, 10:00 - A: hi\n13/02/24, 10:01 - B: ho\n"
    assert {m.channel for m in parse(text, tmp_path, name)} == {channel}


def test_overlapping_exports_give_equal_ids_and_repeats_in_one_file_do_not(tmp_path: Path) -> None:
    lines = [f"13/02/24, 10:0{n // 2} - A: ok\n" for n in range(8)]
    whole = parse("".join(lines), tmp_path, "a/WhatsApp Chat with B.txt")
    later = parse("".join(lines[4:]), tmp_path, "b/WhatsApp Chat with B (2).txt")
    assert len({m.message_id for m in whole}) == 8
    assert {m.message_id for m in later} == {m.message_id for m in whole[4:]}


def test_an_impossible_date_is_counted_not_hidden(tmp_path: Path) -> None:
    path = tmp_path / "c.txt"
    path.write_text("13/02/24, 10:00 - A: hi\n31/02/24, 10:00 - A: ho\n14/03/24, 10:00 - A: x\n")
    found, told = read_partly(whatsapp, path)
    assert told is not None
    assert told.lost == 1
    assert len(found) == 2


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_any_unicode_encoding_is_read(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "c.txt"
    path.write_bytes("13/02/24, 10:00 - Zoë: käse 🧀\n".encode(encoding))
    assert parsers.find(path) is whatsapp
    assert [m.text for m in whatsapp.parse(path, source_file="c")] == ["käse 🧀"]


def test_the_real_exports_read_as_their_target_says() -> None:
    folder = corpus("chats", "whatsapp")
    target = json.loads(next(folder.glob("*target.json")).read_text(encoding="utf-8"))
    wanted = {(row["timestamp"], row["author"], row["message"]) for row in target}
    files = sorted(folder.glob("joweich*.txt"))
    assert len(files) == 5
    for path in files:
        found = {
            (m.timestamp.replace(tzinfo=None).isoformat(), m.author, " ".join(m.text.split()))
            for m in whatsapp.parse(path, source_file=path.name)
            if m.timestamp and m.kind == "text"
        }
        assert wanted <= found
        assert len(found) == 7  # the target leaves out the message that is a single dot


def test_every_real_export_is_read() -> None:
    counts = {
        path.name.rpartition("whatsapp__")[2]: sum(1 for _ in whatsapp.parse(path, source_file="x"))
        for path in sorted(corpus("chats", "whatsapp").glob("*.txt"))
    }
    assert counts["langchain__whatsapp_chat.txt"] == 12
    assert counts["lorem.txt"] == 500
    assert counts["_chat 2.txt"] == 4
    assert counts["_chat.txt"] == 21
