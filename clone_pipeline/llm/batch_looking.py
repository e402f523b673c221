"""The batches under way: looked at until they are over, and settled if their sender died."""

import asyncio
from typing import TYPE_CHECKING

from clone_pipeline.llm import journal_batches
from clone_pipeline.llm.batch_asking import Askers
from clone_pipeline.llm.batch_lines import Refusal
from clone_pipeline.llm.batch_taking import Taker, is_over, is_too_much
from clone_pipeline.llm.batch_wire import BatchWire
from clone_pipeline.llm.journal import Journal
from clone_pipeline.llm.journal_batches import OpenBatch

if TYPE_CHECKING:
    from openai.types import Batch


class Looker:
    """Looks at every batch of the journal, another process's too.

    Attributes:
        states: the batches that are not over, by their marks, as the endpoint last told.
        most: how many requests a batch may hold.
        one_by_one: whether the next batch must wait for the others.

    Args:
        wire: the Batch API.
        journal: knows every batch.
        askers: who waits.
        taker: takes in what a batch brings.
        most: see above.
    """

    def __init__(
        self, wire: BatchWire, journal: Journal, askers: Askers, taker: Taker, *, most: int
    ) -> None:
        self.most, self.one_by_one = most, False
        self._wire, self._journal, self._askers, self._taker = wire, journal, askers, taker
        begun = journal_batches.open_batches(journal, wire.host)
        self.states: dict[str, Batch | None] = dict.fromkeys(batch.mark for batch in begun)

    async def look(self) -> None:
        """Look at all batches that are under way, another process's too."""
        known = set(self.states)
        refusals: dict[str, Refusal] = {}
        for batch in journal_batches.open_batches(self._journal, self._wire.host):
            known.discard(batch.mark)
            self.states.setdefault(batch.mark, None)
            if batch.batch_id is None:
                await self._settle(batch)
            else:
                await self._look_at(batch, batch.batch_id, refusals)
        for mark in known:
            self.states.pop(mark, None)
        self._reconcile(refusals)

    async def _look_at(self, batch: OpenBatch, batch_id: str, refusals: dict[str, Refusal]) -> None:
        state = await self._wire.state(batch_id)
        self.states[batch.mark] = state
        if state is not None and not is_over(state):
            return
        if state is not None and is_too_much(state):
            await self._send_less(batch)
            await self._taker.forget_files(state)
        else:
            refusals |= await self._taker.take(batch, state)
        del self.states[batch.mark]

    async def _send_less(self, batch: OpenBatch) -> None:
        """More than may wait at once: after the other batches, then in halves."""
        keys = journal_batches.awaited(self._journal, batch.mark)
        if len(keys) == 1 and self.most == 1:
            return self._askers.refused(Refusal(keys[0], 0, "more tokens than may be queued"))
        if self.one_by_one or len(self.states) == 1:
            self.most = max(1, min(len(keys), self.most) // 2)
        self.one_by_one = True
        await asyncio.wrap_future(journal_batches.end(self._journal, batch.mark))
        self._askers.give_back(keys)

    async def _settle(self, batch: OpenBatch) -> None:
        """Find out whether a batch that was begun and never named exists."""
        async with journal_batches.submitting(self._journal, wait=False) as held:
            if not held or not journal_batches.is_unnamed(self._journal, batch.mark):
                return  # the process that begins it is alive
            found = await self._wire.find(batch.mark, batch.created)
            if found:
                done = journal_batches.name(self._journal, batch.mark, found)
            else:
                done = journal_batches.end(self._journal, batch.mark)
                del self.states[batch.mark]
            await asyncio.wrap_future(done)

    def _reconcile(self, refusals: dict[str, Refusal]) -> None:
        """Tell those who wait for what no batch holds any more."""
        for key in self._askers.held():
            if journal_batches.is_awaited(self._journal, key, self._wire.host):
                continue
            if self._journal.get(key) is not None:
                self._askers.answered(key, 0.0)
            else:
                nothing = Refusal(key, 0, "the batch is over without an answer to it")
                self._askers.refused(refusals.get(key, nothing))
