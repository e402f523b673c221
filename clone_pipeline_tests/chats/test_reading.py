import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clone_pipeline.chats.parsers import neutral
from clone_pipeline.settings import FaultyInput
from clone_pipeline_tests.chats.samples import corpus, discord_message, write_discord
from clone_pipeline_tests.chats.whole import Folder, read_folder


def read(folder: Path, **accounts: dict[str, list[str]]) -> Folder:
    return read_folder(folder, accounts=accounts)


def test_a_missing_folder_holds_nothing(tmp_path: Path) -> None:
    found = read(tmp_path / "none")
    assert (found.messages, found.dropped, found.faults) == ([], {}, [])


def test_parts_are_read_in_the_order_of_their_numbers(tmp_path: Path) -> None:
    for part in (10, 2):
        write_discord(tmp_path / f"a [part {part}].json", [discord_message(part)])
    write_discord(tmp_path / "a.json", [discord_message(1)])
    write_discord(tmp_path / "deep" / "b.json", [discord_message(50, content="x")], channel="78")
    found = read(tmp_path).messages
    assert [m.message_id for m in found] == [f"discord:{1000 + n}" for n in (1, 2, 10, 50)]
    assert found[-1].source_file == "deep/b.json"


@pytest.mark.parametrize("newest_first", [False, True])
def test_overlapping_exports_are_merged_and_the_last_edit_is_kept(
    tmp_path: Path, newest_first: bool
) -> None:
    before = [discord_message(n, f"old {n}") for n in range(4)]
    after = [discord_message(n, f"old {n}") for n in range(2, 6)]
    after[0] |= {"content": "mended", "timestampEdited": "2024-03-02T00:00:00+00:00"}
    names = ("b.json", "a.json") if newest_first else ("a.json", "b.json")
    write_discord(tmp_path / names[0], before)
    write_discord(tmp_path / names[1], after)
    found = read(tmp_path)
    assert sorted(m.text for m in found.messages) == [
        "mended",
        "old 0",
        "old 1",
        "old 3",
        "old 4",
        "old 5",
    ]
    assert found.dropped == {"duplicate": 2}


def test_two_files_that_number_their_rows_alike_are_two_chats(tmp_path: Path) -> None:
    for name, author in (("a", "Anna"), ("b", "Ben"), ("c", "Ben")):
        row = {"author": author, "text": "hi", "message_id": "1", "channel": name[0]}
        (tmp_path / f"{name}.jsonl").write_text(json.dumps(row))
    (tmp_path / "d.jsonl").write_bytes((tmp_path / "a.jsonl").read_bytes())
    found = read(tmp_path)
    assert len({m.message_id for m in found.messages}) == 3
    assert found.dropped == {"duplicate": 1}


@pytest.mark.parametrize("account", ["1", "user1", "Nick 1", " nick 1 "])
def test_an_account_is_an_id_a_login_name_or_a_nickname(tmp_path: Path, account: str) -> None:
    write_discord(tmp_path / "a.json", [discord_message(0), discord_message(1, author="2")])
    found = read(tmp_path, anna={"discord": [account], "whatsapp": ["user2"]})
    assert [m.persona for m in found.messages] == ["anna", None]


def test_an_account_of_two_personas_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FaultyInput, match=r"personas\.ben\.accounts\.discord"):
        read(tmp_path, anna={"discord": ["x"]}, ben={"discord": ["X"]})


def test_texts_and_names_are_masked_after_the_accounts_were_matched(tmp_path: Path) -> None:
    text = "13/02/24, 10:00 - +49 151 23456789: mail me at anna@example.org\n"
    (tmp_path / "WhatsApp Chat with +49 151 23456789.txt").write_text(text)
    (message,) = read(tmp_path, anna={"whatsapp": ["+49 151 23456789"]}).messages
    assert message.persona == "anna"
    assert message.text == "mail me at [EMAIL_1]"
    assert {message.author, message.author_id, message.channel, message.channel_id} == {"[PHONE_1]"}
    assert message.source_file == "WhatsApp Chat with [PHONE_1].txt"


def test_no_column_of_a_message_holds_personal_data(tmp_path: Path) -> None:
    private = "anna@example.org"
    row = {"author": "Anna", "author_id": private, "channel": f"dm_{private}", "text": "hi"}
    first = row | {"conversation": f"Re: {private}", "message_id": f"{private}/1"}
    second = first | {"message_id": f"{private}/2", "reply_to": f"{private}/1", "text": "you?"}
    third = first | {"message_id": "ANNA@example.org/1", "text": "the same id in capitals"}
    lost = first | {"message_id": "9", "reply_to": f"{private}/0", "text": "to one who is gone"}
    (tmp_path / private).mkdir()
    lines = "\n".join(json.dumps(each) for each in (first, second, third, lost))
    (tmp_path / private / "+49 151 23456789_chat.jsonl").write_text(lines)
    found = read(tmp_path, anna={"neutral": [private]}).messages
    assert private not in str(found).lower()
    assert "23456789" not in str(found)
    assert {m.persona for m in found} == {"anna"}
    assert {(m.author_id, m.conversation) for m in found} == {("[EMAIL_1]", "Re: [EMAIL_1]")}
    assert found[1].reply_to == found[0].message_id
    assert found[3].message_id == "neutral:9"
    assert len({m.message_id for m in found}) == 4
    assert found == read(tmp_path, anna={"neutral": [private]}).messages


