"""The queue moves forward only, once, and is on the disk at every step."""

import dataclasses
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from clone_pipeline.bots.heard import Decision, Heard, Said
from clone_pipeline.bots.items import Item, Key
from clone_pipeline.bots.queue import Queue
from clone_pipeline.bots.queue_file import open_file
from clone_pipeline_tests.bots.quick_folder import quick_folder

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
LATER = NOW + timedelta(seconds=400)
HEARD = Heard("reddit", "t1_a", "r/test", "bob", "hi", NOW, context=(Said("t3_x", "ann", "old"),))
KEY = Key("reddit", "vtx", "t1_a")
SPEAK = Decision(True, "chance", 0.3, 300.0, "architect")


@pytest.fixture
def queue() -> Iterator[Queue]:
    with quick_folder() as folder, open_file(folder / "bots.sqlite") as file:
        yield Queue(file)


def item(queue: Queue, key: Key = KEY) -> Item:
    found = queue.get(key)
    assert found is not None
    return found


def bring(queue: Queue, state: str) -> None:
    """Take the message as far as that state."""
    assert queue.seen(HEARD, "vtx", now=NOW)
    moves: dict[str, Callable[[], object]] = {
        "decided": lambda: queue.decided(KEY, SPEAK, now=NOW),
        "generating": lambda: queue.generating(KEY, now=LATER),
        "generated": lambda: queue.generated(KEY, "hello", model="v3", now=LATER),
        "sending": lambda: queue.about_to_send(KEY, now=LATER),
        "sent": lambda: queue.sent(KEY, "t1_ours", now=LATER),
    }
    for reached, move in moves.items():
        if item(queue).state != state:
            assert move()
            assert item(queue).state == reached


def test_every_step_is_there_for_the_next_life(tmp_path: Path) -> None:
    path = tmp_path / "bots.sqlite"
    with open_file(path) as file:
        bring(Queue(file), "sent")
    with open_file(path) as file:
        kept = item(Queue(file))
    assert kept == Item(
        KEY, "reply", "sent", HEARD, "chance", 0.3, "architect", NOW + timedelta(seconds=300), 1,
        "hello", "v3", KEY.nonce, "t1_ours", "", False,
    )  # fmt: skip


def test_a_message_is_seen_once_by_each_bot(queue: Queue) -> None:
    assert queue.seen(HEARD, "vtx", now=NOW)
    assert not queue.seen(dataclasses.replace(HEARD, text="edited"), "vtx", now=LATER)
    assert queue.seen(HEARD, "other", now=NOW)
    assert queue.seen(dataclasses.replace(HEARD, platform="matrix"), "vtx", now=NOW)
    assert item(queue).heard.text == "hi"


@pytest.mark.parametrize("state", ["decided", "generating", "generated", "sending", "sent"])
def test_a_known_message_is_not_seen_again_in_whatever_state(queue: Queue, state: str) -> None:
    bring(queue, state)
    assert not queue.seen(HEARD, "vtx", now=LATER)
    assert not queue.decided(KEY, Decision(False, "ours"), now=LATER)
    assert item(queue).state == state


def test_a_delay_survives_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "bots.sqlite"
    with open_file(path) as file:
        bring(Queue(file), "decided")
    with open_file(path) as file:
        queue, due = Queue(file), NOW + timedelta(seconds=300)
        assert queue.next_due(bot="vtx", platform="reddit") == due
        almost = due - timedelta(microseconds=1)
        assert queue.due(almost, bot="vtx", platform="reddit") == []
        assert [found.key for found in queue.due(due, bot="vtx", platform="reddit")] == [KEY]
        assert queue.due(due, bot="other", platform="reddit") == []


def test_of_many_threads_one_sees_it_and_one_gets_it(queue: Queue) -> None:
    won: list[str] = []
    barrier = threading.Barrier(8)

    def work() -> None:
        barrier.wait()
        if queue.seen(HEARD, "vtx", now=NOW):
            won.append("seen")
            queue.decided(KEY, SPEAK, now=NOW)
        while item(queue).state == "seen":
            pass
        if queue.generating(KEY, now=LATER):
            won.append("generating")

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert won == ["seen", "generating"]


