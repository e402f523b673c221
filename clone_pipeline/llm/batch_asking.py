"""Who waits for an answer of a batch, and which questions no batch holds yet."""

import asyncio
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from clone_pipeline.llm import pacing
from clone_pipeline.llm.asking import LlmFailure, Request
from clone_pipeline.llm.batch_lines import Refusal
from clone_pipeline.llm.failing import failure
from clone_pipeline.llm.journal_batches import Question

TRIES = 3  # batches in which a request may fail


@dataclass(slots=True)
class _Asked:
    question: Question
    cost: "asyncio.Future[float]"
    fresh: bool
    failed: int = 0


class Askers:
    """Questions by key, each with a future that gets what its answer cost, or an error.

    Attributes:
        changed: set when there is something new to send.
        last: when something was last asked (time.monotonic).

    Args:
        host: named in failures.
        key_env: likewise, the variable of its key.
        scrub: takes secrets out of messages.
    """

    def __init__(self, host: str, key_env: str | None, scrub: Callable[[str], str]) -> None:
        self.changed, self.last = asyncio.Event(), 0.0
        self._host, self._key_env, self._scrub = host, key_env, scrub
        self._asked: dict[str, _Asked] = {}
        self._fresh: dict[str, Question] = {}
        self._broken: BaseException | None = None

    async def wait(self, question: Question, *, fresh: bool) -> float:
        """What the answer cost, once it is in the journal.

        Args:
            question: nobody else waits for its key.
            fresh: no batch holds it.
        """
        if self._broken:
            raise self._broken
        asked = _Asked(question, asyncio.get_running_loop().create_future(), fresh)
        self._asked[question.key] = asked
        if fresh:
            self._renew(asked)
        try:
            return await asked.cost
        finally:
            del self._asked[question.key]
            self._fresh.pop(question.key, None)

    @property
    def fresh(self) -> int:
        """How many questions no batch holds."""
        return len(self._fresh)

    def take_fresh(self) -> list[Question]:
        """The questions that no batch holds; from now on one does."""
        taken, self._fresh = list(self._fresh.values()), {}
        for question in taken:
            self._asked[question.key].fresh = False
        return taken

    def give_back(self, keys: Iterable[str]) -> None:
        """These are held by no batch after all, through no fault of theirs."""
        for key in keys:
            if key in self._asked:
                self._renew(self._asked[key])

    def held(self) -> list[str]:
        """The keys that are waited for in a batch."""
        return [key for key, asked in self._asked.items() if not asked.fresh]

    def answered(self, key: str, cost: float) -> None:
        """The answer is in the journal."""
        if (asked := self._asked.get(key)) and not asked.cost.done():
            asked.cost.set_result(cost)

    def refused(self, refusal: Refusal) -> None:
        """A batch is over without an answer: it goes into the next one, or fails for good."""
        asked = self._asked.get(refusal.key)
        if asked is None or asked.cost.done():
            return
        asked.failed += 1
        kind = pacing.kind_of(refusal.status or None, refusal.found)
        if refusal.again and kind == "again" and asked.failed < TRIES:
            self._renew(asked)
        else:
            asked.cost.set_exception(self._failure(refusal, asked.question.request))

    def fail_all(self, error: BaseException) -> None:
        """Nobody gets an answer any more, whoever asks."""
        self._broken = error
        for asked in self._asked.values():
            if not asked.cost.done():
                asked.cost.set_exception(error)

    def _renew(self, asked: _Asked) -> None:
        asked.fresh, self.last = True, time.monotonic()
        self._fresh[asked.question.key] = asked.question
        self.changed.set()

    def _failure(self, refusal: Refusal, request: Request) -> LlmFailure:
        found = self._scrub(refusal.found)
        if refusal.status:
            return failure(
                self._host, refusal.status, found, model=request.model, key_env=self._key_env
            )
        fix = "Run again to send what is unanswered in a new batch: what was answered is kept"
        return LlmFailure(self._host, None, found, fix)
