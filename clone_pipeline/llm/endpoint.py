"""One endpoint that is asked: journal first, then the network, never twice for one question."""

import asyncio
import dataclasses
import time
from collections.abc import Coroutine, Mapping, Sequence
from typing import Any

from clone_pipeline.funnel import Usage
from clone_pipeline.llm import mending, pacing
from clone_pipeline.llm.asking import LlmFailure, Reply, Request
from clone_pipeline.llm.choices import Several
from clone_pipeline.llm.exchange import reply_of
from clone_pipeline.llm.journal import Journal
from clone_pipeline.llm.keyed import keyed
from clone_pipeline.llm.line import Line
from clone_pipeline.llm.sending import Refused, Sender
from clone_pipeline.llm.wire import Wire


class Endpoint:
    """A `Model` behind HTTP; made by `openai_compatible.connect`.

    Args:
        sender: puts bodies on the wire.
        wire: makes them of requests.
        line: sends what is not in the journal.
        journal: where every answer goes before it is used.
        several: which models give several choices.
    """

    def __init__(
        self, sender: Sender, wire: Wire, line: Line, journal: Journal, several: Several
    ) -> None:
        self.host = sender.host
        self._sender, self._wire, self._line = sender, wire, line
        self._journal, self._several = journal, several
        self._sending: dict[str, asyncio.Task[Reply]] = {}
        self._from_journal = 0

    async def ask(self, request: Request) -> Reply:
        """The answer: from the journal, else from the endpoint and then in the journal.

        Tasks that ask the same at once share one request. If the asking task is cancelled the
        request goes on, for it is paid for.

        Raises:
            LlmFailure: refused for good, out of patience, or stopped after failures in a row.
            BudgetSpent: it could cost more than is left of the budget.
        """
        return await self._answer(*self._identified(request))

    async def ask_votes(self, request: Request, votes: Sequence[int]) -> list[Reply]:
        """Independent answers to one question, one for each number in `votes`.

        Those that were never answered are asked for in one request, if the model gives several
        choices; each is kept as an answer of its own.

        Raises:
            LlmFailure: as in `ask`.
        """
        asked = [self._identified(dataclasses.replace(request, vote=vote)) for vote in votes]
        missing = {key: each for each, key in asked if self._is_new(key)}
        own: dict[str, asyncio.Task[Reply]] = {}
        kind = _kind(request)
        if len(missing) > 1 and self._several.given(kind) is not False:
            together = asyncio.create_task(self._send_votes(kind, missing))
            own = {key: self._track(key, _one_of(together, key)) for key in missing}
        return list(
            await asyncio.gather(
                *(
                    asyncio.shield(own.pop(key)) if key in own else self._answer(each, key)
                    for each, key in asked
                )
            )
        )

    def usage(self) -> Usage:
        """Requests sent (further tries too), answers from the journal, tokens and money spent."""
        return self._line.paid + Usage(self._sender.sent, self._from_journal)

    def waiting(self) -> str:
        """What is awaited: "12 requests to 127.0.0.1:8000, the oldest since 61 s"; "" if none."""
        now = time.monotonic()
        ages = [now - since for since in self._line.since.values()]
        return pacing.waiting_sentence(self.host, ages, self._sender.last_trouble)

    async def offered(self) -> list[str]:
        """Names of the models that the endpoint lists; empty if it has no list."""
        return await self._sender.offered()

    async def finish(self, error: LlmFailure, *, seconds: float) -> None:
        """Send nothing more, but take in what is in flight, for it is paid for."""
        self._sender.give_up(error)
        if self._sending:
            await asyncio.wait(list(self._sending.values()), timeout=seconds)

    async def close(self) -> None:
        """Cancel what is still being sent."""
        sending = list(self._sending.values())
        for task in sending:
            task.cancel()
        await asyncio.gather(*sending, return_exceptions=True)

    def _identified(self, request: Request) -> tuple[Request, str]:
        return keyed(self._wire.asked(request), answer_format=self._sender.form.answer_format)

    def _is_new(self, key: str) -> bool:
        return key not in self._sending and self._journal.get(key) is None

    async def _answer(self, request: Request, key: str) -> Reply:
        if sending := self._sending.get(key):
            reply = await asyncio.shield(sending)
            self._from_journal += 1
            return dataclasses.replace(reply, from_journal=True)
        if raw := self._journal.get(key):
            self._from_journal += 1
            return reply_of(raw, journal_key=key, from_journal=True)
        return await asyncio.shield(self._track(key, self._line.one(key, request)))

    def _track(self, key: str, sending: Coroutine[Any, Any, Reply]) -> asyncio.Task[Reply]:
        task = asyncio.create_task(sending)
        self._sending[key] = task
        task.add_done_callback(lambda done: self._ended(key, done))
        return task

    def _ended(self, key: str, task: asyncio.Task[Reply]) -> None:
        self._sending.pop(key, None)
        if not task.cancelled():
            task.exception()  # seen, even if whoever asked is gone

    async def _send_votes(self, kind: str, asked: Mapping[str, Request]) -> dict[str, Reply]:
        """The answers to requests that differ in their vote; the first of all finds out how."""
        if self._several.given(kind) is None:
            async with self._several.finding_out(kind):
                if self._several.given(kind) is None:
                    return await self._send_together(kind, asked)
        return await self._send_together(kind, asked)

    async def _send_together(self, kind: str, asked: Mapping[str, Request]) -> dict[str, Reply]:
        known, refusal = self._several.given(kind), None
        replies: dict[str, Reply] = {}
        if known is not False:
            try:
                replies = await self._line.several(asked, known=known is True)
                self._several.learn(kind, gives=len(replies) == len(asked))
            except Refused as refused:
                refusal = refused.trouble
        singly = [self._line.one(key, asked[key]) for key in asked if key not in replies]
        answers = await asyncio.gather(*singly, return_exceptions=True)
        for answer in answers:
            if isinstance(answer, BaseException):
                raise answer
            replies[answer.journal_key] = answer
        if refusal is not None:
            clear = mending.is_about_choices(refusal.status, refusal.found)
            self._several.strike(kind, clear=clear)
        return replies


def _kind(request: Request) -> str:
    """The model, and whether it draws at all: vLLM refuses several choices where it does not."""
    return request.model if request.temperature > 0 else f"{request.model} (temperature 0)"


async def _one_of(together: asyncio.Task[dict[str, Reply]], key: str) -> Reply:
    return (await together)[key]