def test_what_is_said_of_a_file_shows_it_with_masks(tmp_path: Path) -> None:
    (tmp_path / "Chat with +49 151 23456789.zip").write_bytes(b"PK\3\4")
    (fault,) = read(tmp_path).faults
    assert fault.where == "Chat with [PHONE_1].zip"


def test_ids_of_a_platform_are_never_masked(tmp_path: Path) -> None:
    path = write_discord(tmp_path / "a.json", [discord_message(0)], channel="5551234567")
    path.write_text(path.read_text().replace('"id": "1"', '"id": "4111111111111111"'))
    (message,) = read(tmp_path).messages
    assert (message.author_id, message.channel_id) == ("4111111111111111", "5551234567")


def test_a_message_that_is_only_links_is_a_link(tmp_path: Path) -> None:
    texts = ["https://a.example/x", "see https://a.example", "<https://a.example> http://b.example"]
    write_discord(tmp_path / "a.json", [discord_message(n, t) for n, t in enumerate(texts)])
    assert [m.kind for m in read(tmp_path).messages] == ["link", "text", "link"]


def test_unknown_and_broken_files_are_named_and_the_others_are_read(tmp_path: Path) -> None:
    write_discord(tmp_path / "a.json", [discord_message(0)])
    (tmp_path / "b.zip").write_bytes(b"PK\3\4")
    (tmp_path / "c.bin").write_bytes(bytes(range(256)))
    bad = discord_message(1)
    bad["timestamp"] = "?"
    write_discord(tmp_path / "d.json", [bad, discord_message(2)])
    found = read(tmp_path)
    assert len(found.messages) == 2
    assert found.dropped == {"unreadable": 1}
    assert [fault.where for fault in found.faults] == ["b.zip", "c.bin", "d.json"]
    assert found.read.refused == ["b.zip", "c.bin"]
    assert found.read.files == 2


@settings(max_examples=30, deadline=None)
@given(
    rows=st.lists(st.tuples(st.sampled_from("ABC"), st.sampled_from(["x", "y"])), max_size=12),
    cut=st.integers(0, 12),
)
def test_every_message_of_the_files_is_kept_or_counted(
    rows: list[tuple[str, str]], cut: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("chats")
    written: list[dict[str, Any]] = [{"author": a, "text": t, "channel": "c"} for a, t in rows]
    parts = {"whole": written, "overlap": written[:cut], "broken": [{"author": "A"}] * 2}
    for name, part in parts.items():
        text = "\n".join(json.dumps(row) for row in part)
        (folder / f"{name}.jsonl").write_text('{"author": "A", "text": "first"}\n' + text)
    found = read(folder)
    entered = 3 + len(written) + len(written[:cut]) + 2
    assert entered == len(found.messages) + found.dropped.total()
    assert len({m.message_id for m in found.messages}) == len(found.messages)


def test_the_real_exports_of_a_channel_are_merged() -> None:
    found = read(corpus("chats", "discord"), adam={"discord": ["Adam"]})
    written = len(found.messages) + found.dropped["duplicate"]
    assert written == 3 + 6 + 5 + 5 + 1 + 6 + 6 + 5 + 35 + 1 + 6
    # Four of the files state 35 messages and hold 5 or 6: somebody took the others out.
    assert found.dropped["unreadable"] == 4 * 35 - (6 + 5 + 6 + 6)
    assert len({m.message_id for m in found.messages}) == len(found.messages)
    assert sum(m.persona == "adam" for m in found.messages) > 10


@pytest.mark.timeout(20)
def test_a_long_row_of_links_without_blanks_takes_no_long_time(tmp_path: Path) -> None:
    write_discord(tmp_path / "a.json", [discord_message(0, "http://a" * 5_000 + " x")])
    (message,) = read(tmp_path).messages
    assert message.kind == "text"


def test_a_parser_that_stumbles_ends_the_reading_of_its_file_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stumbling(path: Path, *, source_file: str, beside: Any) -> Any:
        yield from neutral_parse(path, source_file=source_file, beside=beside)
        raise KeyError("what nobody thought of")

    neutral_parse = neutral.parse
    monkeypatch.setattr(neutral, "parse", stumbling)
    (tmp_path / "a.jsonl").write_text('{"author": "A", "text": "kept"}')
    write_discord(tmp_path / "b.json", [discord_message(0)])
    found = read(tmp_path)
    assert [m.text for m in found.messages] == ["kept", "hi"]
    assert "KeyError" in found.faults[0].found


@pytest.mark.parametrize("stamp", ["0001-01-01T00:00:00+00:00", "9999-12-31T23:59:59-05:00"])
def test_a_time_that_no_calendar_has_is_no_time(tmp_path: Path, stamp: str) -> None:
    never = discord_message(1, "never", timestamp=stamp)
    write_discord(tmp_path / "a.json", [discord_message(0), never])
    found = read(tmp_path)
    assert [m.timestamp is None for m in found.messages] == [False, True]
    assert "1 messages at a time that no calendar has" in found.faults[0].found


def test_clock_times_are_those_of_the_projects_zone(tmp_path: Path) -> None:
    (tmp_path / "WhatsApp Chat with Ben.txt").write_text("13/07/24, 10:00 - Ben: good morning\n")
    (found,) = read_folder(tmp_path, zone="Europe/Berlin").messages
    assert str(found.timestamp) == "2024-07-13 08:00:00+00:00"
