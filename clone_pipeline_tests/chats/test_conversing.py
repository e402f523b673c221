from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from clone_pipeline import records
from clone_pipeline.chats import conversing
from clone_pipeline.records import Kind, Message
from clone_pipeline.scale.mapping import in_process
from clone_pipeline.tables import Stored, growing
from clone_pipeline_tests.chats.whole import conversed
from clone_pipeline_tests.scale.pooled import ready_map

TEXTS = (
    "did you see the lighthouse at the end of the harbour last night?",
    "<@12345678901234567> look at https://example.org/a and tell me",
    "good night",
    "same old same old same old same old same old same old",
    "ok",
    "!price of bread",
    "\ttabs  and a :pepe: <:pepe:123456789012345678>",
    "DID YOU see the lighthouse, at the end of the harbour, last night",
    "@everyone come here",
    "",
)
KINDS: tuple[Kind, ...] = ("text", "text", "image", "text", "system", "text", "bot")


def chat(count: int) -> list[Message]:
    """Messages of three people in one channel, with every kind of text and silences."""
    start = datetime(2024, 3, 1, tzinfo=UTC)
    return [
        Message(
            message_id=f"neutral:{number}",
            platform="neutral",
            channel_id="room",
            channel="room",
            timestamp=start + timedelta(seconds=number * 40 + number // 17 * 900),
            author_id=f"neutral:{number * 7 % 3}",
            author=("Anna", "Ben", "Carl")[number * 7 % 3],
            persona="anna" if number * 7 % 3 == 0 else None,
            kind=KINDS[number % len(KINDS)],
            text=TEXTS[number % len(TEXTS)] + (f" {number}" if number % 11 else ""),
            reply_to=f"neutral:{number - 3}" if number % 5 == 0 and number > 3 else None,
            source_file="chat.jsonl",
            conversation=None,
        )
        for number in range(count)
    ]


@pytest.mark.parametrize("near", [False, True])
def test_two_processes_make_the_conversations_that_one_makes(
    monkeypatch: pytest.MonkeyPatch, near: bool
) -> None:
    monkeypatch.setattr(conversing, "ROWS", 50)
    messages = chat(1500)
    one = conversed(messages, near_duplicates=near, ender="cut_after")
    with ready_map(2) as mapped:
        two = conversed(messages, near_duplicates=near, ender="cut_after", mapped=mapped)
    assert one == two
    turns, dropped = one
    assert len(turns) > 50
    assert {"image", "exact_duplicate", "repetition", "after_ender"} <= set(dropped)
    assert ("near_duplicate" in dropped) == near


def test_few_messages_start_no_process(tmp_path: Path) -> None:
    path = tmp_path / "messages.parquet"
    with growing(path, records.MESSAGES) as table:
        table.add(records.to_table(chat(3), records.MESSAGES))
        table.finish().settle()
    stored = Stored(path, records.MESSAGES)
    with conversing.map_for(stored, processes=9) as mapped:
        assert mapped is in_process


def test_many_messages_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conversing, "MANY", 0)
    with conversing.map_for(Stored(tmp_path / "none", records.MESSAGES), processes=2) as mapped:
        assert mapped is not in_process