@pytest.mark.parametrize("state", ["generating", "sending"])
def test_what_somebody_has_in_hands_nobody_else_gets(queue: Queue, state: str) -> None:
    bring(queue, state)
    assert queue.due(LATER, bot="vtx", platform="reddit") == []
    assert queue.next_due(bot="vtx", platform="reddit") is None
    assert not queue.generating(KEY, now=LATER)
    assert queue.about_to_send(KEY, now=LATER) is None


def test_a_second_try_is_the_same_step_later_with_the_same_nonce(queue: Queue) -> None:
    bring(queue, "sending")
    again = LATER + timedelta(seconds=60)
    assert queue.failed(KEY, "429", now=LATER, again_at=again)
    assert queue.due(LATER, bot="vtx", platform="reddit") == []
    (waiting,) = queue.due(again, bot="vtx", platform="reddit")
    assert (waiting.state, waiting.attempts, waiting.failure) == ("sending", 1, "429")
    assert queue.unfinished("vtx", "reddit") == [], "the platform refused it: nothing to look up"
    assert queue.about_to_send(KEY, now=again) == waiting.nonce == KEY.nonce
    assert item(queue).attempts == 2
    assert queue.failed(KEY, "403", now=again)
    assert item(queue).failure == "403"
    assert not queue.failed(KEY, "403", now=again, again_at=again)


def test_who_is_cut_off_while_generating_has_its_item_due_again(queue: Queue) -> None:
    bring(queue, "generating")
    assert queue.recover("vtx", "reddit", None, now=LATER) == []
    assert [found.state for found in queue.due(LATER, bot="vtx", platform="reddit")] == [
        "generating"
    ]
    assert queue.generating(KEY, now=LATER)
    assert item(queue).attempts == 2


def test_who_is_cut_off_before_a_decision_gets_the_message_again(queue: Queue) -> None:
    queue.seen(HEARD, "vtx", now=NOW)
    assert [found.heard for found in queue.recover("vtx", "reddit", None, now=LATER)] == [HEARD]


def test_a_platform_that_does_not_answer_leaves_the_question_open(queue: Queue) -> None:
    def unreachable(_: Item) -> str | None:
        raise ConnectionError

    bring(queue, "sending")
    with pytest.raises(ConnectionError):
        queue.recover("vtx", "reddit", unreachable, now=LATER)
    assert [found.state for found in queue.unfinished("vtx", "reddit")] == ["sending"]
    queue.recover("vtx", "reddit", lambda found: f"{found.nonce}!", now=LATER)
    assert item(queue).sent_id == f"{KEY.nonce}!"


def test_a_post_is_planned_once_for_its_occasion(queue: Queue) -> None:
    plan = Heard("reddit", "post:2026-03-01T18", "r/test", "vtx", "", NOW, kind="submission")
    assert queue.planned(plan, "vtx", due=LATER, now=NOW, speaker="architect")
    assert not queue.planned(plan, "vtx", due=LATER, now=NOW)
    (due,) = queue.due(LATER, bot="vtx", platform="reddit")
    assert (due.task, due.state, due.speaker) == ("post", "decided", "architect")


def test_a_message_that_was_never_seen_is_an_error(queue: Queue) -> None:
    for call in (queue.generating, queue.about_to_send):
        with pytest.raises(LookupError, match="t1_a"):
            call(KEY, now=NOW)


def test_of_several_steps_in_a_transaction_all_are_kept_or_none(queue: Queue) -> None:
    def cut_short() -> None:
        with queue.file.transaction():
            queue.seen(HEARD, "vtx", now=NOW)
            queue.decided(KEY, SPEAK, now=NOW)
            raise ConnectionError

    with pytest.raises(ConnectionError):
        cut_short()
    assert queue.get(KEY) is None


def test_whoever_shows_the_status_is_told_of_every_change_and_of_nothing_else(
    queue: Queue,
) -> None:
    told: list[str] = []
    queue.file.on_change = lambda: told.append(item(queue).state)
    bring(queue, "sent")
    queue.seen(HEARD, "vtx", now=NOW)
    assert told == ["seen", "decided", "generating", "generated", "sending", "sent"]
