"""Prices, and the hard limit of what a project may spend."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

from clone_pipeline.llm.asking import LlmFailure, Request


@dataclass(frozen=True, slots=True)
class Prices:
    """Money for a million tokens, (prompt, completion): of every model, and of some by name."""

    default: tuple[float, float] = (0.0, 0.0)
    by_model: Mapping[str, tuple[float, float]] = field(default_factory=dict)

    def cost(self, model: str, prompt_tokens: float, completion_tokens: float) -> float:
        """What so many tokens of `model` cost."""
        prompt, completion = self.by_model.get(model, self.default)
        return (prompt_tokens * prompt + completion_tokens * completion) / 1e6

    def most(self, request: Request, *, choices: int = 1) -> float:
        """The most that a request can cost."""
        return self.cost(request.model, *most_tokens(request, choices=choices))

    def guess(self, request: Request, text: str, *, with_prompt: bool = True) -> float:
        """What an answer cost whose tokens the endpoint did not count, as `most_tokens` counts."""
        prompt, _ = most_tokens(request)
        return self.cost(request.model, prompt * with_prompt, len(text.encode()) / 4)


def most_tokens(request: Request, *, choices: int = 1) -> tuple[float, float]:
    """Prompt and answer tokens that a request can take, as near as text tells before it is sent.

    Four bytes of UTF-8 a token, and eight tokens for the frame of each message.
    """
    prompt = sum(len(message["content"].encode()) / 4 + 8 for message in request.messages)
    return prompt, float(request.max_tokens * choices)


class BudgetSpent(LlmFailure):
    """The next request could pass the budget: nothing more is sent."""

    def __init__(self, host: str, *, spent: float, budget: float, next_cost: float) -> None:
        found = (
            f"the project has spent {spent:.4f} of its budget of {budget:g}, "
            f"and the next request could cost {next_cost:.4f}"
        )
        fix = "Raise llm.budget and run again: what was answered is kept"
        super().__init__(host, None, found, fix)
        self.args = (f"{host} was not asked: {found}. {fix}",)


class Budget:
    """Keeps what was spent and what is in flight, together, below `limit`.

    A request is reserved at the most that it can cost. If that does not fit beside the others in
    flight, it waits for them, for they mostly cost less; if it does not fit when nothing else is
    in flight, everything stops: what was in flight is in the journal by then.

    Args:
        host: named in the failure.
        limit: None for none.
        spent: what the journal's answers have cost before.
    """

    def __init__(self, host: str, limit: float | None, *, spent: float = 0.0) -> None:
        self._host, self.limit, self.spent = host, limit, spent
        self._reserved, self._in_flight = 0.0, 0
        self._changed = asyncio.Condition()
        self._refused: float | None = None

    async def reserve(self, most: float) -> None:
        """Wait until a request that costs at most `most` fits.

        Raises:
            BudgetSpent: it does not, nor does any other from now on.
        """
        if self.limit is None:
            return
        async with self._changed:
            while self._refused is None and not self._fits(most):
                if self._in_flight == 0:
                    self._refused = most
                    self._changed.notify_all()
                else:
                    await self._changed.wait()
            if self._refused is not None:
                raise BudgetSpent(
                    self._host, spent=self.spent, budget=self.limit, next_cost=self._refused
                )
            self._reserved += most
            self._in_flight += 1

    async def settle(self, most: float, cost: float) -> None:
        """The request that was reserved at `most` is over and has cost `cost`."""
        self.spent += cost
        if self.limit is None:
            return
        async with self._changed:
            self._reserved -= most
            self._in_flight -= 1
            self._changed.notify_all()

    def _fits(self, most: float) -> bool:
        assert self.limit is not None
        return self.spent + self._reserved + most <= self.limit + 1e-12
