"""How often and how long something is tried again before it is given up."""

from datetime import datetime, timedelta

from clone_pipeline.bots.items import Item
from clone_pipeline.bots.queue import Queue

# Pauses between tries, in seconds: doubled each time from the first to the longest.
FIRST, LONGEST = 10.0, 900.0
MOST_TRIES = 12  # of a step, which is about two hours


def pause(attempts: int) -> float:
    """Seconds before the next try, after so many."""
    return min(FIRST * 2.0 ** min(max(0, attempts), 30), LONGEST)


def later(queue: Queue, item: Item, why: str, *, seconds: float, now: datetime) -> None:
    """Try the same step again after so many seconds, or give up after `MOST_TRIES`."""
    if item.attempts >= MOST_TRIES:
        queue.failed(item.key, f"given up after {item.attempts} tries: {why}", now=now)
        return
    queue.failed(item.key, why, now=now, again_at=now + timedelta(seconds=seconds))


def said(error: Exception) -> str:
    """An error in one line of at most 300 characters."""
    return " ".join(f"{type(error).__name__}: {error}".split())[:300]
