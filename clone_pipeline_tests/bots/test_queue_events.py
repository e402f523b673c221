"""Whatever happens, and in whatever order: an item moves forward only, and is never forgotten."""

import dataclasses
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clone_pipeline.bots.forgetting import forget_user, stop
from clone_pipeline.bots.heard import Decision, Heard, Said
from clone_pipeline.bots.item_rows import items, steps
from clone_pipeline.bots.items import ENDS, STATES, Item, Key, as_json, from_json
from clone_pipeline.bots.queue import Queue
from clone_pipeline.bots.queue_file import open_file
from clone_pipeline.bots.stamps import stamp
from clone_pipeline_tests.bots.quick_folder import quick_folder
from clone_pipeline_tests.bots.test_queue import HEARD, KEY, NOW, SPEAK, item


@given(st.builds(
    Heard, st.just("discord"), st.text(max_size=5), st.text(max_size=5), st.text(max_size=5),
    st.text(st.characters(), max_size=50), st.just(NOW), title=st.text(st.characters()),
    thread_started=st.none() | st.just(NOW), mentions=st.tuples(st.text()),
    context=st.tuples(st.builds(Said, st.text(), st.text(), st.text(st.characters()))),
))  # fmt: skip
def test_what_was_heard_is_read_back_as_it_was_whatever_stands_in_it(heard: Heard) -> None:
    assert from_json(as_json(heard)) == heard


def test_half_a_surrogate_pair_and_a_huge_message_are_kept() -> None:
    with quick_folder() as folder, open_file(folder / "q") as file:
        keeps_odd_texts(Queue(file))


def keeps_odd_texts(queue: Queue) -> None:
    odd = dataclasses.replace(HEARD, text="\ud800\x00" + "x" * 100_000, author="\udc00")
    assert queue.seen(odd, "vtx", now=NOW)
    assert item(queue).heard == odd
    queue.decided(KEY, SPEAK, now=NOW)
    queue.generating(KEY, now=NOW)
    assert queue.generated(KEY, "\ud800 yes", model="v3", now=NOW)
    assert item(queue).text == "? yes"


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="names no time zone"):
        stamp(datetime(2026, 3, 1))


EVENTS = (
    "seen", "silent", "decided", "generating", "generated", "about_to_send", "sent", "failed",
    "again", "found", "not there", "cannot be asked", "stop", "forget",
)  # fmt: skip


LIVELY = ("seen", "decided", "generating", "generated", "about_to_send", "sent", "again")


def happen(queue: Queue, event: str, key: Key, now: datetime) -> None:
    """One event, in whatever state the item is; an unknown message can't have any but "seen"."""
    heard = dataclasses.replace(HEARD, message_id=key.message_id, author=f"by {key.message_id}")
    known, again = queue.get(key), now + timedelta(seconds=1)
    if event == "seen":
        assert queue.seen(heard, key.bot, now=now) == (known is None)
    elif known is not None:
        moves: dict[str, Callable[[], object]] = {
            "silent": lambda: queue.decided(key, Decision(False, "ours"), now=now),
            "decided": lambda: queue.decided(key, SPEAK, now=now),
            "generating": lambda: queue.generating(key, now=now),
            "generated": lambda: queue.generated(key, str(now), model="v1", now=now),
            "about_to_send": lambda: queue.about_to_send(key, now=now),
            "sent": lambda: queue.sent(key, f"ours {now}", now=now),
            "failed": lambda: queue.failed(key, "no", now=now),
            "again": lambda: queue.failed(key, "not now", now=now, again_at=again),
            "found": lambda: queue.settle(known, lambda _: "found", now=now),
            "not there": lambda: queue.settle(known, lambda _: None, now=now),
            "cannot be asked": lambda: queue.settle(known, None, now=now),
            "stop": lambda: stop(queue.file, platform="reddit", author=heard.author, now=now),
            "forget": lambda: forget_user(
                queue.file, platform="reddit", author=heard.author, now=now
            ),
        }
        moves[event]()


def holds(queue: Queue, before: Item | None, after: Item | None) -> None:
    """What is true of each step that an item makes."""
    if before is None or after is None:
        assert before is None
        return
    assert STATES.index(after.state) >= STATES.index(before.state)
    if before.state in ENDS:
        assert after.state == before.state
        assert (after.sent_id, after.failure) == (before.sent_id, before.failure)
    if before.state != "seen":
        assert (after.reason, after.probability) == (before.reason, before.probability)
    if not after.erased and before.text is not None:
        assert after.text == before.text
    if before.nonce:
        assert after.nonce == before.nonce


@given(
    st.lists(st.tuples(st.sampled_from(EVENTS + 3 * LIVELY), st.sampled_from("ab")), max_size=40)
)
def test_whatever_happens_an_item_moves_forward_only_and_nothing_decided_is_forgotten(
    events: list[tuple[str, str]],
) -> None:
    with quick_folder() as folder, open_file(folder / "q") as file:
        queue = Queue(file)
        for second, (event, name) in enumerate(events):
            key, now = Key("reddit", "vtx", name), NOW + timedelta(seconds=second)
            before = queue.get(key)
            happen(queue, event, key, now)
            holds(queue, before, queue.get(key))
        for found in items(file, "true"):
            passed = [state for _, state, _ in steps(file, found.key) if state != "again"]
            ranks = [STATES.index(state) for state in passed]
            assert ranks == sorted(ranks)
            assert passed[-1] == found.state
            assert passed.count("sent") + passed.count("uncertain") <= 1
        assert len(items(file, "true")) == len({n for event, n in events if event == "seen"})


@given(st.lists(st.sampled_from(LIVELY), max_size=30), st.booleans())
def test_wherever_it_is_left_a_decided_reply_is_sent_in_the_next_life(
    events: list[str], arrived: bool
) -> None:
    with quick_folder() as folder, open_file(folder / "q") as file:
        queue, end = Queue(file), NOW + timedelta(days=1)
        for event in ["seen", "decided", *events]:
            happen(queue, event, KEY, NOW)
        queue.recover("vtx", "reddit", lambda _: "arrived" if arrived else None, now=end)
        for found in queue.due(end, bot="vtx", platform="reddit"):
            if found.state in ("decided", "generating"):
                assert queue.generating(KEY, now=end)
                assert queue.generated(KEY, "hello", model="v1", now=end)
            assert queue.about_to_send(KEY, now=end)
            assert queue.sent(KEY, "now", now=end)
        assert item(queue).state == "sent"
