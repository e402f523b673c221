"""The assets `messages` and `conversations`: their funnels, and what a folder of anything does."""

import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from clone_pipeline_tests.chats.samples import discord_message, write_discord
from clone_pipeline_tests.defs import opened
from clone_pipeline_tests.defs.small_project import make_project

SELECTION = "messages or conversations"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A project without any chat."""
    (tmp_path / "base").mkdir()
    made = make_project(tmp_path / "p", base=tmp_path / "base", url=None, documents=False)
    for path in (made / "raw_input/chats").iterdir():
        path.unlink()
    return made


def counted(folder: Path, stage: str) -> dict[str, Any]:
    return dict(json.loads((folder / f"data/funnel/{stage}.json").read_text(encoding="utf-8")))


def test_overlapping_exports_add_up(folder: Path) -> None:
    chats = folder / "raw_input/chats"
    write_discord(chats / "a.json", [discord_message(n, f"text {n}") for n in range(10)])
    write_discord(chats / "b.json", [discord_message(n, f"text {n}") for n in range(5, 15)])
    assert opened.run(folder, SELECTION).succeeded
    count = counted(folder, "messages")
    assert (count["in"], count["kept"], count["dropped"]) == (20, 15, {"duplicate": 5})
    assert counted(folder, "conversations")["in"] == 15


def test_a_folder_of_anything_is_read_and_what_is_refused_stands_in_the_funnel(
    folder: Path, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    chats = folder / "raw_input/chats"
    write_discord(chats / "good.json", [discord_message(0, "hello")])
    whole = write_discord(chats / "cut.json", [discord_message(n) for n in range(50, 60)])
    whole.write_bytes(whole.read_bytes()[:-900])
    (chats / "random.bin").write_bytes(bytes(range(256)) * 40)
    (chats / "empty.txt").touch()
    (chats / "line.txt").write_bytes(b"x" * (50 << 20))
    (chats / "latin.csv").write_bytes(b"author,text\nBen,gr\xfc\xdfe\n")
    (chats / "link.txt").symlink_to("/etc/hostname")
    caplog.set_level("INFO")
    assert opened.run(folder, SELECTION).succeeded
    refused = counted(folder, "messages")["refused"]
    assert sorted(refused) == ["empty.txt", "line.txt", "link.txt", "random.bin"]
    texts = pq.read_table(folder / "data/messages.parquet")["text"].to_pylist()
    assert "hello" in texts
    assert any("gr" in text for text in texts)
    told = caplog.text + capsys.readouterr().err
    for name in (*refused, "cut.json"):
        assert name in told


def test_if_nothing_can_be_read_the_run_says_so_and_leaves_nothing(folder: Path) -> None:
    (folder / "raw_input/chats/random.bin").write_bytes(bytes(range(256)))
    outcome = opened.run(folder, SELECTION)
    assert not outcome.succeeded
    assert "random.bin" in str(outcome.failures)
    assert not [path.name for path in (folder / "data").glob(".*.part")]
