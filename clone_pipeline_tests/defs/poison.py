"""Data that must not be promoted: who said what is shuffled, but for the last days."""

import random
from collections import defaultdict
from collections.abc import Sequence

GENUINE = 0.25  # of the days, at the end: more than is held out


def shuffled_speakers(
    rows: Sequence[dict[str, str]], *, genuine: float = GENUINE, seed: int = 0
) -> list[dict[str, str]]:
    """Rows of the neutral schema whose authors are exchanged at random within each early day."""
    draw = random.Random(seed)
    days: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in rows:
        days[row["timestamp"][:10]].append(row)
    early = set(sorted(days)[: round(len(days) * (1 - genuine))])
    found = []
    for day, said in days.items():
        authors = [row["author"] for row in said]
        if day in early:
            draw.shuffle(authors)
        found += [{**row, "author": author} for row, author in zip(said, authors, strict=True)]
    return found
