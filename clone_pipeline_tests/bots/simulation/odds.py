"""How many of independent dice, each with its own probability, may fall on their side."""

from collections.abc import Sequence

import numpy as np


def interval(probabilities: Sequence[float], *, confidence: float) -> tuple[int, int]:
    """The least and the most hits, so that fewer and more are each as rare as half of the rest.

    Exact: the distribution is built up die by die (of equal dice it is the binomial one).
    """
    mass = np.ones(1)
    for probability in probabilities:
        mass = np.convolve(mass, (1 - probability, probability))
    below, tail = np.cumsum(mass), (1 - confidence) / 2
    low = int(np.searchsorted(below, tail, side="right"))
    high = int(np.searchsorted(below, 1 - tail, side="left"))
    return low, high
