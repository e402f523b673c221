"""OpenAI's Batch API as a model that can be asked: half the price, an answer within 24 hours.

What is asked is collected until nobody asks any more for a moment, for the flows wait for each
other then, and sent as one batch (several, if it passes a limit). The journal knows a batch before
it exists: whoever runs next finds it again, takes its answers, and pays for nothing twice.
"""

import asyncio
import dataclasses
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from clone_pipeline.funnel import Usage
from clone_pipeline.llm.asking import Reply, Request
from clone_pipeline.llm.batch_asking import Askers
from clone_pipeline.llm.batch_lines import MAX_BYTES, MAX_REQUESTS
from clone_pipeline.llm.batch_looking import Looker
from clone_pipeline.llm.batch_sending import BatchSender, BatchTerms, working
from clone_pipeline.llm.batch_taking import Taker
from clone_pipeline.llm.batch_wire import BatchWire
from clone_pipeline.llm.budget import Budget, Prices
from clone_pipeline.llm.exchange import reply_of
from clone_pipeline.llm.failing import scrubber
from clone_pipeline.llm.forms import CHAT, Form
from clone_pipeline.llm.hosts import host_of, is_local
from clone_pipeline.llm.journal import Journal
from clone_pipeline.llm.journal_batches import Question
from clone_pipeline.llm.keyed import keyed
from clone_pipeline.llm.wire import Manner

HALF = 0.5  # of the price of the same request sent by itself


class BatchModel:
    """A `Model` behind a Batch API; made by `batched`.

    Args:
        host: who is asked.
        sender: collects and sends.
        taker: takes in what comes.
        journal: where every answer goes before it is used.
        terms: which form and stop texts are asked for.
        prices: of tokens, in batches.
        budget: what may be spent.
    """

    def __init__(
        self, host: str, sender: BatchSender, taker: Taker, journal: Journal, terms: BatchTerms,
        prices: Prices, budget: Budget,
    ) -> None:  # fmt: skip
        self.host = host
        self._sender, self._taker, self._journal, self._terms = sender, taker, journal, terms
        self._prices, self._budget = prices, budget
        self._asking: dict[str, asyncio.Task[Reply]] = {}
        self._from_journal = 0

    async def ask(self, request: Request) -> Reply:
        """The answer: from the journal, from a batch that is under way, or from the next one.

        If the asking task is cancelled the request goes on, for it is paid for.

        Raises:
            LlmFailure: refused, or without an answer in three batches.
            FaultyInput: the journal can't be written.
        """
        request, key = self._identified(request)
        if asking := self._asking.get(key):
            self._from_journal += 1
            return dataclasses.replace(await asyncio.shield(asking), from_journal=True)
        if raw := self._journal.get(key):
            self._from_journal += 1
            return reply_of(raw, journal_key=key, from_journal=True)
        task = asyncio.create_task(self._answer(key, request))
        self._asking[key] = task
        task.add_done_callback(lambda done: self._ended(key, done))
        return await asyncio.shield(task)

    async def ask_votes(self, request: Request, votes: Sequence[int]) -> list[Reply]:
        """Independent answers to one question, one for each number in `votes`."""
        asked = [dataclasses.replace(request, vote=vote) for vote in votes]
        return list(await asyncio.gather(*(self.ask(each) for each in asked)))

    def usage(self) -> Usage:
        """Requests sent, answers from the journal; tokens and money of what came."""
        return self._taker.paid + Usage(self._sender.sent, self._from_journal)

    def waiting(self) -> str:
        """What is awaited: "1 batch at api.openai.com, 310 of 4,000 requests done"; "" if none."""
        return self._sender.waiting() if self._asking else ""

    async def close(self) -> None:
        """Stop waiting; what was sent goes on at the endpoint, for the next run to take."""
        asking = list(self._asking.values())
        for task in asking:
            task.cancel()
        await asyncio.gather(*asking, return_exceptions=True)

    def _identified(self, request: Request) -> tuple[Request, str]:
        limit = self._terms.manner.stop_limit if self._terms.manner.send_stop else 0
        if limit is not None and len(request.stop) > limit:
            request = dataclasses.replace(request, stop=request.stop[:limit])
        return keyed(request, answer_format=self._terms.form.answer_format)

    async def _answer(self, key: str, request: Request) -> Reply:
        most = self._prices.most(request)
        await self._budget.reserve(most)
        cost = 0.0
        try:
            question = Question(key, request, self._terms.form.answer_format)
            cost = await self._sender.answered(question)
        finally:
            await self._budget.settle(most, cost)
        return reply_of(self._journal.get(key) or "", journal_key=key, from_journal=False)

    def _ended(self, key: str, task: asyncio.Task[Reply]) -> None:
        self._asking.pop(key, None)
        if not task.cancelled():
            task.exception()  # seen, even if whoever asked is gone


