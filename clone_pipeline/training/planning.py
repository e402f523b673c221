"""Which examples each step sees and how fast it learns: pure functions of the seed."""

import math
import random
from collections.abc import Sequence

from clone_pipeline.local_model.batching import by_length

_ENOUGH_TOKENS = 30_000  # what a voice takes: more epochs of it raised the held-out perplexity
_MOST_EPOCHS = 5
_POOL_BATCHES = 16  # sorted by length within so many batches: little padding, order still random


def plan(
    lengths: Sequence[int],
    weights: Sequence[float],
    *,
    epochs: int,
    batch_tokens: int,
    seed: int,
) -> list[list[int]]:
    """The examples of every step of the whole training, by index.

    An example of weight w is seen floor(w) times an epoch, and once more in a share w - floor(w)
    of the epochs, as the seed decides.

    Args:
        lengths: tokens of each example.
        weights: at least 0, one an example.
        epochs: at least 1.
        batch_tokens: most tokens of a step, padding included; a longer example has its own step.
        seed: the same seed gives the same plan.
    """
    steps: list[list[int]] = []
    for epoch in range(epochs):
        dice = random.Random(f"{seed} {epoch}")
        order = [n for n, weight in enumerate(weights) for _ in range(_times(weight, dice))]
        dice.shuffle(order)
        batches: list[list[int]] = []
        for pool in _pools(order, lengths, tokens=_POOL_BATCHES * batch_tokens):
            batches += by_length(pool, lengths, batch_tokens=batch_tokens)
        dice.shuffle(batches)
        steps += batches
    return steps


def fitting_epochs(tokens: float) -> int:
    """How many epochs `tokens` are worth: one, or as many as reach 30,000, at most 5."""
    return max(1, min(_MOST_EPOCHS, math.ceil(_ENOUGH_TOKENS / max(tokens, 1.0))))


def learning_rate(step: int, *, steps: int, highest: float, warmup: int, schedule: str) -> float:
    """The rate of `step` (from 0) of `steps`.

    It rises to `highest` over `warmup` steps, then stays ("constant") or falls towards 0, which
    the step after the last would have ("linear", "cosine").
    """
    warmup = min(warmup, steps // 2)
    if step < warmup:
        return highest * (step + 1) / (warmup + 1)
    gone = (step - warmup) / max(1, steps - warmup)
    if schedule == "linear":
        return highest * (1 - gone)
    if schedule == "cosine":
        return highest * (1 + math.cos(math.pi * gone)) / 2
    return highest


def _times(weight: float, dice: random.Random) -> int:
    whole = int(weight)
    return whole + (dice.random() < weight - whole)


def _pools(order: Sequence[int], lengths: Sequence[int], *, tokens: int) -> list[list[int]]:
    pools: list[list[int]] = [[]]
    filled = 0
    for number in order:
        if filled + lengths[number] > tokens and pools[-1]:
            pools.append([])
            filled = 0
        pools[-1].append(number)
        filled += lengths[number]
    return pools
