"""How long a bot waits."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clone_pipeline.bots.delays import seconds
from clone_pipeline.bots.heard import Platform
from clone_pipeline_tests.bots.rule_rows import comment, decided, heard

BOUND = st.none() | st.floats(0, 2000)


@pytest.mark.parametrize(
    ("platform", "low", "high"),
    [("reddit", 300, 900), ("discord", 2, 13), ("telegram", 2, 13), ("terminal", 0, 0)],
)
def test_the_usual_wait_is_the_seeds(platform: Platform, low: float, high: float) -> None:
    """VTX: 300 to 900 s on Reddit (README), 2 to 13 s on Discord (spec 1.7)."""
    draw = random.Random(1)
    waits = [seconds(platform, min=None, max=None, draw=draw) for _ in range(2_000)]
    assert low <= min(waits) <= low + 0.02 * (high - low)
    assert high - 0.02 * (high - low) <= max(waits) <= high


@given(BOUND, BOUND, st.sampled_from(["reddit", "discord", "terminal"]), st.integers())
def test_a_wait_keeps_to_the_bounds_given(
    low: float | None, high: float | None, platform: Platform, seed: int
) -> None:
    if low is not None and high is not None and low > high:
        low, high = high, low
    wait = seconds(platform, min=low, max=high, draw=random.Random(seed))
    assert wait >= (low or 0) - 1e-9
    assert high is None or wait <= high + 1e-9


def test_a_decision_to_speak_carries_the_wait_and_silence_none() -> None:
    assert decided(comment(), chance=1.0, delay={"min": 30, "max": 30}).delay == 30
    assert 300 <= decided(comment(), chance=1.0).delay <= 900
    assert decided(heard(), delay={"min": 30, "max": 30}).delay == 0
