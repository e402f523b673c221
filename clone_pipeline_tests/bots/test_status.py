"""The status line, the dictionary and the metrics."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from clone_pipeline.bots.budget import Budget, BudgetSettings, Cost
from clone_pipeline.bots.heard import Decision, Heard, Kind
from clone_pipeline.bots.items import Key
from clone_pipeline.bots.queue import Queue
from clone_pipeline.bots.queue_file import open_file, read_file
from clone_pipeline.bots.status import as_dict, metrics, status, status_line
from clone_pipeline_tests.bots.quick_folder import quick_folder

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def queue() -> Iterator[Queue]:
    with quick_folder() as folder, open_file(folder / "bots.sqlite") as file:
        yield Queue(file)


def purse(queue: Queue, **limits: float | None) -> Budget:
    settings = BudgetSettings.model_validate(limits)
    return Budget(queue.file, name="vtx", zone=UTC, limits=settings)


def line(queue: Queue, **limits: float | None) -> str:
    budget = purse(queue, **limits)
    return status_line(status(queue.file, "vtx", since=NOW, budget=budget, now=NOW))


def hear(queue: Queue, name: str, kind: Kind, *, at: datetime = NOW, bot: str = "vtx") -> Key:
    heard = Heard("reddit", name, "r/test", "bob", "hi", NOW, kind=kind)
    queue.seen(heard, bot, now=at)
    return Key.of(heard, bot)


def answer(queue: Queue, key: Key) -> None:
    queue.decided(key, Decision(True, "chance"), now=NOW)
    send(queue, key)


def send(queue: Queue, key: Key) -> None:
    queue.generating(key, now=NOW)
    queue.generated(key, "hi", model="v1", now=NOW)
    queue.about_to_send(key, now=NOW)
    assert queue.sent(key, f"ours {key.message_id}", now=NOW)


def test_the_line_is_hotshotbots_to_the_character(queue: Queue) -> None:
    expected = "READ: submissions=0\tcomment=0\t| WRITE: post=0\treply=0\t| SPEND=0%"
    assert line(queue) == expected


def test_the_line_counts_what_was_read_written_and_spent(queue: Queue) -> None:
    hear(queue, "old", "comment", at=NOW - timedelta(seconds=1))
    hear(queue, "not ours", "comment", bot="other")
    hear(queue, "t3_1", "submission")
    for name, kind in (("t1_1", "comment"), ("dm", "direct"), ("chat", "message")):
        answer(queue, hear(queue, name, kind))  # type: ignore[arg-type]
    plan = Heard("reddit", "post:1", "r/test", "vtx", "", NOW, kind="submission")
    queue.planned(plan, "vtx", due=NOW, now=NOW)
    assert "post=0" in line(queue)
    send(queue, Key.of(plan, "vtx"))
    purse(queue).reserve(Cost(4567), now=NOW)
    expected = "READ: submissions=1\tcomment=3\t| WRITE: post=1\treply=3\t| SPEND=15%"
    assert line(queue) == expected


@pytest.mark.parametrize(("spent", "shown"), [(4, 0), (6, 1), (995, 100), (994, 99), (1000, 100)])
def test_the_percentage_is_rounded(queue: Queue, spent: int, shown: int) -> None:
    purse(queue, characters=1000).reserve(Cost(spent), now=NOW)
    assert line(queue, characters=1000).endswith(f"SPEND={shown}%")


def test_the_percentage_is_that_of_the_limit_nearest_its_end(queue: Queue) -> None:
    limits = {"characters": 1000, "tokens": 100, "money": None}
    purse(queue, **limits).reserve(Cost(100, 90, 7), now=NOW)
    assert line(queue, **limits).endswith("SPEND=90%")
    assert line(queue, characters=None).endswith("SPEND=0%")


def test_the_dictionary_is_plain_and_tells_what_is_open(queue: Queue) -> None:
    first, second, third = (hear(queue, name, "comment") for name in "abc")
    for key in (first, second):
        queue.decided(key, Decision(True, "chance", delay=60), now=NOW)
    queue.generating(second, now=NOW)
    queue.generated(second, "hi", model="v1", now=NOW)
    queue.about_to_send(second, now=NOW)
    queue.recover("vtx", "reddit", None, now=NOW)
    queue.failed(third, "no", now=NOW)
    told = as_dict(status(queue.file, "vtx", since=NOW, budget=purse(queue), now=NOW))
    assert json.loads(json.dumps(told)) == told
    assert (told["waiting"], told["uncertain"], told["failed"]) == (1, 1, 1)
    assert told["limits"] == {"characters": 30_000, "tokens": None, "money": None}
    assert told["line"] == line(queue)


# One sample of the text format 0.0.4: a name, labels with escaped values, a number.
VALUE = r'"(?:[^"\\\n]|\\\\|\\"|\\n)*"'
SAMPLE = re.compile(
    rf"([a-zA-Z_:][a-zA-Z0-9_:]*)\{{(?:[a-z_]+={VALUE}(?:,[a-z_]+={VALUE})*)\}} [0-9.e+-]+"
)


def test_the_metrics_are_in_prometheus_text_format_whatever_a_bot_is_called(queue: Queue) -> None:
    answer(queue, hear(queue, "a", "comment", bot='odd"\\\nname'))
    hear(queue, "b", "submission")
    budget = purse(queue, money=0.5)
    budget.reserve(Cost(120, 7, 0.25), now=NOW)
    with read_file(queue.file.path) as file:
        text = metrics(file, [budget], now=NOW)
    assert text.endswith("\n")
    typed: set[str] = set()
    for shown in text.splitlines():
        if shown.startswith("# TYPE "):
            name, kind = shown.split(" ")[2:]
            assert name not in typed
            assert kind in ("counter", "gauge")
            typed.add(name)
        elif not shown.startswith("# HELP "):
            sample = SAMPLE.fullmatch(shown)
            assert sample is not None, shown
            assert sample[1] in typed
    assert 'clone_bot_heard_total{bot="vtx",platform="reddit",kind="submission"} 1\n' in text
    assert r'clone_bot_sent_total{bot="odd\"\\\nname",platform="reddit",task="reply"} 1' in text
    assert 'clone_bot_budget_spent{bot="vtx",unit="money"} 0.25\n' in text
    assert 'clone_bot_budget_limit{bot="vtx",unit="characters"} 30000\n' in text
    assert 'limit{bot="vtx",unit="tokens"}' not in text
