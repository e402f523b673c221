"""VTX's rates, by its own formula (src/modules/discord.py: calculate_frequency, on_message)."""

import math
import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clone_pipeline.bots.chances import (
    decayed,
    in_chat,
    in_thread,
    remark_chance,
    sends_as_reply,
)
from clone_pipeline_tests.bots.rule_rows import binomial_interval, comment, heard

RATE = st.floats(0, 1)
# VTX's defaults for Discord (spec 1.7).
VTX = {
    "frequency": 0.01,
    "max_frequency": 0.5,
    "decay_rate": 0.1,
    "active_chance": 0.0,
    "mention_self_frequency": 0.88,
    "mention_any_frequency": 0.08,
    "followup_frequency": 0.0,
}


@pytest.mark.parametrize(
    ("elapsed", "rate"),
    [
        (None, 0.01),  # VTX counts the time since 1970 where it never spoke
        (0, 0.5),
        (1, 0.5 * math.exp(-0.1)),
        (10, 0.5 * math.exp(-1)),
        (39, 0.5 * math.exp(-3.9)),
        (40, 0.01),  # 0.5 e^-4 = 0.00916 is below the minimum
        (1e9, 0.01),
        (-5, 0.5),
    ],
)
def test_the_rate_decays_from_its_maximum_to_its_minimum(elapsed: float, rate: float) -> None:
    """Spec 1.7: p = max(frequency, max_frequency * exp(-decay_rate * seconds))."""
    found = decayed(elapsed, frequency=0.01, max_frequency=0.5, decay_rate=0.1)
    assert found == pytest.approx(rate, abs=1e-12)


@pytest.mark.parametrize(
    ("facts", "elapsed", "probability", "reason", "speaker"),
    [
        ({}, None, 0.01, "frequency", ""),
        ({}, 0.0, 0.5, "frequency", ""),
        ({"to_us": True}, None, 0.88, "mentioned", ""),
        ({"to_us": True, "mentions": ("7",)}, None, 0.88, "mentioned", ""),
        ({"mentions": ("7", "8")}, None, 0.08, "mentions_another", "7"),
        ({"mentions": ("7",)}, 0.0, 0.5, "frequency", "7"),  # VTX's bias stays theirs
    ],
)
def test_a_mention_raises_the_rate_to_its_own(
    facts: dict[str, Any], elapsed: float | None, probability: float, reason: str, speaker: str
) -> None:
    """Spec 1.7: raised to >= mention_self; else to >= mention_any, as the one mentioned."""
    chance = in_chat(heard(**facts), elapsed=elapsed, **VTX)
    assert (chance.probability, chance.reason, chance.speaker) == (probability, reason, speaker)


def test_nobody_is_spoken_for_without_mention_any_frequency() -> None:
    rates = VTX | {"mention_any_frequency": 0.0}
    assert in_chat(heard(mentions=("7",)), elapsed=0.0, **rates).speaker == ""


@pytest.mark.parametrize(
    ("ours", "to_us", "probability", "reason"),
    [
        (False, False, 0.05, "chance"),
        (True, False, 0.02, "followup"),  # in place of the chance, even where it is lower
        (False, True, 0.88, "mentioned"),
        (True, True, 0.88, "mentioned"),
    ],
)
def test_on_reddit_an_answer_to_the_bot_goes_by_followup_frequency(
    ours: bool, to_us: bool, probability: float, reason: str
) -> None:
    """VTX src/lab/reddit.py, subscribe_comments: frequency = followup_frequency."""
    chance = in_thread(
        comment(parent_is_ours=ours, to_us=to_us),
        chance=0.05,
        followup_frequency=0.02,
        mention_self_frequency=0.88,
    )
    assert (chance.probability, chance.reason) == (probability, reason)


@given(
    st.none() | st.floats(-1e9, 1e12),
    st.fixed_dictionaries({name: RATE for name in VTX if name != "decay_rate"}),
    st.floats(0, 100),
    st.booleans(),
    st.booleans(),
    st.sampled_from([(), ("7",)]),
)
def test_a_chance_is_always_a_probability(
    elapsed: float | None,
    rates: dict[str, float],
    decay_rate: float,
    to_us: bool,
    ours: bool,
    mentions: tuple[str, ...],
) -> None:
    message = heard(to_us=to_us, parent_is_ours=ours, mentions=mentions)
    chance = in_chat(message, elapsed=elapsed, **rates | {"decay_rate": decay_rate})
    assert 0 <= chance.probability <= 1
    assert chance.probability >= rates["frequency"]


@given(st.floats(0, 1e4), st.floats(0, 1e4), RATE, RATE, st.floats(0, 10))
def test_the_longer_the_bot_was_silent_the_lower_its_rate(
    one: float, other: float, frequency: float, max_frequency: float, decay_rate: float
) -> None:
    soon, late = sorted((one, other))
    rates = {
        "frequency": frequency,
        "max_frequency": max_frequency,
        "decay_rate": decay_rate,
    }
    assert decayed(soon, **rates) >= decayed(late, **rates)


@pytest.mark.parametrize(
    ("seconds", "passive", "expected"),
    [(1, 0.01, 0.01), (0, 0.5, 0.0), (2, 0.5, 0.75), (100, 0.01, 1 - 0.99**100), (9, 1.0, 1.0)],
)
def test_a_remark_is_as_likely_as_one_hit_in_a_roll_a_second(
    seconds: float, passive: float, expected: float
) -> None:
    """VTX: passive_chance is rolled once a second."""
    assert remark_chance(seconds, passive_chance=passive) == pytest.approx(expected)


@pytest.mark.parametrize("share", [0.0, 0.333, 1.0])
def test_the_share_of_replies_is_reply_frequency(share: float) -> None:
    draw = random.Random(5)
    hits = sum(sends_as_reply(reply_frequency=share, draw=draw) for _ in range(10_000))
    low, high = binomial_interval(10_000, share)
    assert low <= hits <= high
