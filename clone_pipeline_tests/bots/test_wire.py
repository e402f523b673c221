from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from clone_pipeline.bots.brain import Refused, Written
from clone_pipeline.bots.budget import Budget, BudgetSettings
from clone_pipeline.bots.queue_file import open_file
from clone_pipeline.bots.wire import Purse
from clone_pipeline_tests.bots.heards import (
    NOW,
    message,
)
from clone_pipeline_tests.bots.model_server import running
from clone_pipeline_tests.bots.thinking import saying, settings, think
from clone_pipeline_tests.llm.chat_protocol import Answer


@pytest.mark.parametrize("fault", ["500", "429", "drop", "malformed", "truncated"])
def test_an_endpoint_that_fails_for_good_is_asked_as_often_as_allowed(fault: str) -> None:
    with running(answer=lambda body: "Hello.", faults={fault: 1.0}, retry_after="0.01") as server:
        found = think(settings(server), message("hi"))
        assert len(server.bodies) == 2
    assert isinstance(found, Refused)
    assert found.reason == "no_answer"


def test_an_endpoint_that_recovers_is_asked_again() -> None:
    with running(answer=saying(Answer(status=503, body="busy"), "Hello.")) as server:
        found = think(settings(server), message("hi"))
    assert isinstance(found, Written)


def test_a_refused_key_is_named_and_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOT_KEY", "sk-secret")
    with running(answer=lambda body: "Hello.", api_key="other") as server:
        found = think(settings(server, model={"api_key_env": "BOT_KEY"}), message("hi"))
    assert isinstance(found, Refused)
    assert "BOT_KEY" in found.why
    assert "sk-secret" not in found.why


@pytest.fixture
def budget(tmp_path: Path) -> Iterator[Budget]:
    limits = BudgetSettings(characters=500, tokens=10_000, money=1.0)
    with open_file(tmp_path / "bots.sqlite") as file:
        yield Budget(file, name="anna", zone=ZoneInfo("UTC"), limits=limits)


def purse_of(budget: Budget) -> Purse:
    return Purse(lambda at_most: budget.reserve(at_most, now=NOW), budget.settle)


def test_what_was_spent_is_what_was_sent_and_counted(budget: Budget) -> None:
    priced = {"prompt_price": 1000.0, "completion_price": 2000.0}
    with running(answer=lambda body: "Hello there.") as server:
        found = think(settings(server, model=priced), message("x" * 100), purse=purse_of(budget))
    assert isinstance(found, Written)
    spent = budget.tally(now=NOW)
    assert spent.characters == 100
    assert spent.tokens == 100 // 4 + 12 // 4 + 1
    assert spent.money == pytest.approx((25 * 1000 + 4 * 2000) / 1e6)


def test_the_budget_is_asked_before_every_try_and_never_exceeded(budget: Budget) -> None:
    with running(answer=lambda body: "see https://x.example") as server:
        found = think(settings(server), message("x" * 120), purse=purse_of(budget))
        assert len(server.bodies) == 4
    assert isinstance(found, Refused)
    assert (found.reason, found.attempts, found.refused) == ("budget", 5, ("link",) * 4)
    assert budget.tally(now=NOW).characters == 480


def test_a_try_that_was_refused_costs_nothing_and_a_broken_one_what_was_reserved(
    budget: Budget,
) -> None:
    with running(answer=saying(Answer(status=503, body="busy"), "Hello.")) as server:
        think(settings(server), message("x" * 100), purse=purse_of(budget))
    assert budget.tally(now=NOW).characters == 100
    with running(answer=saying(Answer(fault="drop"), "Hello.")) as server:
        think(settings(server), message("x" * 100), purse=purse_of(budget))
    assert budget.tally(now=NOW).characters == 300


def test_an_endpoint_that_counts_no_tokens_is_paid_what_was_reserved(budget: Budget) -> None:
    with running(answer=lambda body: "Hello.", counts_tokens=False) as server:
        think(settings(server), message("x" * 100), purse=purse_of(budget))
    assert budget.tally(now=NOW).tokens >= 100 + 250
