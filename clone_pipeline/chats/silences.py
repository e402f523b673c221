"""How long a silence ends a conversation in one channel, judged by the channel's own rhythm."""

import numpy as np
from numpy.typing import NDArray

SHORTEST = 120  # seconds; below it every pause for thought would cut
LONGEST = 6 * 3600  # seconds; a night is always a cut

_FEWEST = 200  # gaps below which the shape of their distribution is chance
_STEP = 0.125  # of the histogram, in octaves (log2 of seconds)
_WIDTH = 0.75  # of the smoothing, in octaves
_OCTAVES = 25.0  # a year of silence; longer ones count as that
_FEWEST_BEYOND = 10  # gaps that must lie beyond the cut
_DEPTH = 1.25  # the mode beyond the valley is at least so much higher than the valley


def adaptive_gap(gaps: NDArray[np.float64], *, default: int) -> int:
    """Seconds of silence that end a conversation in the channel with these gaps.

    Gaps within talk (seconds to minutes) and between talks (hours to days) are two hills of the
    distribution of log(gap); the lowest place between them is the cut. It depends neither on the
    order of the gaps nor on the few longest ones.

    Args:
        gaps: positive seconds between consecutive messages of one channel, in any order; others
            are left out.
        default: for a channel with fewer than 200 gaps, or with no valley between the bounds.

    Returns:
        Whole seconds, 120 to 21,600; or `default` as it is.
    """
    known = gaps[np.isfinite(gaps) & (gaps > 0)]
    if len(known) < _FEWEST:
        return default
    octaves = np.clip(np.log2(known), 0.0, _OCTAVES)
    counts, edges = np.histogram(octaves, bins=int(_OCTAVES / _STEP), range=(0.0, _OCTAVES))
    hills = _smoothed(counts)
    middles = (edges[:-1] + edges[1:]) / 2
    inside = np.flatnonzero((middles >= np.log2(SHORTEST)) & (middles <= np.log2(LONGEST)))
    valley = _lowest(hills, inside)
    beyond = hills[valley:].max()
    deep = min(hills[: valley + 1].max(), beyond) >= _DEPTH * hills[valley]
    if not deep or counts[valley:].sum() < _FEWEST_BEYOND:
        return default
    return int(np.clip(round(2 ** middles[valley]), SHORTEST, LONGEST))


def _smoothed(counts: NDArray[np.int64]) -> NDArray[np.float64]:
    reach = np.arange(-4 * _WIDTH, 4 * _WIDTH + _STEP / 2, _STEP)
    kernel = np.exp(-0.5 * (reach / _WIDTH) ** 2)
    smoothed: NDArray[np.float64] = np.convolve(counts, kernel / kernel.sum(), mode="same")
    return smoothed


def _lowest(hills: NDArray[np.float64], inside: NDArray[np.int64]) -> int:
    """The middle of the lowest places within `inside`."""
    lowest = inside[hills[inside] <= hills[inside].min() * (1 + 1e-9) + 1e-12]
    return int(lowest[len(lowest) // 2])
