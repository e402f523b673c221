"""Holds requests back before an endpoint has to refuse them, and after it did."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain

from clone_pipeline.llm import limits
from clone_pipeline.llm.limits import Kind
from clone_pipeline.llm.windows import Learned, Minute, Taken

_REGAINED = 0.1  # of a place, for each answer: one refusal in ten leaves the line as full as it was
_LOOK_SECONDS = 1.0  # longest sleep before the newest headers are looked at again
_FREED_SECONDS = 0.02


@dataclass(frozen=True, slots=True)
class Pass:
    """A request that was let through: its number, and how its tokens were counted, if so."""

    number: int
    tokens: Taken | None


class Gate:
    """Lets requests through, first come first served.

    A limit of the settings is kept over every 60 seconds; where there is none, the newest
    headers say what is left. Each refusal for being too fast takes one from the requests in
    flight, each answer gives a tenth back: a storm of refusals ends with its first wave.

    Attributes:
        limited: whether replies name limits; None if none came yet.

    Args:
        most: requests in flight at most.
        limits: requests and tokens a minute that the settings name.
        first_wave: requests in flight until a reply has shown what its headers say.
        clock: seconds that only grow.
    """

    def __init__(
        self,
        most: int,
        limits: Mapping[Kind, float] | None = None,
        *,
        first_wave: int | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.limited: bool | None = None
        self._most, self._places, self._in_flight = float(most), float(most), 0
        self._first_wave = first_wave or most
        self._number = 0
        self._clock, self._turn = clock, asyncio.Lock()
        self._named = {kind: Minute(limit) for kind, limit in (limits or {}).items()}
        kinds: tuple[Kind, ...] = ("requests", "tokens")
        self._learned = {kind: Learned() for kind in kinds if kind not in self._named}

    async def enter(
        self, tokens: float, *, pause: Callable[[float], Awaitable[None]], longest: float
    ) -> Pass:
        """Wait until a request that takes `tokens` may be sent.

        Args:
            tokens: of the prompt and the longest answer.
            pause: sleeps so many seconds; raises if nothing is to be sent any more.
            longest: seconds; see below.

        Raises:
            TimeoutError: nothing is allowed for more than `longest` seconds, the first argument.
        """
        if self._turn.locked() or self.wait(tokens) > 0:
            async with self._turn:
                while (wait := self.wait(tokens)) > 0:
                    if wait > longest:
                        raise TimeoutError(wait)
                    await pause(min(wait, _LOOK_SECONDS))
                return self._let_through(tokens)
        return self._let_through(tokens)

    def wait(self, tokens: float) -> float:
        """Seconds until a request that takes so much may be sent; 0 if it may."""
        places = self._places if self.limited is not None else self._first_wave
        if self._in_flight >= places:
            return _FREED_SECONDS
        now = self._clock()
        windows: Iterable[tuple[Kind, Minute | Learned]] = chain(
            self._named.items(), self._learned.items()
        )
        return max(
            window.wait(tokens if kind == "tokens" else 1.0, now) for kind, window in windows
        )

    def leave(
        self,
        entered: Pass,
        *,
        headers: Mapping[str, str] | None = None,
        tokens: float | None = None,
        refused: bool = False,
    ) -> None:
        """Tell what became of a request.

        Args:
            entered: from `enter`.
            headers: of the reply, if there was one.
            tokens: what it took, if that is known.
            refused: it was sent too fast, says the endpoint.
        """
        self._in_flight -= 1
        if refused:
            self._places = max(1.0, self._places - 1)
        elif headers is not None and self._places < self._most:
            self._places = min(self._most, self._places + _REGAINED)
        if headers is not None:
            found = limits.learned(headers, now=datetime.now(UTC))
            self.limited = bool(found) or self.limited is True
            for kind, window in self._learned.items():
                window.learn(found.get(kind), number=entered.number, now=self._clock())
        if tokens is not None and entered.tokens is not None:
            self._named["tokens"].correct(entered.tokens, tokens)

    def _let_through(self, tokens: float) -> Pass:
        now = self._clock()
        self._in_flight += 1
        self._number += 1
        taken = {
            kind: window.take(tokens if kind == "tokens" else 1.0, now)
            for kind, window in self._named.items()
        }
        for kind, learned in self._learned.items():
            learned.take(tokens if kind == "tokens" else 1.0, now, number=self._number)
        return Pass(self._number, taken.get("tokens"))
