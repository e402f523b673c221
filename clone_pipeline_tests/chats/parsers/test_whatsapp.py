from datetime import UTC, datetime
from pathlib import Path

import pytest

from clone_pipeline.chats import parsers
from clone_pipeline.chats.parsers import whatsapp
from clone_pipeline.records import Message
from clone_pipeline_tests.chats.samples import read_partly

ANDROID = (
    "01/03/2024, 18:00 - Messages and calls are end-to-end encrypted. Tap to learn more.\n"
    "01/03/2024, 18:01 - Anna: hey\nwhat's up?\n\nsecond paragraph\n"
    "13/03/2024, 18:02 - Ben: IMG-20240313-WA0001.jpg (file attached)\nlook at this\n"
    "13/03/2024, 18:03 - Ben: <Media omitted>\n"
    "13/03/2024, 18:04 - Anna: This message was deleted\n"
    "13/03/2024, 18:04 - Missed voice call\n"
    "13/03/2024, 18:05 - Anna: the plan: tea <This message was edited>\n"
)
IOS = (
    "[14.03.24, 18:00:00] Anna: \u200eMessages and calls are end-to-end encrypted.\r\n"
    "[14.03.24, 18:00:05] Anna: hi \u2068Ben\u2069\r\n"
    "\u200e[14.03.24, 18:00:09] ~\u202fBen: \u200eimage omitted\r\n"
    "\u200e[14.03.24, 18:00:10] ~\u202fBen: \u200eMissed voice call\r\n"
    "\u200e[14.03.24, 18:00:11] ~\u202fBen: \u200e<attached: 0001-AUDIO-2024.opus>\r\n"
    "[14.03.24, 18:00:12] ~\u202fBen: Location: https://maps.google.com/?q=1.5,-2.25\r\n"
    "[14.03.24, 18:00:13] ~\u202fBen: \u200eBen hat Carl hereingelassen\r\n"
)


def read(text: str, folder: Path, name: str = "WhatsApp Chat with Anna.txt") -> list[Message]:
    """All messages, whatever the parser says last."""
    path = folder / "member-0001"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode())
    assert parsers.find(path) is whatsapp
    return read_partly(whatsapp, path, source_file=name)[0]


def test_an_android_export_is_read(tmp_path: Path) -> None:
    found = read(ANDROID, tmp_path)
    assert [(m.author, m.kind, m.text) for m in found[1:]] == [
        ("Anna", "text", "hey\nwhat's up?\n\nsecond paragraph"),
        ("Ben", "text", "look at this"),
        ("Ben", "file", ""),
        ("Anna", "deleted", ""),
        ("", "call", "Missed voice call"),
        ("Anna", "text", "the plan: tea"),
    ]
    assert (found[0].author, found[0].kind) == ("", "system")
    assert found[1].timestamp == datetime(2024, 3, 1, 18, 1, tzinfo=UTC)
    assert {m.channel for m in found} == {"Anna"}


def test_an_ios_export_is_read(tmp_path: Path) -> None:
    found = read(IOS, tmp_path)
    assert [(m.author, m.kind, m.text) for m in found] == [
        ("Anna", "system", "Messages and calls are end-to-end encrypted."),
        ("Anna", "text", "hi Ben"),
        ("Ben", "image", ""),
        ("Ben", "call", "Missed voice call"),
        ("Ben", "voice", ""),
        ("Ben", "location", "1.5,-2.25"),
        ("Ben", "system", "Ben hat Carl hereingelassen"),
    ]


def test_a_quoted_line_of_another_shape_stays_in_its_message(tmp_path: Path) -> None:
    text = (
        "13/02/24, 10:00 - A: see what he wrote:\n[12.2.2024, 09:00:00] C: nonsense\n"
        "13/02/24, 10:01 - B: ok\n"
    )
    assert [m.author for m in read(text, tmp_path)] == ["A", "B"]


def test_a_name_with_a_colon_is_known_by_its_recurrence(tmp_path: Path) -> None:
    text = "".join(f"13/02/24, 10:0{n} - Dr: Who: line {n}\n" for n in range(3))
    text += "13/02/24, 10:05 - Ben: note: this is mine\n"
    text += "13/02/24, 10:06 - Eva: Standort: https://maps.google.com/?q=1,2\n" * 3
    assert {m.author for m in read(text, tmp_path)} == {"Dr: Who", "Ben", "Eva"}


def test_a_name_that_reads_like_a_notice_is_known_by_its_recurrence(tmp_path: Path) -> None:
    text = "".join(f"13/02/24, 10:0{n} - Added Value: line {n}\n" for n in range(5))
    text += '13/02/24, 10:05 - Ben created group "Trip: Rome"\n'
    assert [m.kind for m in read(text, tmp_path)] == ["text"] * 5 + ["system"]


