from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clone_pipeline.training.planning import fitting_epochs, learning_rate, plan

LENGTHS = st.lists(st.integers(1, 400), min_size=1, max_size=80)


@given(lengths=LENGTHS, epochs=st.integers(1, 4), seed=st.integers(0, 99))
def test_a_row_of_weight_1_is_seen_once_an_epoch(
    lengths: list[int], epochs: int, seed: int
) -> None:
    steps = plan(lengths, [1.0] * len(lengths), epochs=epochs, batch_tokens=512, seed=seed)
    seen = Counter(number for step in steps for number in step)
    assert seen == dict.fromkeys(range(len(lengths)), epochs)


@given(weights=st.lists(st.floats(0.0, 3.0), min_size=1, max_size=30), epochs=st.integers(1, 5))
def test_a_row_of_weight_w_is_seen_w_times_an_epoch_rounded_by_the_seed(
    weights: list[float], epochs: int
) -> None:
    steps = plan([10] * len(weights), weights, epochs=epochs, batch_tokens=64, seed=3)
    seen = Counter(number for step in steps for number in step)
    for number, weight in enumerate(weights):
        assert epochs * int(weight) <= seen[number] <= epochs * (int(weight) + 1)


def test_fractions_of_weights_come_true_on_the_whole() -> None:
    steps = plan([10] * 2000, [0.25] * 2000, epochs=1, batch_tokens=100, seed=0)
    assert 440 <= sum(map(len, steps)) <= 560


@given(lengths=LENGTHS, batch_tokens=st.integers(1, 2048), seed=st.integers(0, 9))
def test_no_step_of_several_rows_is_over_its_tokens_and_the_seed_fixes_the_order(
    lengths: list[int], batch_tokens: int, seed: int
) -> None:
    weights = [1.0] * len(lengths)
    steps = plan(lengths, weights, epochs=2, batch_tokens=batch_tokens, seed=seed)
    for step in steps:
        assert len(step) == 1 or len(step) * max(lengths[n] for n in step) <= batch_tokens
    assert steps == plan(lengths, weights, epochs=2, batch_tokens=batch_tokens, seed=seed)


@pytest.mark.parametrize(
    ("tokens", "epochs"), [(0, 5), (100, 5), (6000, 5), (1e4, 3), (2e4, 2), (3e4, 1), (9e6, 1)]
)
def test_a_small_dataset_is_seen_more_often(tokens: float, epochs: int) -> None:
    assert fitting_epochs(tokens) == epochs


def test_another_seed_gives_another_order() -> None:
    lengths = list(range(10, 200))
    first, second = (
        plan(lengths, [1.0] * 190, epochs=1, batch_tokens=512, seed=seed) for seed in (0, 1)
    )
    assert first != second


def test_little_of_the_batches_is_padding() -> None:
    lengths = [20 + (n * 37) % 380 for n in range(400)]
    steps = plan(lengths, [1.0] * 400, epochs=1, batch_tokens=1024, seed=0)
    padded = sum(len(step) * max(lengths[n] for n in step) for step in steps)
    assert sum(lengths) / padded > 0.9


@given(
    steps=st.integers(1, 500),
    warmup=st.integers(0, 50),
    schedule=st.sampled_from(["linear", "cosine", "constant"]),
)
def test_the_rate_rises_over_the_warmup_reaches_its_highest_and_never_rises_again(
    steps: int, warmup: int, schedule: str
) -> None:
    rates = [
        learning_rate(n, steps=steps, highest=1.0, warmup=warmup, schedule=schedule)
        for n in range(steps)
    ]
    top = rates.index(max(rates))
    assert top == min(warmup, steps // 2)
    assert rates[top] == pytest.approx(1.0)
    assert rates[: top + 1] == sorted(rates[: top + 1])
    assert rates[top:] == sorted(rates[top:], reverse=True)
    assert all(rate > 0 for rate in rates)
