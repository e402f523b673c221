"""Ratios and their intervals, resampled over held-out groups of rows."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clone_pipeline.evaluation.report import Interval

RESAMPLES = 2000
_Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class GroupScores:
    """Summed ln probabilities of the same n groups by two models, and their token counts.

    A group is what is drawn as one: all rows of a conversation, or of a chunk of documents. All
    three have length n; a group without tokens counts 0 in each.
    """

    base: Sequence[float]
    tuned: Sequence[float]
    tokens: Sequence[int]


def perplexity(log_probability: float, tokens: int) -> float:
    """Perplexity of `tokens` tokens with this summed ln probability."""
    return float(np.exp(-log_probability / tokens))


def perplexity_ratio(own: GroupScores, *, seed: int) -> Interval:
    """Tuned over base perplexity, with the interval of a paired bootstrap over groups.

    Raises:
        ValueError: no group has a token.
    """
    draws = _draws(len(own.tokens), seed)
    return _interval(np.exp(-_fall(own, draws)))


def specificity(own: GroupScores, others: GroupScores, *, seed: int) -> Interval:
    """The fall of ln perplexity on own words less that on others', over the same groups.

    Raises:
        ValueError: one side has no tokens.
    """
    draws = _draws(len(own.tokens), seed)
    return _interval(_fall(own, draws) - _fall(others, draws))


def rise(own: GroupScores, *, seed: int) -> Interval:
    """Tuned less base ln perplexity; above 0 the tuned one is worse."""
    return _interval(-_fall(own, _draws(len(own.tokens), seed)))


def _draws(groups: int, seed: int) -> _Array:
    """How often each group is drawn: (1 + RESAMPLES, groups); the first line is the sample."""
    if groups == 0:
        raise ValueError("there is no group to resample")
    generator = np.random.default_rng(seed)
    resampled = generator.multinomial(groups, np.full(groups, 1 / groups), size=RESAMPLES)
    return np.vstack([np.ones((1, groups)), resampled]).astype(np.float64)


def _fall(scores: GroupScores, draws: _Array) -> _Array:
    """The fall of ln perplexity from base to tuned, a draw each; nan where no token is drawn."""
    gained = draws @ (np.asarray(scores.tuned, float) - np.asarray(scores.base, float))
    tokens = draws @ np.asarray(scores.tokens, float)
    fall: _Array = np.full_like(gained, np.nan)
    np.divide(gained, tokens, out=fall, where=tokens > 0)
    return fall


def _interval(figures: _Array) -> Interval:
    if np.isnan(figures[0]):
        raise ValueError("no group has a token")
    low, high = np.nanpercentile(figures[1:], [2.5, 97.5])
    return Interval(value=float(figures[0]), low=float(low), high=float(high))
