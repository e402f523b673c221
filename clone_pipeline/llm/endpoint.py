"""One endpoint that is asked: journal first, then the network, never twice for one question."""

import asyncio
import dataclasses
import time

from clone_pipeline.funnel import Usage
from clone_pipeline.llm import journal as journals
from clone_pipeline.llm import pacing
from clone_pipeline.llm.asking import Reply, Request
from clone_pipeline.llm.exchange import ANSWER_FORMAT, reply_of, without_surrogates
from clone_pipeline.llm.sending import Sender


class Endpoint:
    """A `Model` behind HTTP; made by `openai_compatible.connect`.

    Args:
        sender: puts requests on the wire.
        journal: where every answer goes before it is used.
        concurrency: requests in flight at once.
        stop_limit: stop texts beyond this number are not sent.
    """

    def __init__(
        self,
        sender: Sender,
        journal: journals.Journal,
        *,
        concurrency: int,
        stop_limit: int | None = None,
    ) -> None:
        self.host = sender.host
        self._sender, self._journal, self._stop_limit = sender, journal, stop_limit
        self._slots = asyncio.Semaphore(concurrency)
        self._sending: dict[str, asyncio.Task[Reply]] = {}
        self._since: dict[str, float] = {}
        self._answers = Usage()

    async def ask(self, request: Request) -> Reply:
        """The answer: from the journal, else from the endpoint and then in the journal.

        Tasks that ask the same at once share one request. If the asking task is cancelled the
        request goes on, for it is paid for.

        Raises:
            LlmFailure: refused for good, out of patience, or stopped after failures in a row.
        """
        request, key = self._identified(request)
        if sending := self._sending.get(key):
            reply = await asyncio.shield(sending)
            self._answers += Usage(from_journal=1)
            return dataclasses.replace(reply, from_journal=True)
        if raw := self._journal.get(key):
            self._answers += Usage(from_journal=1)
            return reply_of(raw, journal_key=key, from_journal=True)
        task = asyncio.create_task(self._send(key, request))
        self._sending[key] = task
        task.add_done_callback(lambda _: self._sending.pop(key, None))
        return await asyncio.shield(task)

    def usage(self) -> Usage:
        """Requests sent (further tries too), answers from the journal, tokens and money spent."""
        return self._answers + Usage(requests=self._sender.sent)

    def waiting(self) -> str:
        """What is awaited: "12 requests to 127.0.0.1:8000, the oldest since 61 s"; "" if none."""
        now = time.monotonic()
        ages = [now - since for since in self._since.values()]
        return pacing.waiting_sentence(self.host, ages, self._sender.last_trouble)

    def silent_for(self) -> float:
        """Seconds since anything came or was first awaited; 0 if nothing is awaited."""
        if not self._since:
            return 0.0
        return time.monotonic() - max(self._sender.last_reply, min(self._since.values()))

    async def offered(self) -> list[str]:
        """Names of the models that the endpoint lists; empty if it has no list."""
        return await self._sender.offered()

    async def close(self) -> None:
        """Cancel what is still being sent."""
        sending = list(self._sending.values())
        for task in sending:
            task.cancel()
        await asyncio.gather(*sending, return_exceptions=True)

    def _identified(self, request: Request) -> tuple[Request, str]:
        if self._stop_limit is not None:
            request = dataclasses.replace(request, stop=request.stop[: self._stop_limit])
        try:
            return request, journals.key(request, answer_format=ANSWER_FORMAT)
        except TypeError:  # halves of surrogate pairs
            plain = {f.name: getattr(request, f.name) for f in dataclasses.fields(request)}
            request = Request(**without_surrogates(plain))
            return request, journals.key(request, answer_format=ANSWER_FORMAT)

    async def _send(self, key: str, request: Request) -> Reply:
        async with self._slots:
            self._since[key] = time.monotonic()
            try:
                raw = await self._sender.reply(request)
                stored = self._journal.put(key, request, raw, host=self.host)
                await asyncio.wrap_future(stored)
            finally:
                del self._since[key]
        reply = reply_of(self._journal.get(key) or raw, journal_key=key, from_journal=False)
        self._answers += self._sender.cost_of(request.model, reply)
        return reply
