"""Several votes from one request: `n` choices, each kept as a completion of its own.

`n`: https://platform.openai.com/docs/api-reference/chat. Endpoints that don't have it refuse
it, or give one choice (llama.cpp, Groq and Ollama do; https://console.groq.com/docs/openai).
"""

import asyncio
import logging
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any, Protocol

from clone_pipeline.llm.exchange import tokens_of

log = logging.getLogger("clone_pipeline.llm")

WAIT_SECONDS = 20.0  # for the one that finds out
_STRIKES = 3  # refusals that don't say why, each followed by an answer to the same without `n`


class Memory(Protocol):
    """Small facts that outlive a run; the journal."""

    def remember(self, name: str, value: str) -> object:
        """Keep `value`."""
        ...

    def recalled(self, name: str) -> str | None:
        """What was kept under `name`."""
        ...


class Several:
    """Which models of a host give several choices: found out once, remembered for good.

    Args:
        host: of the endpoint.
        memory: where it is remembered.
        allowed: false if several choices are never to be asked for.
    """

    def __init__(self, host: str, memory: Memory, *, allowed: bool = True) -> None:
        self._host, self._memory, self._allowed = host, memory, allowed
        self._known: dict[str, bool | None] = {}
        self._strikes: Counter[str] = Counter()
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    def given(self, model: str) -> bool | None:
        """Whether `model` gives them; None if nobody knows yet."""
        if not self._allowed:
            return False
        if model not in self._known:
            said = self._memory.recalled(self._name(model))
            self._known[model] = None if said is None else said == "yes"
        return self._known[model]

    @asynccontextmanager
    async def finding_out(self, model: str) -> AsyncIterator[None]:
        """One at a time finds out; the others wait for it, but not long: its request may hang."""
        lock, held = self._locks[model], False
        with suppress(TimeoutError):
            async with asyncio.timeout(WAIT_SECONDS):
                held = await lock.acquire()
        try:
            yield
        finally:
            if held:
                lock.release()

    def learn(self, model: str, *, gives: bool) -> None:
        """Remember what was found."""
        if self.given(model) is not gives:
            self._known[model] = gives
            self._memory.remember(self._name(model), "yes" if gives else "no")
            if not gives:
                log.info(f"{self._host} gives one choice a request: votes are asked one by one")

    def strike(self, model: str, *, clear: bool) -> None:
        """A request with `n` was refused, then answered without it; `clear` if it said why."""
        self._strikes[model] += _STRIKES if clear else 1
        if self._strikes[model] >= _STRIKES:
            self.learn(model, gives=False)

    def _name(self, model: str) -> str:
        return f"several choices: {self._host} {model}"


def split(data: dict[str, Any]) -> list[dict[str, Any]]:
    """One completion for each choice, with its share of the usage.

    Prompt tokens are counted in the first; completion tokens are shared by the texts' lengths,
    so that the sums are those of `data`.
    """
    choices = data["choices"]
    usage = data["usage"] if isinstance(data.get("usage"), dict) else {}
    prompt, total = tokens_of(data)
    written = shares(total, [_length(choice) for choice in choices])
    found = []
    for place, choice in enumerate(choices):
        counted = dict(usage) if place == 0 else {}
        counted |= {
            "prompt_tokens": prompt if place == 0 else 0,
            "completion_tokens": written[place],
            "total_tokens": written[place] + (prompt if place == 0 else 0),
        }
        found.append(data | {"choices": [choice | {"index": 0}], "usage": counted})
    return found


def shares(total: int, weights: Sequence[int]) -> list[int]:
    """`total` divided by `weights` into whole numbers whose sum it is."""
    whole = sum(weights)
    if whole == 0:
        weights, whole = [1] * len(weights), len(weights)
    reached, found = 0, []
    for weight in weights:
        before = reached * total // whole
        reached += weight
        found.append(reached * total // whole - before)
    return found


def _length(choice: dict[str, Any]) -> int:
    written = choice.get("text") or (choice.get("message") or {}).get("content") or ""
    return len(written) if isinstance(written, str) else len(str(written))
