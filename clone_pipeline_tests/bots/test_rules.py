"""Decisions: polite by default, whole, and with dice that keep to their odds."""

import random
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clone_pipeline.bots.heard import Heard
from clone_pipeline.bots.history import History
from clone_pipeline.bots.reasons import REASONS
from clone_pipeline.bots.rule_settings import RuleSettings
from clone_pipeline.bots.rules import decide, volunteer
from clone_pipeline_tests.bots.rule_rows import (
    NOON,
    binomial_interval,
    comment,
    decided,
    heard,
    said,
    submission,
)

TRIES = 10_000
SPOKE = History(last_spoke=NOON - timedelta(seconds=5))
LONG = "Put the basil where it gets sun in the morning."
HOT: dict[str, Any] = {"style": "hotshot", "followup_only": False, "reply_chance": 0.2}
SSI: dict[str, Any] = {"style": "ssi"}


@pytest.mark.parametrize("style", ["vtx", "hotshot"])
@pytest.mark.parametrize(
    "message",
    [heard(), heard(mentions=("7",)), comment(), comment(depth=4), submission(), submission(
        is_link=True), heard(text="Who? What? Why?")],
)  # fmt: skip
def test_by_default_nobody_is_answered_who_did_not_address_the_bot(
    style: str, message: Heard
) -> None:
    assert not any(decided(message, style=style, seed=seed).speak for seed in range(50))
    assert not any(
        decided(message, style=style, seed=seed, history=SPOKE).speak for seed in range(50)
    )


@pytest.mark.parametrize("style", ["vtx", "hotshot", "ssi"])
def test_by_default_who_addresses_the_bot_is_mostly_answered(style: str) -> None:
    for message in (heard(to_us=True), comment(to_us=True), heard(kind="direct")):
        assert sum(decided(message, style=style, seed=seed).speak for seed in range(100)) > 70


DICE: list[tuple[Heard, dict[str, Any], History, float]] = [
    (submission(), {"chance": 0.05}, History(), 0.05),
    (comment(), {"chance": 0.2}, History(), 0.2),
    (comment(parent_is_ours=True), {}, History(), 0.333),
    (heard(), {"active_chance": 0.6}, History(), 0.6),
    (heard(), {"frequency": 0.01}, History(), 0.01),
    (heard(), {"max_frequency": 0.5}, SPOKE, 0.30326532985631671),  # 0.5 e^-0.5
    (heard(to_us=True), {}, History(), 0.88),
    (heard(mentions=("7",)), {"mention_any_frequency": 0.08}, History(), 0.08),
    (comment(text="Why?"), HOT | {"trigger_words": ["why", "?"]}, History(), 0.4),
    (comment(text="x"), SSI, History(), 0.2),
    (submission(title="Why?"), SSI, History(), 0.7),
    (heard(kind="direct"), {}, History(), 1.0),
    (heard(), {}, History(), 0.0),
]


@pytest.mark.parametrize(("message", "settings", "history", "probability"), DICE)
def test_the_share_of_answers_is_the_configured_probability(
    message: Heard, settings: dict[str, Any], history: History, probability: float
) -> None:
    """Within the exact 99.9 % interval of 10,000 rolls, seeded."""
    rules, draw = RuleSettings.model_validate(settings), random.Random(20260304)
    spoke = sum(
        decide(message, settings=rules, history=history, now=NOON, draw=draw).speak
        for _ in range(TRIES)
    )
    low, high = binomial_interval(TRIES, probability)
    assert low <= spoke <= high


def test_remarks_are_as_frequent_as_passive_chance_says() -> None:
    rules, draw = RuleSettings(passive_chance=0.01), random.Random(20260304)
    spoke = sum(
        volunteer("c", settings=rules, history=History(), seconds=10, now=NOON, draw=draw).speak
        for _ in range(TRIES)
    )
    low, high = binomial_interval(TRIES, 1 - 0.99**10)
    assert low <= spoke <= high


def test_the_interval_of_the_tests_is_the_exact_binomial_one() -> None:
    """R: qbinom(c(.0005, .9995), 10000, p)."""
    stats = pytest.importorskip("scipy.stats")
    for probability in (0.01, 0.333, 0.88):
        low, high = stats.binom.ppf([0.0005, 0.9995], TRIES, probability)
        assert binomial_interval(TRIES, probability) == (int(low), int(high))


MESSAGES = st.builds(
    heard,
    platform=st.sampled_from(["reddit", "discord", "terminal"]),
    kind=st.sampled_from(["message", "comment", "submission", "direct"]),
    author=st.sampled_from(["anna", "xbot", "AutoModerator", "[deleted]"]),
    text=st.sampled_from(["Why?", LONG, "", "heil hitler", "u/me"]),
    title=st.sampled_from(["", "Basil"]),
    context=st.lists(
        st.builds(said, st.sampled_from(["a", LONG]), ours=st.booleans()), max_size=3
    ).map(tuple),
    ours=st.booleans(),
    author_is_bot=st.booleans(),
    to_us=st.booleans(),
    mentions=st.sampled_from([(), ("7",)]),
    parent_is_ours=st.booleans(),
    thread_is_ours=st.booleans(),
    is_link=st.booleans(),
    depth=st.integers(0, 15),
    locked=st.booleans(),
    flair=st.sampled_from(["", "announcement", "Verified GPT-2 Bot"]),
)
HISTORIES = st.builds(
    History,
    last_spoke=st.none() | st.just(NOON),
    answered=st.booleans(),
    stopped=st.booleans(),
    deleted=st.booleans(),
    to_author_hour=st.integers(0, 30),
    in_channel_day=st.integers(0, 300),
)
RATE = st.floats(0, 1)
RULES = st.builds(
    RuleSettings,
    style=st.sampled_from(["vtx", "hotshot", "ssi"]),
    chance=RATE,
    active_chance=RATE,
    max_frequency=RATE,
    reply_chance=RATE,
    trigger_boost=RATE,
    trigger_words=st.sampled_from([(), ("why", "?"), ("basil",)]),
    followup_only=st.booleans(),
    force_top_reply=st.booleans(),
    linkpost_only=st.sampled_from([0, 1, 2]),
    min_reply_score=st.none() | RATE,
    mention_any_frequency=RATE,
    quiet_hours=st.sampled_from([(), ("11:00-13:00",), ("12:05-07:00",)]),
    allow_dms=st.booleans(),
)


@given(MESSAGES, HISTORIES, RULES, st.integers())
def test_a_decision_is_whole_and_the_same_for_the_same_draws(
    message: Heard, history: History, rules: RuleSettings, seed: int
) -> None:
    one, again = (
        decide(message, settings=rules, history=history, now=NOON, draw=random.Random(seed))
        for _ in range(2)
    )
    assert one == again
    assert one.reason in REASONS
    assert one.probability is None or 0 <= one.probability <= 1
    assert one.delay >= 0
    assert one.speak or (one.delay, one.speaker, one.ranked) == (0.0, "", None)


@given(MESSAGES, HISTORIES, RULES, st.integers())
def test_nothing_is_ever_said_to_itself_twice_or_to_one_who_said_stop(
    message: Heard, history: History, rules: RuleSettings, seed: int
) -> None:
    decision = decide(message, settings=rules, history=history, now=NOON, draw=random.Random(seed))
    if message.ours or history.stopped or history.answered or message.locked or history.deleted:
        assert not decision.speak
