import json
import random
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from clone_pipeline import tables
from clone_pipeline.chats import columns
from clone_pipeline.chats.export_names import natural
from clone_pipeline.chats.parsers import discord_runs, json_array
from clone_pipeline_tests.chats.samples import START, discord_message, write_discord
from clone_pipeline_tests.chats.whole import read_folder


def neutral(path: Path, rows: list[dict[str, Any]]) -> None:
    path.write_text("\n".join(json.dumps(row) for row in rows))


def chat(channel: str, *numbers: int, author: str = "Ben") -> list[dict[str, Any]]:
    """Rows that are numbered from 1 in each chat, each an answer to the one before."""
    return [
        {
            "author": author,
            "text": f"{channel}{n}",
            "message_id": str(n),
            "channel": channel,
            "reply_to": str(n - 1) if n > 1 else None,
            "timestamp": (START + timedelta(seconds=n + 1000 * ord(channel))).isoformat(),
        }
        for n in numbers
    ]


def answered(folder: Path) -> dict[str, str]:
    """What each text answers, as texts."""
    found = read_folder(folder).messages
    texts = {message.message_id: message.text for message in found}
    assert len(texts) == len(found)
    return {message.text: texts[message.reply_to] for message in found if message.reply_to}


def test_chats_of_one_file_that_number_their_rows_alike_answer_their_own(tmp_path: Path) -> None:
    neutral(tmp_path / "all.jsonl", [*chat("a", 1, 2), *chat("b", 1, 2), *chat("c", 1, 2)])
    assert answered(tmp_path) == {"a2": "a1", "b2": "b1", "c2": "c1"}


def test_a_renamed_message_has_one_name_in_overlapping_files(tmp_path: Path) -> None:
    neutral(tmp_path / "1.jsonl", chat("a", 1, 2, 3))
    neutral(tmp_path / "2.jsonl", chat("b", 1, 2, 3))
    neutral(tmp_path / "3.jsonl", chat("b", 1, 2, 3, 4))
    expected = {"a2": "a1", "a3": "a2", "b2": "b1", "b3": "b2", "b4": "b3"}
    assert answered(tmp_path) == expected
    assert read_folder(tmp_path).dropped == {"duplicate": 3}


def versions(draw: random.Random, channel: str, number: int) -> list[dict[str, Any]]:
    """Some messages of a channel in order, a few of them edited or told twice."""
    base, first = (0, 500)[channel == "78"], draw.randint(0, 20)
    listed = []
    for n in range(first, first + draw.randint(0, 25)):
        message = discord_message(base + n, f"v{number} of {n}", author=str(draw.randint(1, 3)))
        if draw.random() < 0.3:
            edited = START + timedelta(seconds=draw.randint(0, 3))
            message["timestampEdited"] = edited.isoformat()
        listed += [message] * draw.choice([1, 1, 1, 1, 2, 0])
    return listed


@pytest.mark.parametrize("seed", range(12))
def test_random_overlaps_merge_as_one_after_the_other_would(
    tmp_path: Path, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    draw = random.Random(seed)
    monkeypatch.setattr(json_array, "SLICE_BYTES", draw.choice([400, 2000, 1 << 19]))
    monkeypatch.setattr(tables, "GROUP_ROWS", draw.choice([3, 7, 1 << 16]))
    monkeypatch.setattr(columns, "ROWS", draw.choice([1, 5, 1024]))
    monkeypatch.setattr(discord_runs, "SLICES", draw.choice([1, 2, 8]))
    written: dict[str, list[dict[str, Any]]] = {}
    for number in range(draw.randint(1, 5)):
        channel = draw.choice(["77", "78"])
        name = f"c{channel} [part {number}].json"
        written[name] = versions(draw, channel, number)
        write_discord(tmp_path / name, written[name], channel=channel)
    stands: dict[str, tuple[str, str]] = {}
    for name in sorted(written, key=natural):
        for message in written[name]:
            edited = message["timestampEdited"] or ""
            if edited >= stands.get(message["id"], ("", ""))[0]:
                stands[message["id"]] = (edited, message["content"])
    found = read_folder(tmp_path)
    assert {m.message_id: m.text for m in found.messages} == {
        f"discord:{own}": text for own, (_, text) in stands.items()
    }
    entered = sum(len(listed) for listed in written.values())
    assert found.dropped.total() == entered - len(stands)
