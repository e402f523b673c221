"""Which exchanges of a run become a dialogue: sections of it, or a window before each answer."""

import random
from collections.abc import Iterator, Sequence
from typing import Literal

from clone_pipeline.chats.exchanges import Exchange, Fits

Windows = Literal["sections", "sliding"]


def sections_of(
    run: Sequence[Exchange], min_turns: int, max_turns: int, fits: Fits, rng: random.Random
) -> Iterator[Sequence[Exchange]]:
    """Contiguous sections that together are `run`; a rest below the minimum only if it must be.

    Source: My-Simulacrum, random sections of 2 to 10 turns.

    Args:
        run: exchanges that each fit by themselves.
        min_turns: odd values count as the next even one.
        max_turns: odd values count as the even one below.
        fits: sections are made shorter until they do.
        rng: draws their lengths.
    """
    low, high = (min_turns + 1) // 2, max_turns // 2
    start = 0
    while start < len(run):
        left = len(run) - start
        size = left
        if left > high:
            fair = [n for n in range(low, high + 1) if left - n >= low or left == n]
            size = rng.choice(fair or [high])
        while size > 1 and not fits(run[start : start + size]):
            size -= 1
        yield run[start : start + size]
        start += size


def windows_of(run: Sequence[Exchange], max_turns: int, fits: Fits) -> Iterator[Sequence[Exchange]]:
    """For each answer of the persona the window that ends with it, as far back as may be.

    Source: clean-discord, which gives each turn the ten turns before it as context.

    Args:
        run: exchanges that each fit by themselves.
        max_turns: odd values count as the even one below.
        fits: windows lose exchanges at their beginning until they do.
    """
    high = max_turns // 2
    for end in range(1, len(run) + 1):
        start = max(0, end - high)
        while start < end - 1 and not fits(run[start:end]):
            start += 1
        yield run[start:end]
