"""The silence that ends a conversation, from the gaps of a channel."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clone_pipeline.chats.silences import LONGEST, SHORTEST, adaptive_gap

RANDOM = np.random.default_rng(0)


def rhythm(within: float, between: float, *, talks: int = 200, lines: int = 20) -> np.ndarray:
    """Gaps of so many talks: around `within` seconds in them, around `between` between them."""
    fast = within * 2 ** RANDOM.normal(0, 1.2, talks * lines)
    slow = between * 2 ** RANDOM.normal(0, 1.2, talks)
    return RANDOM.permutation(np.concatenate([fast, slow]))


@pytest.mark.parametrize(("within", "between"), [(20, 8 * 3600), (60, 43_200), (10, 3600)])
def test_the_cut_lies_between_the_two_rhythms(within: float, between: float) -> None:
    gaps = rhythm(within, between)
    cut = adaptive_gap(gaps, default=600)
    assert 4 * within < cut < between / 2
    assert np.mean(gaps[: len(gaps)] > cut) == pytest.approx(1 / 21, rel=0.15)


def test_a_slow_channel_gets_a_longer_cut_than_a_quick_one() -> None:
    slow = adaptive_gap(rhythm(300, 2 * 86_400), default=600)
    assert slow > adaptive_gap(rhythm(10, 86_400), default=600)


def test_too_few_gaps_or_a_single_rhythm_leave_the_default() -> None:
    assert adaptive_gap(rhythm(20, 30_000)[:199], default=77) == 77
    assert adaptive_gap(60 * 2 ** RANDOM.normal(0, 1, 5000), default=77) == 77
    assert adaptive_gap(np.full(5000, 60.0), default=77) == 77
    assert adaptive_gap(np.array([]), default=77) == 77


@given(
    st.lists(st.floats(allow_nan=True, allow_infinity=True), max_size=60),
    st.floats(0.1, 1e6),
    st.floats(0.1, 1e9),
)
def test_a_cut_is_bounded_and_depends_on_no_order(
    odd: list[float], within: float, between: float
) -> None:
    gaps = np.array([within] * 300 + [between] * 30 + odd)
    cut = adaptive_gap(gaps, default=600)
    assert cut == 600 or SHORTEST <= cut <= LONGEST
    assert adaptive_gap(gaps[::-1], default=600) == cut
