from datetime import UTC, datetime, timedelta
from pathlib import Path

from clone_pipeline.bots import queue_file
from clone_pipeline.bots.heard import Decision, Heard
from clone_pipeline.bots.item_rows import first_due
from clone_pipeline.bots.items import Key
from clone_pipeline.bots.queue import Queue

NOW = datetime(2026, 1, 5, 12, tzinfo=UTC)


def test_a_channel_that_is_behind_keeps_no_other_waiting(tmp_path: Path) -> None:
    with queue_file.open_file(tmp_path / "q.sqlite") as file:
        queue = Queue(file)

        def decide(number: int, channel: str, *, delay: float) -> Key:
            heard = Heard("discord", str(number), channel, "bob", "Hello?", NOW)
            assert queue.seen(heard, "robo", now=NOW)
            assert queue.decided(key := Key.of(heard, "robo"), Decision(True, "x", None, delay),
                                 now=NOW)  # fmt: skip
            return key

        for number in range(300):
            decide(number, "busy", delay=number / 100)
        decide(300, "calm", delay=4.5)
        decide(301, "calm", delay=4.0)
        decide(302, "later", delay=60.0)
        held = decide(303, "held", delay=0.0)
        assert queue.generating(held, now=NOW)
        now = NOW + timedelta(seconds=5)

        def first(*but: str, most: int = 8) -> list[str]:
            found = first_due(file, "robo", "discord", now=now, but=but, most=most)
            return [item.key.message_id for item in found]

        assert first() == ["0", "301"]
        assert first("busy") == ["301"]
        assert first(most=1) == ["0"]
        assert first("busy", "calm") == []
        assert first_due(file, "other", "discord", now=now, but=(), most=8) == []
