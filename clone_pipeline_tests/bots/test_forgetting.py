"""Who says stop is left alone for ever; who wants to be forgotten is, and is not answered twice."""

import dataclasses
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from clone_pipeline.bots.forgetting import deleted, forget_before, forget_user, stop, stopped
from clone_pipeline.bots.heard import Decision, Heard, Said
from clone_pipeline.bots.items import Item, Key
from clone_pipeline.bots.queue import Queue
from clone_pipeline.bots.queue_file import QueueFile, open_file
from clone_pipeline_tests.bots.quick_folder import quick_folder

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SECRET = "Bob's own words"
HEARD = Heard(
    "reddit", "t1_a", "r/test", "Bob", SECRET, NOW, title=f"{SECRET} as a title",
    images=("https://example.org/bob.png",), flair="bobby",
)  # fmt: skip
KEY = Key("reddit", "vtx", "t1_a")
SPEAK = Decision(True, "chance", 0.3, 0.0)
BOB = {"platform": "reddit", "author": "bob"}


@pytest.fixture
def queue() -> Iterator[Queue]:
    with quick_folder() as folder, open_file(folder / "bots.sqlite") as file:
        yield Queue(file)


def item(queue: Queue, key: Key = KEY) -> Item:
    found = queue.get(key)
    assert found is not None
    return found


def bring(queue: Queue, state: str) -> None:
    queue.seen(HEARD, "vtx", now=NOW)
    moves: dict[str, Callable[[], object]] = {
        "decided": lambda: queue.decided(KEY, SPEAK, now=NOW),
        "generating": lambda: queue.generating(KEY, now=NOW),
        "generated": lambda: queue.generated(KEY, f"You said {SECRET}", model="v3", now=NOW),
        "sending": lambda: queue.about_to_send(KEY, now=NOW),
        "sent": lambda: queue.sent(KEY, "t1_ours", now=NOW),
    }
    for move in moves.values():
        if item(queue).state != state:
            assert move()


def on_the_disk(file: QueueFile) -> bytes:
    return b"".join(p.read_bytes() for p in file.path.parent.glob("bots.sqlite*"))


@pytest.mark.parametrize("state", ["seen", "decided", "generating", "generated"])
@pytest.mark.parametrize("wish", [stop, forget_user])
def test_what_waits_for_who_says_stop_or_is_forgotten_is_given_up(
    queue: Queue, state: str, wish: object
) -> None:
    bring(queue, state)
    (stop if wish is stop else forget_user)(queue.file, **BOB, now=NOW)
    assert item(queue).state == "failed"
    assert item(queue).failure == ("stopped" if wish is stop else "forgotten")
    assert not queue.generated(KEY, "late", model="v3", now=NOW)
    assert queue.about_to_send(KEY, now=NOW) is None
    assert queue.due(NOW + timedelta(days=9), bot="vtx", platform="reddit") == []


def test_a_stop_holds_for_ever_for_all_bots_of_the_platform_and_no_other(tmp_path: Path) -> None:
    path = tmp_path / "bots.sqlite"
    with open_file(path) as file:
        stop(file, platform="reddit", author="BOB", now=NOW)
    with open_file(path) as file:
        stop(file, platform="reddit", author="bob", now=NOW + timedelta(days=1))
        assert stopped(file, platform="reddit", author="Bob") == NOW
        assert stopped(file, platform="matrix", author="Bob") is None
        queue = Queue(file)
        assert queue.seen(HEARD, "another", now=NOW)
        key = Key("reddit", "another", "t1_a")
        assert queue.decided(key, SPEAK, now=NOW)
        assert (item(queue, key).state, item(queue, key).reason) == ("silent", "stopped")
        assert item(queue, key).heard.text == "", "what they write is not kept either"


@pytest.mark.parametrize("wish", [stop, forget_user])
def test_what_is_being_sent_ends_as_it_may_but_gets_no_second_try(
    queue: Queue, wish: object
) -> None:
    bring(queue, "sending")
    (stop if wish is stop else forget_user)(queue.file, **BOB, now=NOW)
    assert item(queue).state == "sending"
    queue.recover("vtx", "reddit", lambda _: None, now=NOW)
    assert item(queue).state == "failed"


def test_what_was_being_sent_and_arrived_is_known_as_sent(queue: Queue) -> None:
    bring(queue, "sending")
    stop(queue.file, **BOB, now=NOW)
    queue.recover("vtx", "reddit", lambda _: "t1_ours", now=NOW)
    assert (item(queue).state, item(queue).sent_id) == ("sent", "t1_ours")


def test_a_second_try_that_waits_is_given_up(queue: Queue) -> None:
    bring(queue, "sending")
    queue.failed(KEY, "429", now=NOW, again_at=NOW)
    assert stop(queue.file, **BOB, now=NOW) == 1
    assert queue.about_to_send(KEY, now=NOW) is None


def test_who_is_forgotten_leaves_only_ids_even_on_the_disk_and_is_not_answered_twice(
    queue: Queue,
) -> None:
    bring(queue, "sent")
    other = dataclasses.replace(
        HEARD, message_id="t1_b", author="Ann", text="Ann's", title=SECRET, thread_author="bob",
        images=(), context=(Said("t1_a", "BOB", SECRET), Said("t1_z", "Ann", "her own")),
    )  # fmt: skip
    queue.seen(other, "vtx", now=NOW)
    assert SECRET.encode() in on_the_disk(queue.file)
    assert forget_user(queue.file, **BOB, now=NOW) == 2
    assert SECRET.encode() not in on_the_disk(queue.file)
    assert b"bob.png" not in on_the_disk(queue.file)
    assert not queue.seen(HEARD, "vtx", now=NOW)
    assert (item(queue).sent_id, item(queue).text, item(queue).erased) == ("t1_ours", None, True)
    kept = item(queue, Key("reddit", "vtx", "t1_b")).heard
    assert (kept.text, kept.title, kept.context) == ("Ann's", "", (Said("t1_z", "Ann", "her own"),))


def test_to_be_forgotten_is_not_to_be_left_alone(queue: Queue) -> None:
    forget_user(queue.file, **BOB, now=NOW)
    assert stopped(queue.file, **BOB) is None
    stop(queue.file, **BOB, now=NOW)
    forget_user(queue.file, **BOB, now=NOW)
    assert stopped(queue.file, **BOB) == NOW


def test_a_message_that_its_writer_deletes_in_time_is_not_answered(queue: Queue) -> None:
    bring(queue, "generated")
    assert deleted(queue.file, KEY, now=NOW)
    assert (item(queue).state, item(queue).failure) == ("failed", "deleted")
    assert item(queue).heard.text == ""


def test_a_message_that_is_deleted_too_late_is_erased_all_the_same(queue: Queue) -> None:
    bring(queue, "sent")
    assert not deleted(queue.file, KEY, now=NOW)
    assert (item(queue).state, item(queue).heard.text) == ("sent", "")


def test_what_is_old_and_ended_can_be_erased(queue: Queue) -> None:
    bring(queue, "sent")
    waiting = dataclasses.replace(HEARD, message_id="t1_w")
    queue.seen(waiting, "vtx", now=NOW)
    assert forget_before(queue.file, "vtx", before=NOW) == 0
    assert forget_before(queue.file, "vtx", before=NOW + timedelta(days=1)) == 1
    assert item(queue).erased
    assert item(queue, Key.of(waiting, "vtx")).heard == waiting
