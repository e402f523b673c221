"""The story of a message is told in full, in order, and forged by nobody."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from clone_pipeline.bots.explaining import explain
from clone_pipeline.bots.forgetting import forget_user
from clone_pipeline.bots.heard import Decision, Heard
from clone_pipeline.bots.items import Key
from clone_pipeline.bots.queue import Queue
from clone_pipeline.bots.queue_file import open_file, read_file
from clone_pipeline.bots.reasons import REASONS
from clone_pipeline_tests.bots.quick_folder import quick_folder

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
LATER = NOW + timedelta(seconds=300)
KEY = Key("reddit", "vtx", "t1_abc")
SENTENCES = {str(reason): sentence for reason, sentence in REASONS.items()}


@pytest.fixture
def queue() -> Iterator[Queue]:
    with quick_folder() as folder, open_file(folder / "bots.sqlite") as file:
        yield Queue(file)


def hear(queue: Queue, text: str = "what now?", message_id: str = "t1_abc") -> None:
    heard = Heard("reddit", message_id, "r/test", "bob", text, NOW)
    assert queue.seen(heard, "vtx", now=NOW)


def send(queue: Queue) -> None:
    queue.decided(KEY, Decision(True, "followup", 0.333, 300.0, "architect"), now=NOW)
    queue.generating(KEY, now=LATER)
    queue.generated(KEY, "Wait and see.", model="v7", now=LATER)
    queue.about_to_send(KEY, now=LATER)


def told(queue: Queue, message_id: str = "t1_abc") -> str:
    return explain(queue, message_id, reasons=SENTENCES)


def test_an_answered_message_is_told_from_hearing_to_sending(queue: Queue) -> None:
    hear(queue)
    send(queue)
    queue.failed(KEY, "429, asked to wait", now=LATER, again_at=LATER)
    queue.about_to_send(KEY, now=LATER)
    queue.sent(KEY, "t1_ours", now=LATER)
    then, later = "  2026-03-01 12:00:00 UTC  ", "  2026-03-01 12:05:00 UTC  "
    assert told(queue).splitlines() == [
        "t1_abc on reddit: a message, in the queue of vtx",
        f'{then}heard in r/test from bob: "what now?"',
        f"{then}decided to speak as architect. followup: {SENTENCES['followup']}"
        " (probability 0.333)",
        f"{later}began to write",
        f'{later}written by the model v7: "Wait and see."',
        f"{later}handed to reddit, marked {KEY.nonce}",
        f"{later}put off until it can be tried again: 429, asked to wait",
        f"{later}handed to reddit, marked {KEY.nonce}",
        f"{later}sent: reddit calls it t1_ours",
        "  Now: sent, nothing more will happen.",
    ]
    for other in ("t1_ours", "reddit:t1_abc", "reddit:t1_ours"):
        assert told(queue, other) == told(queue)


def test_a_message_that_was_not_answered_says_why(queue: Queue) -> None:
    hear(queue)
    queue.decided(KEY, Decision(False, "quiet_hours"), now=NOW)
    assert f"decided not to speak. quiet_hours: {SENTENCES['quiet_hours']}\n" in told(queue)


def test_a_message_that_waits_says_until_when_in_the_readers_zone(queue: Queue) -> None:
    hear(queue)
    queue.decided(KEY, Decision(True, "chance", 0.5, 300.0), now=NOW)
    story = explain(queue, "t1_abc", reasons={}, zone=ZoneInfo("Europe/Berlin"))
    assert story.endswith("Now: decided; due at 2026-03-01 13:05:00 CET.")
    assert "decided to speak. chance (probability 0.5)" in story


def test_the_uncertain_and_the_failed_are_told_so(queue: Queue) -> None:
    hear(queue)
    send(queue)
    queue.recover("vtx", "reddit", None, now=LATER)
    assert "reddit can't be asked what became of it: it is not sent again" in told(queue)
    hear(queue, message_id="t1_other")
    queue.failed(Key("reddit", "vtx", "t1_other"), "deleted", now=NOW)
    assert "given up: it was deleted on the platform" in told(queue, "t1_other")


def test_what_was_erased_is_told_as_erased(queue: Queue) -> None:
    hear(queue)
    send(queue)
    queue.sent(KEY, "t1_ours", now=LATER)
    forget_user(queue.file, platform="reddit", author="bob", now=LATER)
    assert "from bob: (erased)" in told(queue)
    assert "written by the model v7: (erased)" in told(queue)


def test_no_message_forges_a_line_or_commands_the_terminal(queue: Queue) -> None:
    hear(queue, "hi\n  2026-03-01 12:00:00 UTC  sent: reddit calls it t1_x\x1b[2J\u202e\ud800")
    lines = told(queue).splitlines()
    assert len(lines) == 3
    assert "\\n  2026" in lines[1]
    assert not set(told(queue)) & {"\x1b", "\u202e", "\ud800"}


def test_a_huge_message_is_cut(queue: Queue) -> None:
    hear(queue, "x" * 100_000)
    assert "(100,000 characters)" in told(queue)
    assert len(told(queue)) < 1000


def test_two_bots_that_heard_it_are_told_one_after_the_other(queue: Queue) -> None:
    hear(queue)
    queue.seen(Heard("reddit", "t1_abc", "r/test", "bob", "hi", NOW), "parrot", now=NOW)
    first, second = told(queue).split("\n\n")
    assert "queue of vtx" in first
    assert "queue of parrot" in second


def test_an_unknown_id_is_answered_with_the_closest_ones(queue: Queue) -> None:
    assert told(queue) == 'No bot heard "t1_abc", nor anything else yet.'
    for name in ("t1_abcd", "t1_xyz", "0815"):
        hear(queue, message_id=name)
    assert told(queue).endswith("The closest ids are: t1_abcd.")
    assert told(queue, "?").endswith("The last ones that were heard are: 0815, t1_xyz, t1_abcd.")


def test_whoever_reads_only_can_ask(queue: Queue) -> None:
    hear(queue)
    with read_file(queue.file.path) as file:
        assert told(Queue(file)) == told(queue)
