"""One question to an endpoint: a few tries, each paid for from a budget."""

import asyncio
import itertools
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeVar

import aiohttp
import orjson

from clone_pipeline.bots.budget import Cost
from clone_pipeline.llm import pacing
from clone_pipeline.llm.asking import LlmFailure
from clone_pipeline.llm.exchange import SHOWN_CHARS
from clone_pipeline.llm.hosts import host_of, is_local

T = TypeVar("T")


def _granted(at_most: Cost) -> int | None:
    return 0


def _noted(ticket: int, cost: Cost) -> object:
    return True


@dataclass(frozen=True, slots=True)
class Purse:
    """What requests are paid from; as it stands: nothing is counted.

    Attributes:
        reserve: given the most that a try can cost, a number, or None if that is too much;
            `budget.Budget.reserve` with its time.
        settle: given that number and the true cost; not called where nobody knows what a try has
            cost, so that the reservation stands.
    """

    reserve: Callable[[Cost], int | None] = _granted
    settle: Callable[[int, Cost], object] = _noted


class BudgetSpent(Exception):
    """The budget does not allow another request."""


@dataclass(frozen=True, slots=True)
class Wire:
    """An open connection to an endpoint, and how it is asked.

    Attributes:
        session: carries the key in its headers.
        base_url: without a slash at the end.
        tries: at most so many for one question.
        patience_seconds: longest time for one question.
        draw: random numbers in [0, 1) for the pauses.
        purse: asked before each try.
        secret: taken out of whatever comes back; "" if there is none.
        key_env: where the key comes from, for the message about a refused one.
    """

    session: aiohttp.ClientSession
    base_url: str
    tries: int
    patience_seconds: float
    draw: Callable[[], float]
    purse: Purse = field(default_factory=Purse)
    secret: str = ""
    key_env: str | None = None

    async def post(
        self,
        path: str,
        body: Mapping[str, Any],
        *,
        most: Cost,
        read: Callable[[Any], tuple[T, Cost]],
    ) -> T:
        """What `read` makes of the endpoint's answer.

        Args:
            path: below the base, with its slash.
            body: of the request.
            most: what a try can cost.
            read: the answer and its cost from the decoded JSON; raises LookupError, TypeError or
                ValueError if it is none.

        Raises:
            BudgetSpent: a try is too much.
            LlmFailure: no usable answer within tries and patience, or refused for good.
        """
        data, began = orjson.dumps(body, option=orjson.OPT_NON_STR_KEYS), time.monotonic()
        for attempt in itertools.count(1):
            outcome = await self._paid(path, data, most, read)
            if not isinstance(outcome, _Trouble):
                return outcome
            wait = pacing.pause(attempt, asked=outcome.asked, draw=self.draw())
            late = time.monotonic() - began + wait > self.patience_seconds
            again = pacing.kind_of(outcome.status, outcome.found) == "again"
            if not again or late or attempt >= self.tries:
                raise self._failure(outcome, path, str(body.get("model", "")))
            await asyncio.sleep(wait)
        raise AssertionError("unreachable")

    async def _paid(
        self, path: str, data: bytes, most: Cost, read: Callable[[Any], tuple[T, Cost]]
    ) -> "T | _Trouble":
        ticket = self.purse.reserve(most)
        if ticket is None:
            raise BudgetSpent("the day's budget does not allow another request")
        raw = await self._sent(path, data)
        if isinstance(raw, _Trouble):
            if raw.free:
                self.purse.settle(ticket, Cost())
            return raw
        try:
            answer, cost = read(orjson.loads(raw))
        except (LookupError, TypeError, ValueError):
            return _Trouble(200, raw[:SHOWN_CHARS].decode("utf-8", "replace"))
        self.purse.settle(ticket, cost)
        return answer

    async def _sent(self, path: str, data: bytes) -> "bytes | _Trouble":
        url = f"{self.base_url}{path}"
        try:
            async with self.session.post(url, data=data, allow_redirects=False) as response:
                raw = await response.read()
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            never = isinstance(error, aiohttp.ClientConnectorError)
            return _Trouble(None, str(error) or type(error).__name__, free=never)
        if response.status == 200:
            return raw
        asked = pacing.requested_pause(response.headers, now=datetime.now(UTC))
        return _Trouble(response.status, raw.decode("utf-8", "replace"), asked, free=True)

    def _failure(self, trouble: "_Trouble", path: str, model: str) -> LlmFailure:
        found = trouble.found.replace(self.secret, "[API KEY]") if self.secret else trouble.found
        shown = " ".join(found[:SHOWN_CHARS].split()) or "an empty body"
        fixes = {
            None: "Is its server running, and is the address right?",
            200: f"Is it an OpenAI-compatible endpoint with {path}?",
            401: f"Put a valid key into {self.key_env or 'what api_key_env names'}.",
            404: f"Does it serve `{model}` at {path}? Addresses usually end in /v1.",
        }
        fix = fixes.get(trouble.status, "Later may help; else check what the request asks for.")
        return LlmFailure(host_of(self.base_url), trouble.status, shown, fix)


@dataclass(frozen=True, slots=True)
class _Trouble:
    """A try without an answer; `free` if it can't have cost anything."""

    status: int | None
    found: str
    asked: float | None = None
    free: bool = False


@asynccontextmanager
async def session(
    base_url: str, *, key: str | None, timeout_seconds: float
) -> AsyncIterator[aiohttp.ClientSession]:
    """Connections to an endpoint; `key` goes as a bearer token."""
    headers = {"Content-Type": "application/json", "User-Agent": "clone-pipeline"}
    async with aiohttp.ClientSession(
        timeout=aiohttp.ClientTimeout(total=timeout_seconds, sock_connect=15),
        headers=headers | ({"Authorization": f"Bearer {key}"} if key else {}),
        cookie_jar=aiohttp.DummyCookieJar(),
        trust_env=not is_local(base_url),
    ) as opened:
        yield opened
