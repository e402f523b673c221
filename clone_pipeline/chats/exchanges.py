"""Exchanges of a conversation (the others speak, the persona answers), and sections of them."""

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from clone_pipeline.records import Turn


@dataclass(frozen=True, slots=True)
class Exchange:
    """What the others said in a row, and what the persona answered; bodies are defused."""

    other: list[tuple[Turn, str, str]]
    persona: list[tuple[Turn, str, str]]

    @property
    def turns(self) -> int:
        """How many turns of the conversation it holds."""
        return len(self.other) + len(self.persona)

    @property
    def chars(self) -> int:
        """At most so many characters, prefixes of names included."""
        return sum(len(name) + 3 + len(body) for _, name, body in self.other + self.persona)


def runs_of(
    pairs: Sequence[Exchange], max_chars: int, dropped: Counter[str]
) -> Iterator[list[Exchange]]:
    """Runs of exchanges that each fit in `max_chars`, with nothing left out between them.

    Of long talk before an answer the nearest turns are kept.
    """
    run: list[Exchange] = []
    for pair in pairs:
        fitted = _fitted(pair, max_chars)
        if fitted is pair:
            run.append(pair)
            continue
        if run:
            yield run
        run = [fitted] if fitted else []
        reason = "long_lead_in" if fitted else "too_long"
        dropped[reason] += pair.turns - (fitted.turns if fitted else 0)
    if run:
        yield run


def _fitted(pair: Exchange, max_chars: int) -> Exchange | None:
    if pair.chars <= max_chars:
        return pair
    shorter = (Exchange(pair.other[place:], pair.persona) for place in range(1, len(pair.other)))
    return next((found for found in shorter if found.chars <= max_chars), None)


def sections_of(
    run: Sequence[Exchange], min_turns: int, max_turns: int, max_chars: int, rng: random.Random
) -> Iterator[Sequence[Exchange]]:
    """Contiguous sections that together are `run`; a rest below the minimum only if it must be."""
    low, high = (min_turns + 1) // 2, max_turns // 2
    start = 0
    while start < len(run):
        left = len(run) - start
        size = left
        if left > high:
            fair = [n for n in range(low, high + 1) if left - n >= low or left == n]
            size = rng.choice(fair or [high])
        while size > 1 and sum(p.chars for p in run[start : start + size]) > max_chars:
            size -= 1
        yield run[start : start + size]
        start += size