@asynccontextmanager
async def batched(
    *,
    base_url: str,
    api_key: str | None,
    journal: Journal,
    form: Form = CHAT,
    manner: Manner | None = None,
    prices: Prices | None = None,
    budget: float | None = None,
    timeout_seconds: float = 180.0,
    patience_seconds: float = 600.0,
    api_key_env: str | None = None,
    quiet_seconds: float = 2.0,
    poll_seconds: tuple[float, float] = (5.0, 60.0),
    max_requests: int = MAX_REQUESTS,
    max_bytes: int = MAX_BYTES,
) -> AsyncIterator[BatchModel]:
    """Ask by batches at `base_url`; those that an earlier run left are taken up again.

    Args:
        base_url: without a slash at the end; "/files" and "/batches" are added.
        api_key: sent as a bearer token, and taken out of whatever comes back.
        journal: kept open by the caller for at least as long.
        form: how a single request is asked: chat, or raw completions.
        manner: stop texts and the name of the longest answer.
        prices: what a token costs outside batches; half of it is counted.
        budget: money that the journal's answers may cost in all.
        timeout_seconds: longest wait for one reply of the API itself.
        patience_seconds: longest time for one call with all its tries.
        api_key_env: named in the message about a refused key.
        quiet_seconds: what was asked is sent when nothing more was asked for so long.
        poll_seconds: the first pause between two looks at a batch, and the longest.
        max_requests: of one batch.
        max_bytes: of its file.
    """
    import openai  # noqa: PLC0415

    host, manner, prices = host_of(base_url), manner or Manner(), _halved(prices or Prices())
    http = openai.DefaultAsyncHttpxClient(trust_env=not is_local(base_url))
    client = openai.AsyncOpenAI(
        base_url=base_url, api_key=api_key or "none", max_retries=0, timeout=timeout_seconds,
        http_client=http,
    )  # fmt: skip
    scrub = scrubber(api_key)
    wire = BatchWire(
        client, host, f"/v1{form.path}", journal.path.parent, key_env=api_key_env,
        patience_seconds=patience_seconds, scrub=scrub,
    )  # fmt: skip
    terms = BatchTerms(form, manner, quiet_seconds, poll_seconds, max_requests, max_bytes)
    askers = Askers(host, api_key_env, scrub)
    taker = Taker(wire, journal, askers, form, prices)
    looker = Looker(wire, journal, askers, taker, most=max_requests)
    sender = BatchSender(wire, journal, askers, looker, terms)
    purse = Budget(host, budget, spent=journal.spent().cost)
    model = BatchModel(host, sender, taker, journal, terms, prices, purse)
    async with client, working(sender, askers):
        try:
            yield model
        finally:
            await model.close()


def _halved(prices: Prices) -> Prices:
    def half(price: tuple[float, float]) -> tuple[float, float]:
        return price[0] * HALF, price[1] * HALF

    return Prices(half(prices.default), {name: half(p) for name, p in prices.by_model.items()})
