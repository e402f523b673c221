"""What rules ask about the past."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from clone_pipeline.bots.forgetting import deleted, stop
from clone_pipeline.bots.heard import Decision, Heard
from clone_pipeline.bots.history import History
from clone_pipeline.bots.items import Key
from clone_pipeline.bots.past import ever_told, history, is_ours, own_words
from clone_pipeline.bots.queue import Queue
from clone_pipeline.bots.queue_file import open_file
from clone_pipeline_tests.bots.quick_folder import quick_folder

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def queue() -> Iterator[Queue]:
    with quick_folder() as folder, open_file(folder / "bots.sqlite") as file:
        yield Queue(file)


def heard(name: str, author: str = "bob", channel: str = "here", *, ours: bool = False) -> Heard:
    return Heard("discord", name, channel, author, name, NOW, ours=ours)


def decide(queue: Queue, message: Heard, at: datetime, *, delay: float = 0.0) -> Key:
    key = Key.of(message, "vtx")
    queue.seen(message, "vtx", now=at)
    queue.decided(key, Decision(True, "chance", 0.5, delay), now=at)
    return key


def answer(queue: Queue, message: Heard, at: datetime) -> None:
    key = decide(queue, message, at)
    send(queue, key, at)


def send(queue: Queue, key: Key, at: datetime) -> None:
    assert queue.generating(key, now=at)
    assert queue.generated(key, f"to {key.message_id}", model="v1", now=at)
    assert queue.about_to_send(key, now=at)
    assert queue.sent(key, f"ours {key.message_id}", now=at)


def asked(queue: Queue, message: Heard, now: datetime = NOW) -> History:
    queue.seen(message, "vtx", now=now)
    return history(queue.file, message, "vtx", now=now)


def test_a_bot_without_a_past_has_none(queue: Queue) -> None:
    assert history(queue.file, heard("1"), "vtx", now=NOW) == History()
    assert asked(queue, heard("1")) == History()


def test_replies_are_counted_by_author_and_channel_within_the_hour_and_the_day(
    queue: Queue,
) -> None:
    answer(queue, heard("old"), NOW - timedelta(hours=25))
    answer(queue, heard("morning", channel="there"), NOW - timedelta(hours=3))
    answer(queue, heard("just now", author="BOB"), NOW - 5 * MINUTE)
    answer(queue, heard("ann's", author="ann"), NOW - 4 * MINUTE)
    found = asked(queue, heard("new"))
    assert (found.to_author_hour, found.to_author_day) == (1, 2)
    assert (found.in_channel_hour, found.in_channel_day) == (2, 2)
    assert found.last_spoke == NOW - 4 * MINUTE
    assert history(queue.file, heard("new"), "another", now=NOW) == History()


def test_what_waits_counts_however_long_ago_it_was_decided_and_what_was_given_up_does_not(
    queue: Queue,
) -> None:
    decide(queue, heard("waits"), NOW - timedelta(days=3), delay=60)
    key = decide(queue, heard("failed"), NOW - MINUTE)
    queue.failed(key, "no", now=NOW)
    found = asked(queue, heard("new"))
    assert (found.to_author_hour, found.in_channel_hour, found.last_spoke) == (1, 1, None)


def test_what_may_have_been_sent_counts_as_said(queue: Queue) -> None:
    key = decide(queue, heard("1"), NOW - MINUTE)
    queue.generating(key, now=NOW)
    queue.generated(key, "hi", model="v1", now=NOW)
    queue.about_to_send(key, now=NOW)
    queue.recover("vtx", "discord", None, now=NOW)
    found = asked(queue, heard("2"))
    assert (found.last_spoke, found.to_author_hour) == (NOW, 1)


def test_a_message_is_answered_as_soon_as_its_answer_is_decided_on(queue: Queue) -> None:
    message = heard("1")
    assert not asked(queue, message).answered
    decide(queue, message, NOW)
    assert asked(queue, message).answered


def test_unanswered_are_the_words_since_somebody_else_wrote(queue: Queue) -> None:
    answer(queue, heard("1"), NOW - 9 * MINUTE)
    plan = heard("post 1", author="vtx")
    queue.planned(plan, "vtx", due=NOW - 8 * MINUTE, now=NOW - 8 * MINUTE)
    send(queue, Key.of(plan, "vtx"), NOW - 8 * MINUTE)
    queue.seen(heard("ours 1", author="vtx", ours=True), "vtx", now=NOW - 7 * MINUTE)
    assert asked(queue, heard("2")).unanswered == 2
    assert asked(queue, heard("3", author="ann")).unanswered == 0, "2 was written since"


def test_posts_are_known_when_planned_and_when_made(queue: Queue) -> None:
    plan = heard("post", author="vtx")
    queue.planned(plan, "vtx", due=NOW, now=NOW)
    found = asked(queue, heard("1"))
    assert (found.post_waiting, found.last_post, found.in_channel_hour) == (True, None, 1)
    send(queue, Key.of(plan, "vtx"), NOW)
    found = asked(queue, heard("1"))
    assert (found.post_waiting, found.last_post) == (False, NOW)


def test_stops_and_deletions_are_known(queue: Queue) -> None:
    assert asked(queue, heard("1")) == History()
    deleted(queue.file, Key("discord", "vtx", "1"), now=NOW)
    stop(queue.file, platform="discord", author="Bob", now=NOW)
    found = asked(queue, heard("1"))
    assert found.deleted
    assert found.stopped


def test_own_words_own_ids_and_whom_the_bot_has_met(queue: Queue) -> None:
    assert not ever_told(queue.file, heard("1"), "vtx", "to")
    for minute, name in enumerate("123"):
        answer(queue, heard(name), NOW + minute * MINUTE)
    assert own_words(queue.file, heard("4"), "vtx", last=2) == ["to 3", "to 2"]
    assert ever_told(queue.file, heard("4"), "vtx", "to 3")
    assert not ever_told(queue.file, heard("4"), "vtx", "to nobody")
    ours = {"platform": "discord", "bot": "vtx"}
    assert is_ours(queue.file, **ours, message_id="ours 1")
    assert not is_ours(queue.file, **ours, message_id="1")
