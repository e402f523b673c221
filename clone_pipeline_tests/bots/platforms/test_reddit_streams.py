"""Streams through outages, refusals and ends: nothing is lost that Reddit still lists."""

import asyncio
import threading
import time
from collections.abc import Callable

import pytest
from prawcore.exceptions import PrawcoreException

from clone_pipeline.bots.platforms.reddit_watched import CLOSED_SECONDS
from clone_pipeline_tests.bots.platforms.ears import FakeEars
from clone_pipeline_tests.bots.platforms.listening import until
from clone_pipeline_tests.bots.platforms.reddit_bot import Place, listen
from clone_pipeline_tests.reddit.reddit_server import Fault

pytest_plugins = ["clone_pipeline_tests.bots.platforms.reddit_fixture"]

BREAK = "break the connection"


def texts(ears: FakeEars) -> list[str]:
    return [each.text for each in ears.heard]


def on(path: str, fault: Fault, *, times: int = 1) -> Callable[[int, str], Fault]:
    """So many faults at that path."""
    left = [times]

    def plan(number: int, asked: str) -> Fault:
        if path not in asked or not left[0]:
            return None
        left[0] -= 1
        return fault

    return plan


def test_what_was_there_before_the_first_start_is_passed_over(on_reddit: Place) -> None:
    life, ears = on_reddit.life, FakeEars()
    old = life.post("Plants", author="ben")
    own = life.post("Garden", author="anna", title="Mine")
    mine, _ = life.answer(old, "mine", author="anna"), life.answer(old, "an old comment")
    life.letter("an old letter")
    listen(on_reddit, ears, lambda: life.answer(old, "new"), until_heard=1)
    assert texts(ears) == ["new"]
    met = dict(ears.met)
    assert set(met) == {own.name, mine.name}
    assert (met[own.name].title, met[own.name].channel, met[own.name].ours) == (
        "Mine", "Garden", True,
    )  # fmt: skip
    assert list(life.unread) == ["t4_m00000"]


def test_the_messages_of_an_outage_are_heard_later_and_older_ones_never(on_reddit: Place) -> None:
    life, ears = on_reddit.life, FakeEars()
    before = int(time.time()) - 100
    post = life.post("Plants", created=before)
    life.letter("before the first start", author="old", created=before)
    life.answer(post, "before the first start", created=before)
    listen(on_reddit, ears, lambda: life.answer(post, "first life"), until_heard=1)
    life.answer(post, "in the outage")
    life.post("Plants", "a post in the outage")
    life.letter("a letter in the outage")
    listen(on_reddit, ears, lambda: life.answer(post, "second life"), until_heard=5)
    assert sorted(texts(ears)) == sorted([
        "first life", "in the outage", "a post in the outage", "a letter in the outage",
        "second life",
    ])  # fmt: skip
    assert life.unread == {"t4_m00000": ""}


def test_a_subreddit_that_is_watched_anew_is_not_read_back(on_reddit: Place) -> None:
    life, ears = on_reddit.life, FakeEars()
    post, moss = life.post("Plants"), life.post("Moss")
    listen(on_reddit, ears, lambda: life.answer(post, "one"), until_heard=1)
    life.answer(moss, "nobody listened here")
    life.answer(post, "two")
    on_reddit.settings["subs"] = {"Plants": {}, "Moss": {}}
    listen(on_reddit, ears, lambda: life.answer(moss, "three"), until_heard=3)
    assert texts(ears) == ["one", "two", "three"]


@pytest.mark.parametrize("fault", [(429, 1), (429, None), (503, None), (500, None), BREAK])
def test_a_stream_goes_on_after_a_refusal(on_reddit: Place, fault: Fault) -> None:
    life, ears, server = on_reddit.life, FakeEars(), on_reddit.server
    post = life.post("Plants", author="anna")
    on_reddit.settings["subs"] = {}
    server.clock = time.monotonic

    def happen() -> None:
        server.plan = on("/message/unread", fault)
        life.answer(post, "after it")

    listen(on_reddit, ears, happen, until_heard=1)
    assert texts(ears) == ["after it"]


def test_a_reddit_that_is_down_ends_the_run_and_the_next_life_hears_all(
    on_reddit: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("clone_pipeline.bots.platforms.reddit_line.WAITS", (0.01, 0.01))
    life, ears, server = on_reddit.life, FakeEars(), on_reddit.server
    post = life.post("Plants")

    def happen() -> None:
        server.plan = lambda number, path: (503, None)
        life.answer(post, "while it was down")

    with pytest.raises(PrawcoreException, match="no answer from Reddit"):
        asyncio.run(on_reddit.crashed(ears, happen))
    assert not reddit_threads()
    server.plan = lambda number, path: None
    listen(on_reddit, ears, lambda: life.answer(post, "later"), until_heard=2)
    assert texts(ears) == ["while it was down", "later"]


@pytest.mark.parametrize("fault", [(403, None), (404, None)])
def test_a_closed_subreddit_is_left_out_for_an_hour_and_the_others_are_heard(
    on_reddit: Place, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch,
    fault: Fault,
) -> None:  # fmt: skip
    life, ears, server = on_reddit.life, FakeEars(), on_reddit.server
    on_reddit.settings["subs"] = {"Plants": {}, "Moss": {}}
    post, moss = life.post("Plants"), life.post("Moss")

    def happen() -> None:
        server.plan = lambda number, path: fault if "moss" in path else None
        life.answer(post, "in plants")
        life.answer(moss, "in moss")

    async def run() -> None:
        async with on_reddit.listening(ears):
            happen()
            await until(lambda: ears.heard)
            assert texts(ears) == ["in plants"]
            server.plan = lambda number, path: None
            passed = time.monotonic() + CLOSED_SECONDS
            with monkeypatch.context() as later:
                later.setattr("clone_pipeline.bots.platforms.reddit_watched.time", Clock(passed))
                await until(lambda: len(ears.heard) == 2)

    asyncio.run(run())
    assert [each.message for each in caplog.records if "can't be read" in each.message] == [
        "r/moss can't be read: Reddit does not let the bot in there"
    ]


class Clock:
    """A `time` that stands."""

    def __init__(self, seconds: float) -> None:
        self.monotonic = lambda: seconds


def test_a_bot_whose_only_subreddit_is_closed_hears_its_inbox(on_reddit: Place) -> None:
    life, ears, server = on_reddit.life, FakeEars(), on_reddit.server

    def happen() -> None:
        server.plan = lambda number, path: (403, None) if "/r/" in path else None
        life.letter("psst")

    listen(on_reddit, ears, happen, until_heard=1)
    assert texts(ears) == ["psst"]


def reddit_threads() -> list[str]:
    return [each.name for each in threading.enumerate() if each.name.startswith("reddit-anna")]


def test_cancelling_ends_all_threads_at_once_even_in_a_long_pause(on_reddit: Place) -> None:
    ears, server = FakeEars(), on_reddit.server
    took: list[float] = []

    async def run() -> None:
        async with on_reddit.listening(ears):
            assert len(reddit_threads()) == 3
            server.plan = lambda number, path: (429, 300)
            await until(lambda: server.requests > server.answered.total())
            await asyncio.sleep(0.1)
            began = time.monotonic()
        took.append(time.monotonic() - began)

    asyncio.run(run())
    assert took[0] < 1
    assert not reddit_threads()
    # What the other streams had asked for when Reddit first refused.
    assert len(server.faults) == len(set(server.faults)) <= 2
    server.faults.clear()
