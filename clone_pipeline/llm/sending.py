"""Requests on the wire: further tries within patience, and a stop when nothing works any more."""

import asyncio
import itertools
import random
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

import aiohttp
import orjson

from clone_pipeline.llm import pacing
from clone_pipeline.llm.asking import LlmFailure
from clone_pipeline.llm.exchange import SHOWN_CHARS, tokens_of
from clone_pipeline.llm.failing import failure
from clone_pipeline.llm.forms import CHAT, Form
from clone_pipeline.llm.gate import Gate, Pass
from clone_pipeline.llm.hosts import host_of
from clone_pipeline.llm.posting import Poster, Received, Trouble

_TOO_FAST = (429, 503, 529)


@dataclass(frozen=True, slots=True)
class Terms:
    """How an endpoint is asked."""

    base_url: str
    form: Form = CHAT
    patience_seconds: float = 600.0
    failures_in_a_row: int = 10
    api_key_env: str | None = None


class Refused(Exception):
    """The endpoint does not take this body, but may take another that asks the same."""

    def __init__(self, trouble: Trouble) -> None:
        self.trouble = trouble
        super().__init__(trouble.found)


class Sender:
    """Sends requests to one endpoint.

    Attributes:
        host: who is asked.
        form: how it is asked.
        sent: requests sent, further tries too.
        last_trouble: what went wrong with the last try; empty if it went well.

    Args:
        session: carries the key, if there is one, in its headers.
        terms: address and patience.
        gate: holds requests back that would be too fast.
        scrub: takes secrets out of what the endpoint sends back, before it reaches a message.
        draw: random numbers in [0, 1) for the pauses.
    """

    def __init__(
        self,
        session: aiohttp.ClientSession,
        terms: Terms,
        gate: Gate,
        *,
        scrub: Callable[[str], str] = str,
        draw: Callable[[], float] = random.random,
    ) -> None:
        self.host, self.form = host_of(terms.base_url), terms.form
        self.sent, self.last_trouble = 0, ""
        self._poster = Poster(session, terms.base_url, terms.form)
        self._terms, self._gate, self._scrub, self._draw = terms, gate, scrub, draw
        self._not_before = 0.0
        self._failed_in_a_row = 0
        self._broken: LlmFailure | None = None
        self._stopped = asyncio.Event()

    @property
    def last_reply(self) -> float:
        """When the endpoint last sent anything (time.monotonic), 0 if never."""
        return self._poster.last_reply

    async def send(
        self, body: Mapping[str, Any], *, model: str, longest: int,
        mends: Callable[[Trouble], bool],
    ) -> Received:  # fmt: skip
        """The completion, after as many tries as patience allows.

        Args:
            body: in the form of the endpoint.
            model: named in messages.
            longest: tokens of all its answers at most; four bytes of the body count as one more.
            mends: whether another body may be taken after this trouble.

        Raises:
            Refused: it may.
            LlmFailure: no answer, and none to be hoped for.
        """
        data, started = orjson.dumps(body), 0.0
        tokens = len(data) / 4 + longest
        for attempt in itertools.count(1):
            entered = await self._enter(tokens, model)
            started = started or time.monotonic()
            outcome = await self._try(data, entered)
            if isinstance(outcome, Received):
                return outcome if attempt == 1 else replace(outcome, tries=attempt)
            if outcome.status is not None and mends(outcome):
                raise Refused(outcome)
            await self._judge(outcome, model, attempt, time.monotonic() - started)
        raise AssertionError("unreachable")

    def give_up(self, error: LlmFailure) -> None:
        """Send nothing more: whoever waits to send fails with `error`."""
        self._broken = self._broken or error
        self._stopped.set()

    async def _enter(self, tokens: float, model: str) -> Pass:
        """Wait for the end of a pause that the endpoint asked for, then for the gate."""
        await self._pause(0.0)
        while (held := self._not_before - time.monotonic()) > 0:
            await self._pause(held + self._draw())
        patience = self._terms.patience_seconds
        try:
            return await self._gate.enter(tokens, pause=self._pause, longest=patience)
        except TimeoutError as error:
            found = f"its rate limit allows nothing for {float(str(error)):.0f} s"
            raise await self._final(Trouble(429, found), model, fatal=True) from error

    async def _judge(self, trouble: Trouble, model: str, attempt: int, elapsed: float) -> None:
        """Wait for the next try, or raise if there must be none."""
        wait = pacing.pause(attempt, asked=trouble.asked, draw=self._draw())
        if trouble.asked:
            self._not_before = max(self._not_before, time.monotonic() + trouble.asked)
        late = pacing.gives_up(
            elapsed, wait, patience=self._terms.patience_seconds,
            answered_before=self.last_reply > 0, connected=trouble.connected,
        )  # fmt: skip
        kind = pacing.kind_of(trouble.status, trouble.found)
        too_long = (trouble.asked or 0.0) > self._terms.patience_seconds  # and it holds everybody
        if kind != "again" or late:
            raise await self._final(trouble, model, fatal=kind == "fatal" or too_long)
        await self._pause(wait)

    async def _final(self, trouble: Trouble, model: str, *, fatal: bool) -> LlmFailure:
        offered = await self.offered() if trouble.status == 404 else []
        found, key_env = self._scrub(trouble.found), self._terms.api_key_env
        error = failure(
            self.host, trouble.status, found, model=model, key_env=key_env, offered=offered
        )
        self._failed_in_a_row += 1
        limit = self._terms.failures_in_a_row
        if pacing.is_broken(self._failed_in_a_row, limit=limit, fatal=fatal):
            self.give_up(error)
        return error

    async def _pause(self, seconds: float) -> None:
        """Sleep, but wake and raise when the endpoint has been given up meanwhile."""
        if seconds > 0 and not self._broken:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopped.wait(), seconds)
        if self._broken:
            first, stopped = self._broken, "no more requests are sent, the answers so far are kept"
            raise LlmFailure(first.host, first.status, first.found, f"{first.fix}; {stopped}")

    async def _try(self, data: bytes, entered: Pass) -> Received | Trouble:
        self.sent += 1
        outcome: Received | Trouble | None = None
        try:
            outcome = await self._poster.post(data)
        finally:
            self._leave(entered, outcome)
        if isinstance(outcome, Received):
            self._failed_in_a_row, self.last_trouble = 0, ""
        else:
            found = self._scrub(outcome.found)[:SHOWN_CHARS]
            self.last_trouble = f"{outcome.status or 'no reply'}: {' '.join(found.split())}"
        return outcome

    def _leave(self, entered: Pass, outcome: Received | Trouble | None) -> None:
        """Tell the gate what the reply says of the endpoint's limits."""
        if isinstance(outcome, Received):
            taken = sum(tokens_of(outcome.data)) or None
            self._gate.leave(entered, headers=outcome.headers, tokens=taken)
        else:
            headers = outcome.headers if outcome else None
            refused = outcome is not None and outcome.status in _TOO_FAST
            self._gate.leave(entered, headers=headers, refused=refused)

    async def offered(self) -> list[str]:
        """Names of the models that the endpoint lists; empty if it has no list."""
        return await self._poster.offered()
