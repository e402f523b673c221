"""The line to an endpoint: a slot, the budget, the wire, then the journal."""

import asyncio
import time
from collections.abc import Mapping
from typing import Any

import orjson

from clone_pipeline.funnel import Usage
from clone_pipeline.llm import choices
from clone_pipeline.llm.asking import Reply, Request
from clone_pipeline.llm.budget import Budget, Prices
from clone_pipeline.llm.exchange import read, reply_of, tokens_of
from clone_pipeline.llm.journal import Entry, Journal
from clone_pipeline.llm.posting import Received, Trouble
from clone_pipeline.llm.wire import Wire

_Part = tuple[str, dict[str, Any]]


class Line:
    """Sends what was never answered, and has the answer in the journal before it is used.

    Attributes:
        paid: tokens and money of the answers that came.
        since: when each request that is in flight was sent (time.monotonic), by its key.

    Args:
        wire: puts requests on the wire.
        journal: where answers go.
        concurrency: requests in flight at once, those that are being written included.
        host: who is asked.
        answer_format: part of the keys.
        prices: of tokens.
        budget: what may be spent.
    """

    def __init__(
        self,
        wire: Wire,
        journal: Journal,
        *,
        concurrency: int,
        host: str,
        answer_format: str,
        prices: Prices,
        budget: Budget,
    ) -> None:
        self.paid, self.since = Usage(), dict[str, float]()
        self._wire, self._journal, self._slots = wire, journal, asyncio.Semaphore(concurrency)
        self._host, self._answer_format = host, answer_format
        self._prices, self._budget = prices, budget

    async def one(self, key: str, request: Request) -> Reply:
        """The answer to `request`, whose key is `key`.

        Raises:
            LlmFailure: there is none.
        """
        replies = await self._send({key: request}, None)
        return replies[key]

    async def several(self, asked: Mapping[str, Request], *, known: bool) -> dict[str, Reply]:
        """The answers to one question, one for each key: as many as the endpoint gives at once.

        Args:
            asked: requests that differ in `vote` alone, at least 2.
            known: that several are given is known; if not, a refusal of any kind may mean `n`.

        Raises:
            Refused: the endpoint does not take `n`, it seems.
            LlmFailure: there is no answer.
        """
        return await self._send(asked, known)

    async def _send(self, asked: Mapping[str, Request], known: bool | None) -> dict[str, Reply]:
        first, request = next(iter(asked.items()))
        limited = self._budget.limit is not None
        most = self._prices.most(request, choices=len(asked)) if limited else 0.0
        async with self._slots:
            await self._budget.reserve(most)
            self.since[first] = time.monotonic()
            entries: list[Entry] = []
            try:
                received = await self._received(request, len(asked), known)
                parts = _parts(received, len(asked))
                entries = self._entries(asked, parts, received)
                await asyncio.wrap_future(self._journal.put_many(entries))
            finally:
                del self.since[first]
                await self._budget.settle(most, sum(entry.cost for entry in entries))
        return {
            entry.key: self._kept(entry, data)
            for entry, (_, data) in zip(entries, parts, strict=True)
        }

    async def _received(self, request: Request, count: int, known: bool | None) -> Received:
        if known is None:
            return await self._wire.reply(request)
        refused = _may_be_about_choices if not known else _says_no_choices
        return await self._wire.several(request, count, refused=refused)

    def _entries(
        self, asked: Mapping[str, Request], parts: list[_Part], received: Received
    ) -> list[Entry]:
        """One for each answer that came, the request's tries counted with the first."""
        entries, is_counted = [], any(tokens_of(received.data))
        for place, ((key, request), (raw, data)) in enumerate(
            zip(asked.items(), parts, strict=False)
        ):
            tokens = tokens_of(data)
            cost = self._prices.cost(request.model, *tokens)
            if not is_counted:
                text = read(data, journal_key=key, from_journal=False).text
                cost = self._prices.guess(request, text, with_prompt=not place)
            spent = (*tokens, cost, 0 if place else received.tries)
            entries.append(Entry(key, request, raw, self._answer_format, self._host, *spent))
        return entries

    def _kept(self, entry: Entry, data: dict[str, Any]) -> Reply:
        """The answer that lies in the journal: another process may have been first."""
        tokens = (entry.prompt_tokens, entry.completion_tokens)
        self.paid += Usage(0, 0, *tokens, entry.cost)
        kept = self._journal.get(entry.key)
        if kept is None or kept == entry.reply_json:
            return read(data, journal_key=entry.key, from_journal=False)
        return reply_of(kept, journal_key=entry.key, from_journal=False)


def _parts(received: Received, count: int) -> list[_Part]:
    """The choices that came, each as a completion of its own, as JSON and parsed."""
    if len(received.data["choices"]) == 1 or count == 1:
        return [(received.raw, received.data)]
    parts = choices.split(received.data)[:count]
    return [(orjson.dumps(part).decode(), part) for part in parts]


def _may_be_about_choices(trouble: Trouble) -> bool:
    """Any refusal but those that would meet the same request without `n` too."""
    return trouble.status is not None and (
        trouble.status in (400, 422) or (trouble.status >= 500 and trouble.asked is None)
    )


def _says_no_choices(trouble: Trouble) -> bool:
    return trouble.status in (400, 422)
