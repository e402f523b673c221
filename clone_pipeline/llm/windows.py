"""How much of a limit is left: counted over a minute, or as the newest headers say."""

from collections import deque
from dataclasses import dataclass

from clone_pipeline.llm.limits import MINUTE, Allowance


@dataclass(slots=True)
class Taken:
    """What was sent at `since`; `counts` until it is a minute old."""

    since: float
    amount: float
    counts: bool = True


class Minute:
    """At most `limit` in any 60 seconds; more than the limit at once counts as the limit."""

    def __init__(self, limit: float) -> None:
        self._limit, self._sum = limit, 0.0
        self._taken: deque[Taken] = deque()

    def wait(self, wanted: float, now: float) -> float:
        """Seconds until `wanted` is allowed."""
        while self._taken and self._taken[0].since <= now - MINUTE + 1e-6:
            self._taken[0].counts = False
            self._sum -= self._taken.popleft().amount
        excess = self._sum - self._limit + min(wanted, self._limit)
        for taken in self._taken:
            if excess <= 1e-6:
                break
            excess -= taken.amount
            if excess <= 1e-6:
                return taken.since + MINUTE - now
        return 0.0

    def take(self, amount: float, now: float) -> Taken:
        """Count what is sent at `now`."""
        taken = Taken(now, amount)
        self._taken.append(taken)
        self._sum += amount
        return taken

    def correct(self, taken: Taken, amount: float) -> None:
        """Count `amount`, which is known now, instead of what was counted."""
        if taken.counts:
            self._sum += amount - taken.amount
            taken.amount = amount


class Learned:
    """What the newest headers allow, less all that was sent after the request they answer.

    Whether headers are written when a request comes or when it is answered is nowhere said:
    what was sent in between is taken off, and nothing is credited for that time.
    """

    def __init__(self) -> None:
        self._allowance: Allowance | None = None
        self._level = self._at = self._full_at = self._sent_sum = 0.0
        self._sent: deque[tuple[int, float]] = deque()
        self._newest = -1

    @property
    def is_blank(self) -> bool:
        """Whether no headers have been learned yet."""
        return self._allowance is None

    def wait(self, wanted: float, now: float) -> float:
        """Seconds until `wanted` is allowed."""
        if self._allowance is None:
            return 0.0
        self._advance(self._allowance, now)
        lacking = min(wanted, self._allowance.limit) - self._level
        if lacking <= 1e-6:
            return 0.0
        if self._allowance.steady:
            return lacking / self._allowance.rate
        return max(0.001, self._full_at - now)

    def take(self, amount: float, now: float, *, number: int) -> None:
        """Count what is sent at `now`, as the request of that number; numbers only grow."""
        self._sent.append((number, amount))
        self._sent_sum += amount
        if self._allowance is not None:
            self._advance(self._allowance, now)
            self._level -= amount

    def learn(self, allowance: Allowance | None, *, number: int, now: float) -> None:
        """Believe the headers, read at `now`, of the reply to the request of that number.

        Headers of a request sent before one whose headers were read already say nothing new.
        """
        if number < self._newest:
            return
        while self._sent and self._sent[0][0] <= number:
            self._sent_sum -= self._sent.popleft()[1]
        if allowance is not None:
            self._newest, self._allowance = number, allowance
            self._level, self._at = allowance.remaining - self._sent_sum, now
            self._full_at = now + allowance.resets_in

    def _advance(self, allowance: Allowance, now: float) -> None:
        if allowance.steady:
            self._level = min(allowance.limit, self._level + allowance.rate * (now - self._at))
        elif now >= self._full_at:
            self._level, self._full_at = allowance.limit, now + MINUTE
        self._at = now
