"""The gate that what a bot hears and what it would say must pass.

A moderation endpoint of OpenAI's shape (https://platform.openai.com/docs/api-reference/moderations):
`POST /moderations {"input": [..], "model": ..}` answers with `results`, for each input `flagged`
and `category_scores`. A gate that is configured and fails counts as toxic: nothing is said then.
"""

import random
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

from pydantic import Field

from clone_pipeline.bots.asking import open_wire
from clone_pipeline.bots.budget import Cost
from clone_pipeline.bots.endpoints import EndpointSettings
from clone_pipeline.bots.wire import Wire
from clone_pipeline.llm.asking import LlmFailure
from clone_pipeline.llm.hosts import host_of
from clone_pipeline.settings import Fault, FaultyInput

_PIECE = 8000  # characters of one input
_SEVERAL = 32  # inputs of one request


class ToxicitySettings(EndpointSettings):
    """A moderation endpoint; with no `base_url` there is no gate."""

    model: str = Field("omni-moderation-latest", description="empty: the endpoint's own")
    threshold: float | None = Field(
        0.9, ge=0, le=1, description="a score above it is toxic; null: what the endpoint flags"
    )
    thresholds: dict[str, float] = Field(
        default_factory=dict, description="of single categories, such as {self-harm: 0.3}"
    )


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a text is toxic, and why: "harassment 0.97", or how the gate failed."""

    toxic: bool
    why: str = ""


Gate = Callable[[str], Awaitable[Verdict]]


def sentence(settings: ToxicitySettings | None) -> str:
    """What users are told about the gate."""
    if settings is None or settings.base_url is None:
        return (
            "The toxicity gate is off: no moderation endpoint is configured (toxicity.base_url), "
            "so only negative keywords stand between the model and the platform."
        )
    return f"Texts heard and written go to {host_of(settings.base_url)}, which judges toxicity."


@asynccontextmanager
async def open_gate(
    settings: ToxicitySettings | None, *, rng: random.Random
) -> AsyncIterator[Gate | None]:
    """The gate for as long as the block lasts; None if it is off, see `sentence`.

    Raises:
        FaultyInput: the key's variable is not set, or a threshold is no probability.
    """
    if settings is None or settings.base_url is None:
        yield None
        return
    wrong = {name: each for name, each in settings.thresholds.items() if not 0 <= each <= 1}
    if wrong:
        fix = "Thresholds lie between 0 and 1."
        raise FaultyInput([Fault("toxicity.thresholds", f"{wrong}", fix)])
    async with open_wire(settings, purse=None, rng=rng) as wire:
        yield partial(
            judge, wire, model=settings.model, threshold=settings.threshold,
            thresholds=settings.thresholds,
        )  # fmt: skip


async def judge(
    wire: Wire,
    text: str,
    *,
    model: str = "",
    threshold: float | None = 0.9,
    thresholds: Mapping[str, float] | None = None,
) -> Verdict:
    """The verdict on `text`, however long; toxic if any part is, or if there is no answer.

    Args:
        wire: to the endpoint.
        text: nothing but blanks is never toxic.
        model: the endpoint's; "" leaves the choice to it.
        threshold: of every category; None takes the endpoint's `flagged`.
        thresholds: of single categories.
    """
    pieces = [text[at : at + _PIECE] for at in range(0, len(text), _PIECE)] if text.strip() else []
    for first in range(0, len(pieces), _SEVERAL):
        given = [piece for piece in pieces[first : first + _SEVERAL] if piece.strip()]
        body = {"input": given, **({"model": model} if model else {})}

        def read(data: Any, count: int = len(given)) -> tuple[list[str], Cost]:
            results = data["results"]
            if len(results) != count:
                raise ValueError("a verdict is missing")
            return [_why(each, threshold, thresholds or {}) for each in results], Cost()

        try:
            found = await wire.post("/moderations", body, most=Cost(), read=read)
        except LlmFailure as error:
            return Verdict(True, f"the gate failed: {error}")
        if why := next(filter(None, found), ""):
            return Verdict(True, why)
    return Verdict(False)


def _why(
    result: Mapping[str, Any], threshold: float | None, thresholds: Mapping[str, float]
) -> str:
    """The worst category that is above its threshold; "" if none is."""
    scores = {str(name): float(score) for name, score in result["category_scores"].items()}
    flagged = result["flagged"]
    if not isinstance(flagged, bool):
        raise TypeError("flagged is neither true nor false")
    limits = {name: thresholds.get(name, threshold) for name in scores}
    above = [name for name, limit in limits.items() if limit is not None and scores[name] > limit]
    if above:
        worst = max(above, key=lambda name: scores[name])
        return f"{worst} {scores[worst]:.2f}"
    if threshold is None and flagged:
        return "flagged"
    return ""
