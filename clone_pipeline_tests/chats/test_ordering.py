import random
from datetime import timedelta
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from clone_pipeline import records, tables
from clone_pipeline.chats import sessions, survey
from clone_pipeline.chats.ordering import in_order
from clone_pipeline.chats.survey import surveyed
from clone_pipeline.records import Message
from clone_pipeline.tables import Stored
from clone_pipeline_tests.chats.samples import START, message
from clone_pipeline_tests.chats.whole import UNCLEANED, conversed


def ordered(folder: Path, messages: list[Message], *, rows: int) -> list[str]:
    path = folder / "messages.parquet"
    table = records.to_table(messages, records.MESSAGES)
    pq.write_table(table, path, row_group_size=rows)
    stored = Stored(path, records.MESSAGES)
    parts = list(in_order(stored, surveyed(stored), ["message_id"], []))
    assert all(len(codes) == part.num_rows for part, codes in parts)
    return [own for part, _ in parts for own in part["message_id"].to_pylist()]


@pytest.mark.parametrize("most_runs", [1, 2, 16])
@pytest.mark.parametrize("seed", range(8))
def test_each_channels_messages_come_together_and_in_order_of_time(
    tmp_path: Path, seed: int, most_runs: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(survey, "MOST_RUNS", most_runs)
    monkeypatch.setattr("clone_pipeline.chats.ordering.MOST_RUNS", most_runs)
    draw = random.Random(seed)
    listed = []
    for run in range(draw.randint(1, 9)):
        start = draw.randint(0, 500)
        for step in range(draw.randint(1, 12)):
            at = START + timedelta(seconds=60 * start + 7 * step)
            channel = draw.choice(["hall", "hall", "room"])
            own = message(100 * run + step, timestamp=at, channel_id=channel)
            listed.append(own)
    found = ordered(tmp_path, listed, rows=draw.choice([2, 5, 1000]))
    by_id = {m.message_id: m for m in listed}
    assert sorted(found) == sorted(by_id)
    for channel in ("hall", "room"):
        places = [n for n, own in enumerate(found) if by_id[own].channel_id == channel]
        assert places == list(range(places[0], places[0] + len(places))) if places else True
        times = [by_id[found[place]].timestamp for place in places]
        assert times == sorted(times)  # type: ignore[type-var]


def test_parts_in_the_wrong_order_are_not_held_in_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = [message(n, timestamp=START + timedelta(days=9, seconds=n)) for n in range(40)]
    earlier = [message(100 + n, timestamp=START + timedelta(seconds=n)) for n in range(40)]
    monkeypatch.setattr("clone_pipeline.chats.ordering._sorted", None)
    found = ordered(tmp_path, [*later, *earlier], rows=16)
    assert found == [m.message_id for m in (*earlier, *later)]


def test_who_never_is_silent_is_cut_at_the_longest_silence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sessions, "LONGEST", 50)
    monkeypatch.setattr("clone_pipeline.chats.conversing.ROWS", 20)
    listed = [
        message(
            n, timestamp=START + timedelta(seconds=10 * n + 100 * (n >= 30)), author="ab"[n % 2]
        )
        for n in range(80)
    ]
    turns, dropped = conversed(listed, **UNCLEANED)
    starts = [turn.message_ids[0] for turn in turns if turn.turn == 0]
    assert starts[:2] == ["neutral:0", "neutral:30"]
    assert sum(len(turn.message_ids) for turn in turns) == 80
    assert not dropped


def test_a_table_that_a_killed_process_left_half_written_is_swept_away(tmp_path: Path) -> None:
    left = tmp_path / ".messages.parquet.999999999.part"
    left.write_bytes(b"half")
    with tables.growing(tmp_path / "messages.parquet", records.MESSAGES) as table:
        table.add(records.to_table([message(1)], records.MESSAGES))
        grown = table.finish()
    assert not left.exists()
    with pytest.raises(ZeroDivisionError), grown.unless_it_fails():
        _ = 1 / 0
    assert list(tmp_path.iterdir()) == []
