"""Requests on the wire: further tries within patience, and a stop when nothing works any more."""

import asyncio
import itertools
import random
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime

import aiohttp
import orjson

from clone_pipeline.funnel import Usage
from clone_pipeline.llm import pacing
from clone_pipeline.llm.asking import LlmFailure, Reply, Request
from clone_pipeline.llm.exchange import SHOWN_CHARS, MalformedReply, body_of, failure, reply_of
from clone_pipeline.llm.hosts import host_of


@dataclass(frozen=True, slots=True)
class Terms:
    """How an endpoint is asked; prices are money for a million tokens (prompt, completion)."""

    base_url: str
    patience_seconds: float = 600.0
    failures_in_a_row: int = 10
    max_tokens_key: str = "max_tokens"
    api_key_env: str | None = None
    price: tuple[float, float] = (0.0, 0.0)
    prices: Mapping[str, tuple[float, float]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Trouble:
    """A try without a usable reply; `asked` is the pause that the endpoint wants, in seconds."""

    status: int | None
    found: str
    asked: float | None = None
    connected: bool = True


class Sender:
    """Sends requests to one endpoint.

    Attributes:
        host: who is asked.
        sent: requests sent, further tries too.
        last_reply: when the endpoint last sent anything (time.monotonic), 0 if never.
        last_trouble: what went wrong with the last try; empty if it went well.

    Args:
        session: carries the key, if there is one, in its headers.
        terms: address, patience and prices.
        scrub: takes secrets out of what the endpoint sends back, before it reaches a message.
        draw: random numbers in [0, 1) for the pauses.
    """

    def __init__(
        self,
        session: aiohttp.ClientSession,
        terms: Terms,
        *,
        scrub: Callable[[str], str] = str,
        draw: Callable[[], float] = random.random,
    ) -> None:
        self.host = host_of(terms.base_url)
        self.sent, self.last_reply, self.last_trouble = 0, 0.0, ""
        self._session, self._terms, self._scrub, self._draw = session, terms, scrub, draw
        self._not_before = 0.0
        self._failed_in_a_row = 0
        self._broken: LlmFailure | None = None
        self._stopped = asyncio.Event()

    async def reply(self, request: Request) -> str:
        """The endpoint's reply as it came, after as many tries as patience allows."""
        body = body_of(request)
        if self._terms.max_tokens_key != "max_tokens":
            body[self._terms.max_tokens_key] = body.pop("max_tokens")
        data, started = orjson.dumps(body), time.monotonic()
        for attempt in itertools.count(1):
            held = self._not_before - time.monotonic()
            await self._pause(held + self._draw() if held > 0 else 0.0)
            outcome = await self._try(data)
            if isinstance(outcome, str):
                return outcome
            await self._judge(outcome, request.model, attempt, time.monotonic() - started)
        raise AssertionError("unreachable")

    async def _judge(self, trouble: _Trouble, model: str, attempt: int, elapsed: float) -> None:
        """Wait for the next try, or raise if there must be none."""
        wait = pacing.pause(attempt, asked=trouble.asked, draw=self._draw())
        if trouble.asked:
            self._not_before = max(self._not_before, time.monotonic() + trouble.asked)
        late = pacing.gives_up(
            elapsed, wait, patience=self._terms.patience_seconds,
            answered_before=self.last_reply > 0, connected=trouble.connected,
        )  # fmt: skip
        kind = pacing.kind_of(trouble.status, trouble.found)
        if kind != "again" or late:
            raise await self._final(trouble, model, fatal=kind == "fatal")
        await self._pause(wait)

    async def _final(self, trouble: _Trouble, model: str, *, fatal: bool) -> LlmFailure:
        offered = await self.offered() if trouble.status == 404 else []
        found, key_env = self._scrub(trouble.found), self._terms.api_key_env
        error = failure(
            self.host, trouble.status, found, model=model, key_env=key_env, offered=offered
        )
        self._failed_in_a_row += 1
        limit = self._terms.failures_in_a_row
        if pacing.is_broken(self._failed_in_a_row, limit=limit, fatal=fatal):
            self._broken = self._broken or error
            self._stopped.set()
        return error

    async def _pause(self, seconds: float) -> None:
        """Sleep, but wake and raise when the endpoint has been given up meanwhile."""
        if seconds > 0 and not self._broken:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopped.wait(), seconds)
        if self._broken:
            first, stopped = self._broken, "no more requests are sent, the answers so far are kept"
            raise LlmFailure(first.host, first.status, first.found, f"{first.fix}; {stopped}")

    async def _try(self, data: bytes) -> str | _Trouble:
        self.sent += 1
        outcome = await self._post(data)
        if isinstance(outcome, str):
            self._failed_in_a_row, self.last_trouble = 0, ""
        else:
            found = self._scrub(outcome.found)[:SHOWN_CHARS]
            self.last_trouble = f"{outcome.status or 'no reply'}: {' '.join(found.split())}"
        return outcome

    async def _post(self, data: bytes) -> str | _Trouble:
        url = f"{self._terms.base_url}/chat/completions"
        try:
            async with self._session.post(url, data=data, allow_redirects=False) as response:
                raw = (await response.read()).decode("utf-8", "replace")
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            connected = not isinstance(error, aiohttp.ClientConnectorError)
            return _Trouble(None, str(error) or type(error).__name__, connected=connected)
        self.last_reply = time.monotonic()
        if response.status != 200:
            asked = pacing.requested_pause(response.headers, now=datetime.now(UTC))
            return _Trouble(response.status, raw or response.headers.get("Location", ""), asked)
        try:
            reply_of(raw, journal_key="", from_journal=False)
        except MalformedReply as error:
            return _Trouble(error.status, f"no chat completion: {error}")
        return raw

    def cost_of(self, model: str, reply: Reply) -> Usage:
        """What an answer that was sent for has cost."""
        prompt, completion = self._terms.prices.get(model, self._terms.price)
        cost = (reply.prompt_tokens * prompt + reply.completion_tokens * completion) / 1e6
        return Usage(0, 0, reply.prompt_tokens, reply.completion_tokens, cost)

    async def offered(self) -> list[str]:
        """Names of the models that the endpoint lists; empty if it has no list."""
        with suppress(aiohttp.ClientError, TimeoutError, OSError, ValueError, KeyError, TypeError):
            url = f"{self._terms.base_url}/models"
            async with self._session.get(url, allow_redirects=False) as response:
                return sorted(
                    str(model["id"]) for model in orjson.loads(await response.read())["data"]
                )
        return []
