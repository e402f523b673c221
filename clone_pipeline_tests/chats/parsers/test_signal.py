import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clone_pipeline.chats.parsers import signal, signal_desktop
from clone_pipeline_tests.chats.parsers.exports import claims, read, survives, whole, write
from clone_pipeline_tests.chats.samples import read_partly

MARKDOWN = "Anna/chat.md"
ROWS = "Anna/data.json"


def said(body: str = "hi", **fields: Any) -> dict[str, Any]:
    return {
        "date": "2024-05-03T18:30:05.123000",
        "sender": "Anna",
        "body": body + "  ",
        "quote": "",
        "sticker": None,
        "reactions": [],
        "attachments": [],
        "deleted": False,
        "call": False,
        "missed": False,
        **fields,
    }


def markdown(row: dict[str, Any]) -> str:
    """The row as signal-export writes it to chat.md."""
    date = datetime.fromisoformat(row["date"]).strftime("%Y-%m-%d %H:%M:%S")
    if row["deleted"]:
        return f"[{date}] {row['sender']}: (This message was deleted)\n\n"
    body = row["body"]
    if row["reactions"]:
        body += "\n(- " + ", ".join(f"{name}: {sign}" for name, sign in row["reactions"]) + " -)"
    if row["sticker"]:
        body += f"\n(( {row['sticker']['emoji']} ))"
    for file in row["attachments"]:
        body += (
            "!" if file["name"].endswith("jpg") else ""
        ) + f"[{file['name']}]({file['path']})  "
    return f"[{date}] {row['sender']}: {row['quote']}{body}\n\n"


def export(root: Path, rows: list[dict[str, Any]]) -> None:
    write(root, MARKDOWN, "".join(map(markdown, rows)))
    write(root, ROWS, "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))


PHOTO = {"name": "2024-05-03_beans.jpg", "path": "./media/2024-05-03_beans.jpg"}
SOUND = {"name": "voice [1].m4a", "path": "./media/voice%20[1].m4a"}
CASES: list[tuple[dict[str, Any], str, str | None]] = [
    (said("the beans\n\nare up: all of them"), "text", "the beans\n\nare up: all of them"),
    (said("yes", quote="\n\n> did the beans\n> come up?\n\n"), "text", "yes"),
    (said("> quoted by hand"), "text", "> quoted by hand"),
    (said("nice", reactions=[["Ben", "👍"], ["Me", "🌱"]]), "text", "nice"),
    (said("", reactions=[["Ben", "👍"]], attachments=[PHOTO, SOUND]), "image", ""),
    (said("look", attachments=[PHOTO]), "text", "look"),
    (said("", attachments=[SOUND]), "voice", ""),
    (said("", sticker={"emoji": "🌱", "id": "1"}), "sticker", "🌱"),
    (said("gone", deleted=True), "deleted", ""),
    (said("Incoming voice call (accepted, 2m 3s)", call=True), "call", None),
    (said("Missed video call", call=True), "call", None),
    (said("session reset", sender="No-Sender"), "system", "session reset"),
    (said("see [this](https://a.example)"), "text", "see [this](https://a.example)"),
    (said(""), "text", ""),
]


@pytest.mark.parametrize(("row", "kind", "text"), CASES)
@pytest.mark.parametrize("name", [MARKDOWN, ROWS])
def test_every_kind_in_both_files(
    tmp_path: Path, name: str, row: dict[str, Any], kind: str, text: str | None
) -> None:
    export(tmp_path, [said("before"), row, said("after")])
    found = whole(signal, tmp_path, name)
    assert [m.text for m in found[::2]] == ["before", "after"]
    meant = row["body"].strip() if text is None else text
    assert (found[1].kind, found[1].text) == (kind, meant)
    assert (found[1].author, found[1].channel) == (row["sender"], "Anna")
    assert found[1].timestamp == datetime(2024, 5, 3, 18, 30, 5, tzinfo=UTC)


def test_both_files_of_a_chat_give_the_same_ids(tmp_path: Path) -> None:
    rows = [row for row, _, _ in CASES] * 2
    export(tmp_path, rows)
    ids = [[m.message_id for m in whole(signal, tmp_path, name)] for name in (MARKDOWN, ROWS)]
    assert ids[0] == ids[1]
    assert len(set(ids[0])) == len(rows)


def test_times_are_those_of_the_exporting_computers_clock() -> None:
    assert signal.LOCAL_TIMES is True
    assert not hasattr(signal_desktop, "LOCAL_TIMES")


@pytest.mark.parametrize(
    ("text", "claimed"),
    [
        ("[2019-12-24, 12:23] Jane Doe: Hello\n[2019-12-25, 12:23] Me: Ha\n", True),
        ("[2019-12-24 12:23] Jane: Hello  \n\n[2019-12-25 12:23] Me: Ha  \n", True),
        ("[2019-12-24 12:23:01] Jane: Hello  \n", True),
        ("[2019-12-24 12:23:01] Jane: Hello\n[2019-12-24 12:24:01] Me: no\n", False),
        ("[2019-12-24, 12:23:01] Jane: Hello\n", False),
        ("[24.12.19, 12:23:01] Jane: Hello\n\n", False),
        ("[2019-12-24 12:23:01] <jane> hello: you  \n", False),
        ("[2019-12-24, 12:23] jane joined\n", False),
        ('{"author": "Jane", "text": "hi"}\n', False),
        ('{"date": "2019-12-24", "sender": "Jane", "text": "hi"}\n', False),
        ("", False),
    ],
)
def test_only_its_own_files_are_claimed(tmp_path: Path, text: str, claimed: bool) -> None:
    assert claims(signal, write(tmp_path, "x.txt", text)) is claimed


def test_broken_lines_are_counted(tmp_path: Path) -> None:
    rows = [json.dumps(row) for row in (said(), said(date="noon"), said())]
    write(tmp_path, ROWS, "\n".join([*rows[:2], "{", "7", *rows[2:]]))
    found, told = read(signal, tmp_path, ROWS)
    assert (len(found), told and told.lost) == (2, 3)
    write(tmp_path, MARKDOWN, "[2019-12-24, 12:23] A: x\n[2019-13-24, 12:23] A: y\n")
    found, told = read(signal, tmp_path, MARKDOWN)
    assert ([m.text for m in found], told and told.lost) == (["x"], 1)


@given(cut=st.integers(0, 3000), noise=st.binary(max_size=6))
def test_no_damage_raises_anything_undeclared(
    cut: int, noise: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    root = tmp_path_factory.mktemp("signal")
    export(root, [row for row, _, _ in CASES])
    for name in (MARKDOWN, ROWS):
        survives(signal, root / name, lambda raw: raw[:cut] + noise + raw[cut + 1 :])


@pytest.mark.parametrize(
    "start",
    [
        "[2024-05-03 18:30:05] Anna: ",
        '{"date": "2024-05-03T18:30:05", "sender": "Anna", "body": "',
    ],
)
def test_a_line_longer_than_any_message_is_lost_alone(tmp_path: Path, start: str) -> None:
    path = tmp_path / "x"
    ends = '", "attachments": []}' if start.startswith("{") else "  "
    path.write_text(f"{start}hi{ends}\n\n{start}{'x' * (9 << 20)}{ends}\n")
    found, told = read_partly(signal, path, source_file=MARKDOWN)
    assert [m.text for m in found] == ["hi"]
    assert told is not None
    assert told.lost == 1
