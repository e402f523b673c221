"""What a batch brings, once it is over: answers into the journal, refusals to who asked."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Iterable
from typing import TYPE_CHECKING

from clone_pipeline.funnel import Usage
from clone_pipeline.llm import journal_batches
from clone_pipeline.llm.asking import LlmFailure
from clone_pipeline.llm.batch_asking import Askers
from clone_pipeline.llm.batch_lines import Answer, Refusal, read_line
from clone_pipeline.llm.batch_wire import BatchWire
from clone_pipeline.llm.budget import Prices
from clone_pipeline.llm.exchange import tokens_of
from clone_pipeline.llm.forms import Form
from clone_pipeline.llm.journal import Journal
from clone_pipeline.llm.journal_batches import OpenBatch
from clone_pipeline.llm.journal_rows import Answered, Spent

if TYPE_CHECKING:
    from openai.types import Batch

log = logging.getLogger("clone_pipeline.llm")

_GROUP = 500  # answers that are kept in one transaction


def is_over(state: "Batch") -> bool:
    """Whether nothing more will come of it."""
    return state.status in ("completed", "failed", "expired", "cancelled")


def is_too_much(state: "Batch") -> bool:
    """Whether it was refused because more tokens are queued than the account may have waiting."""
    errors = (state.errors and state.errors.data) or []
    return state.status == "failed" and any(e.code == "token_limit_exceeded" for e in errors)


def waiting_sentence(host: str, states: Iterable["Batch | None"], fresh: int) -> str:
    """How far batches are, and how many requests are for the next; "" if there are none."""
    batches = list(states)
    counts = [batch.request_counts for batch in batches if batch and batch.request_counts]
    of, parts = sum(count.total for count in counts), []
    if batches:
        done = sum(count.completed + count.failed for count in counts)
        word = "batch" if len(batches) == 1 else "batches"
        shown = f"{len(batches)} {word} at {host}"
        parts.append(f"{shown}, {done:,} of {of:,} requests done" if of else shown)
    if fresh:
        parts.append(f"{fresh:,} {'request' if fresh == 1 else 'requests'} for the next batch")
    return "; ".join(parts)


class Taker:
    """Takes in batches that are over.

    Attributes:
        paid: tokens and money of the answers that were taken in.

    Args:
        wire: the Batch API.
        journal: where answers go.
        askers: told of each answer.
        form: how replies are read.
        prices: of tokens, in batches.
    """

    def __init__(
        self, wire: BatchWire, journal: Journal, askers: Askers, form: Form, prices: Prices
    ) -> None:
        self.paid = Usage()
        self._wire, self._journal, self._askers = wire, journal, askers
        self._form, self._prices = form, prices

    async def take(self, batch: OpenBatch, state: "Batch | None") -> dict[str, Refusal]:
        """Keep the answers of a batch, forget it, and have the endpoint forget its files.

        Args:
            batch: as the journal knows it.
            state: as the endpoint tells it; None if it does not know the batch any more.

        Returns:
            Why the others of its requests have no answer, by key.
        """
        refusals: dict[str, Refusal] = {}
        model = journal_batches.model_of(self._journal, batch.mark)
        costs: dict[str, float] = {}
        async for group in self._groups(state):
            answers = [each for each in group if isinstance(each, Answer)]
            refusals |= {each.key: each for each in group if isinstance(each, Refusal)}
            costs |= await self._keep(batch, answers, model)
        left = journal_batches.awaited(self._journal, batch.mark)
        cancelled = state is not None and state.status == "cancelled"
        for key in left:
            refusals.setdefault(key, Refusal(key, 0, _ending(batch, state), again=not cancelled))
        self._say(batch, state, len(left))
        await asyncio.wrap_future(journal_batches.end(self._journal, batch.mark))
        await self.forget_files(state)
        for key, cost in costs.items():
            self._askers.answered(key, cost)
        return refusals

    async def _groups(self, state: "Batch | None") -> AsyncIterator[list[Answer | Refusal]]:
        group: list[Answer | Refusal] = []
        for file_id in (state.output_file_id, state.error_file_id) if state else ():
            if file_id is None:
                continue
            async for line in self._lines(file_id):
                if read := read_line(line, self._form):
                    group.append(read)
                if len(group) == _GROUP:
                    yield group
                    group = []
        yield group

    async def _lines(self, file_id: str) -> AsyncIterator[str]:
        """None of a file that is gone: another run took it in, or it is too old."""
        try:
            async for line in self._wire.lines(file_id):
                yield line
        except LlmFailure as failure:
            if failure.status != 404:
                raise
            log.warning(f"{file_id} of a batch is not there any more at {self._wire.host}")

    async def _keep(self, batch: OpenBatch, answers: list[Answer], model: str) -> dict[str, float]:
        """Put answers into the journal; what each cost that was not there yet."""
        now = time.time_ns() // 1_000_000
        rows = [Answered(each.key, each.raw, now, self._spent(each, model)) for each in answers]
        kept = journal_batches.keep(self._journal, batch.mark, rows)
        costs = {}
        for row in await asyncio.wrap_future(kept):
            spent = row.spent
            self.paid += Usage(0, 0, spent.prompt_tokens, spent.completion_tokens, spent.cost)
            costs[row.key] = spent.cost
        return costs

    def _spent(self, answer: Answer, model: str) -> Spent:
        prompt, written = tokens_of(answer.data)
        return Spent(1, prompt, written, self._prices.cost(model, prompt, written))

    async def forget_files(self, state: "Batch | None") -> None:
        """They hold the project's texts; a kill before this leaves them there, and nothing else."""
        files = (state.input_file_id, state.output_file_id, state.error_file_id) if state else ()
        for file_id in filter(None, files):
            try:
                await self._wire.delete(file_id)
            except LlmFailure as failure:
                log.info(f"a file of a batch stays at {self._wire.host}: {failure}")

    def _say(self, batch: OpenBatch, state: "Batch | None", left: int) -> None:
        minutes = (time.time() - batch.created) / 60
        status = state.status if state else "unknown to the endpoint"
        log.info(f"{batch.batch_id}: {status} after {minutes:.0f} min, {left:,} without an answer")


def _ending(batch: OpenBatch, state: "Batch | None") -> str:
    """Why a batch left requests unanswered."""
    if state is None:
        return f"the batch {batch.batch_id} is not known to the endpoint any more"
    errors = (state.errors and state.errors.data) or []
    why = "; ".join(f"{error.code}: {error.message}" for error in errors[:3])
    return f"the batch {batch.batch_id} is {state.status}" + (f" ({why})" if why else "")