@pytest.mark.parametrize(
    "notice",
    [
        'Ben created group "Trip: Rome"',
        "Ben ha cambiato l'oggetto in “Roma: andata”",
        "Ben joined using an invite link: ask him",
        "Learn more at https://example.org",
        "Die Zeit wurde auf 10:30 gesetzt",
    ],
)
def test_a_notice_with_a_colon_is_no_message(tmp_path: Path, notice: str) -> None:
    found = read(f"13/02/24, 10:00 - A: ho\n13/02/24, 10:00 - {notice}\n", tmp_path)
    assert [(m.author, m.kind, m.text) for m in found[1:]] == [("", "system", notice)]


@pytest.mark.parametrize(
    ("name", "channel"),
    [
        ("WhatsApp Chat with Anna K..txt", "Anna K."),
        ("WhatsApp Chat with Trip: Rome (1).txt", "Trip: Rome"),
        ("WhatsApp-Chat mit Anna.txt", "Anna"),
        ("WhatsApp Chat - Anna/_chat.txt", "Anna"),
        ("WhatsApp Chat - Anna.zip/_chat.txt", "Anna"),
        ("a/WhatsApp Chat with Anna.zip/WhatsApp Chat with Anna.txt", "Anna"),
        ("Chat de WhatsApp con Ana.txt", "Ana"),
        ("Conversa do WhatsApp com Ana.txt", "Ana"),
        ("Discussion WhatsApp avec Ana.txt", "Ana"),
        ("Чат WhatsApp с Анна.txt", "Анна"),
        ("WhatsApp_Chat_with_Anna_B.txt", "Anna B"),
        ("export.txt", "A, B"),
        ("_chat.txt", "A, B"),
    ],
)
def test_the_channel_is_the_other_party(tmp_path: Path, name: str, channel: str) -> None:
    text = "13/02/24, 10:00 - A: hi\n13/02/24, 10:01 - B: ho\n"
    assert {m.channel for m in read(text, tmp_path, name)} == {channel}


def test_overlapping_exports_give_equal_ids_and_repeats_in_one_file_do_not(tmp_path: Path) -> None:
    lines = [f"13/02/24, 10:0{n // 2} - A: ok\n" for n in range(8)]
    whole = read("".join(lines), tmp_path, "a/WhatsApp Chat with B.txt")
    later = read("".join(lines[4:]), tmp_path, "b/WhatsApp Chat with B (2).txt")
    assert len({m.message_id for m in whole}) == 8
    assert {m.message_id for m in later} == {m.message_id for m in whole[4:]}


def test_an_impossible_date_is_counted_not_hidden(tmp_path: Path) -> None:
    path = tmp_path / "c.txt"
    lines = ["13/02/24, 10:00 - A: hi", "31/02/24, 10:00 - A: ho", "14/03/24, 10:00 - A: x"]
    path.write_text("\n".join(lines), encoding="utf-8")
    found, told = read_partly(whatsapp, path)
    assert told is not None
    assert told.lost == 1
    assert len(found) == 2


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_any_unicode_encoding_is_read(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "c.txt"
    path.write_bytes("23/12/2024, 10:00 - Zoë: käse 🧀\n".encode(encoding))
    assert parsers.find(path) is whatsapp
    assert [m.text for m in whatsapp.parse(path, source_file="c")] == ["käse 🧀"]


def test_broken_bytes_are_mended_and_told(tmp_path: Path) -> None:
    path = tmp_path / "c.txt"
    path.write_bytes(b"23/12/2024, 10:00 - A: caf\xe9\n23/12/2024, 10:01 - B: ok\n")
    found, told = read_partly(whatsapp, path)
    assert [m.text for m in found] == ["caf\ufffd", "ok"]
    assert told is not None
    assert told.lost == 0


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n\n",
        "just words: and more\n",
        "2024-02-13 10:00:00 INFO starting\n",
        "[2024-02-13 10:00:00] <nick> hi\n",
        "[2024-02-13 10:00:00] INFO: worker: up\n[2024-02-13 10:00:01] WARN: slow\n",
        "[2024-02-13, 10:00] Anna: Signal's form\n",
        "13/02/24 10:00 Anna: no dash\n",
        "1.2.3 - release notes: all new\n",
        "10:00 - 11:00: a meeting\n",
    ],
)
def test_other_texts_are_not_taken_for_whatsapp(tmp_path: Path, text: str) -> None:
    path = tmp_path / "c.txt"
    path.write_text(text, encoding="utf-8")
    assert not whatsapp.matches(path, text.encode())


def test_a_contact_whose_name_is_a_word_of_logs_is_no_log(tmp_path: Path) -> None:
    text = "13/02/24, 10:00 - Info: the shop opens at ten\n13/02/24, 10:05 - Anna: thanks\n"
    assert [m.author for m in read(text, tmp_path)] == ["Info", "Anna"]
