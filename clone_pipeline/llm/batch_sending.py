"""Questions are sent as batches, batches are looked at until they are over."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import uuid4

from clone_pipeline.llm import journal_batches
from clone_pipeline.llm.batch_asking import Askers
from clone_pipeline.llm.batch_lines import Line, line_of, split
from clone_pipeline.llm.batch_looking import Looker
from clone_pipeline.llm.batch_taking import waiting_sentence
from clone_pipeline.llm.batch_wire import BatchWire
from clone_pipeline.llm.forms import Form
from clone_pipeline.llm.journal import Journal
from clone_pipeline.llm.journal_batches import Question
from clone_pipeline.llm.wire import Manner

log = logging.getLogger("clone_pipeline.llm")

_SLOWER = 1.5  # by what the pause between two looks grows


@dataclass(frozen=True, slots=True)
class BatchTerms:
    """How batches are made; see `batch.batched`."""

    form: Form
    manner: Manner
    quiet_seconds: float
    poll_seconds: tuple[float, float]
    max_requests: int
    max_bytes: int


class BatchSender:
    """Sends what `askers` ask, and has them told.

    Attributes:
        sent: how many requests went out in batches.

    Args:
        wire: the Batch API.
        journal: knows every batch.
        askers: who waits.
        looker: looks at what was sent.
        terms: limits and pauses.
    """

    def __init__(
        self, wire: BatchWire, journal: Journal, askers: Askers, looker: Looker, terms: BatchTerms
    ) -> None:
        self.sent = 0
        self._wire, self._journal, self._askers = wire, journal, askers
        self._looker, self._terms = looker, terms
        self._pause, self._next_look = terms.poll_seconds[0], 0.0

    async def answered(self, question: Question) -> float:
        """Wait until the answer is in the journal; what it cost."""
        held = journal_batches.is_awaited(self._journal, question.key, self._wire.host)
        return await self._askers.wait(question, fresh=not held)

    async def work(self) -> None:
        """Send and look, until cancelled.

        Raises:
            LlmFailure: the endpoint takes no batches or does not answer.
            FaultyInput: the journal can't be written.
        """
        while True:
            self._askers.changed.clear()
            if self._is_due():
                await self._send(self._askers.take_fresh())
            if self._looker.states and time.monotonic() >= self._next_look:
                await self._looker.look()
                self._pause = min(self._pause * _SLOWER, self._terms.poll_seconds[1])
                self._next_look = time.monotonic() + self._pause
            await self._sleep()

    def waiting(self) -> str:
        """Batches under way and how far they are, questions that are still collected."""
        return waiting_sentence(self._wire.host, self._looker.states.values(), self._askers.fresh)

    def _is_due(self) -> bool:
        fresh = self._askers.fresh
        if not fresh or (self._looker.one_by_one and self._looker.states):
            return False
        return fresh >= self._looker.most or self._quiet_at() <= time.monotonic()

    def _quiet_at(self) -> float:
        return self._askers.last + self._terms.quiet_seconds

    async def _sleep(self) -> None:
        """Until something is to be done, or something changes that may bring this forward."""
        times = [self._next_look] if self._looker.states else []
        if self._askers.fresh and not (self._looker.one_by_one and self._looker.states):
            times.append(self._quiet_at())
        seconds = max(0.0, min(times) - time.monotonic()) if times else None
        try:
            await asyncio.wait_for(self._askers.changed.wait(), seconds)
        except TimeoutError:
            return
        await asyncio.sleep(0)  # whoever else asks at this moment does so first

    async def _send(self, questions: list[Question]) -> None:
        form, manner, most = self._terms.form, self._terms.manner, self._terms.max_bytes
        lines = [line_of(question, form, manner, self._wire.path) for question in questions]
        groups = list(split(lines, max_requests=self._looker.most, max_bytes=most))
        for number, group in enumerate(groups):
            if self._looker.one_by_one and number:
                self._askers.give_back(line.question.key for line in group)
            else:
                await self._submit(group)
        self._pause = self._terms.poll_seconds[0]
        self._next_look = time.monotonic() + self._pause

    async def _submit(self, group: list[Line]) -> None:
        mark, questions = uuid4().hex, [line.question for line in group]
        async with journal_batches.submitting(self._journal):
            begun = journal_batches.begin(self._journal, mark, self._wire.host, questions)
            taken = await asyncio.wrap_future(begun)
            lines = [line.data for line in group if line.question.key in taken]
            if lines:
                batch_id = await self._wire.submit(mark, lines, questions[0].request.model)
                done = journal_batches.name(self._journal, mark, batch_id)
                log.info(
                    f"{batch_id}: {len(lines):,} requests sent to {self._wire.host} as a batch, "
                    "which may take 24 hours; if you stop, the next run takes its answers"
                )
            else:
                done = journal_batches.end(self._journal, mark)
            await asyncio.wrap_future(done)
        self.sent += len(lines)
        self._looker.states[mark] = None  # looked at soon, even if others hold all of it


@asynccontextmanager
async def working(sender: BatchSender, askers: Askers) -> AsyncIterator[None]:
    """Have `sender` work; what stops it is told to whoever asks."""

    def stopped(ended: asyncio.Task[None]) -> None:
        if not ended.cancelled() and (error := ended.exception()):
            askers.fail_all(error)

    task = asyncio.create_task(sender.work())
    task.add_done_callback(stopped)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])
