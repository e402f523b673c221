"""The gate that what a bot hears and what it would say must pass.

Behind it is a moderation endpoint, or a classifier whose weights lie on this machine, in a process
of its own. A gate that is open and fails counts as toxic: nothing is said then.
"""

import logging
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import Self

from pydantic import Field, model_validator

from clone_pipeline.bots.asking import open_wire
from clone_pipeline.bots.endpoints import EndpointSettings
from clone_pipeline.bots.judging import Verdict, judge, judge_here
from clone_pipeline.classifiers import toxic_labels
from clone_pipeline.classifiers.client import (
    Classifier,
    Missing,
    located,
    open_classifier,
)
from clone_pipeline.llm.hosts import host_of
from clone_pipeline.settings import Fault, FaultyInput

log = logging.getLogger(__name__)


class ToxicitySettings(EndpointSettings):
    """A moderation endpoint or a classifier; with neither there is no gate."""

    base_url: str | None = Field(
        None,
        pattern=r"^https?://[^\s@?#]+$",
        description="of an endpoint with OpenAI's POST /moderations; left out: `classifier` judges",
    )
    classifier: str | None = Field(
        None,
        min_length=1,
        description="weights on this machine that judge texts: a folder, or a name that was "
        "downloaded, such as unitary/unbiased-toxic-roberta",
    )
    labels: tuple[str, ...] = Field(
        (),
        description="labels of `classifier` that count; left out: all but harmless ones (neutral, "
        "non-toxic, ..) and identities (female, muslim, ..)",
    )
    model: str = Field("omni-moderation-latest", description="empty: the endpoint's own")
    threshold: float | None = Field(
        0.9, ge=0, le=1, description="a score above it is toxic; null: what the endpoint flags"
    )
    thresholds: dict[str, float] = Field(
        default_factory=dict, description="of single categories, such as {self-harm: 0.3}"
    )

    @model_validator(mode="after")
    def _one_judge(self) -> Self:
        if self.base_url and self.classifier:
            raise ValueError("texts are judged by `base_url` or by `classifier`: leave one out")
        if self.labels and not self.classifier:
            raise ValueError("`labels` are of a `classifier`: name it, or leave them out")
        return self


Gate = Callable[[str], Awaitable[Verdict]]


def sentence(settings: ToxicitySettings | None, missing: str | None = None) -> str:
    """What users are told about the gate.

    Args:
        settings: as configured.
        missing: what the classifier lacked when the gate was opened; None: what it lacks now.
    """
    if settings and settings.base_url:
        return f"Texts heard and written go to {host_of(settings.base_url)}, which judges toxicity."
    off = "so only negative keywords stand between the model and the platform."
    if settings is None or settings.classifier is None:
        return (
            "The toxicity gate is off: neither a moderation endpoint (toxicity.base_url) nor a "
            f"classifier (toxicity.classifier) is configured, {off}"
        )
    found = Missing(missing) if missing else located(settings.classifier)
    if isinstance(found, Missing):
        return f"The toxicity gate is off: {found.sentence}; {off}"
    return f"Texts heard and written are judged on this machine by {settings.classifier}."


@asynccontextmanager
async def open_gate(
    settings: ToxicitySettings | None, *, rng: random.Random
) -> AsyncIterator[Gate | None]:
    """The gate for as long as the block lasts; None if it is off, see `sentence`.

    Raises:
        FaultyInput: the key's variable is not set, a threshold is no probability, or the
            classifier is none or has other labels.
    """
    if settings is None or not (settings.base_url or settings.classifier):
        yield None
        return
    wrong = {name: each for name, each in settings.thresholds.items() if not 0 <= each <= 1}
    if wrong:
        fix = "Thresholds lie between 0 and 1."
        raise FaultyInput([Fault("toxicity.thresholds", f"{wrong}", fix)])
    if settings.classifier:
        async with open_classifier(settings.classifier) as found:
            yield _local(found, settings)
        return
    async with open_wire(settings, purse=None, rng=rng) as wire:
        yield partial(
            judge, wire, model=settings.model, threshold=settings.threshold,
            thresholds=settings.thresholds,
        )  # fmt: skip


def _local(found: Classifier | Missing, settings: ToxicitySettings) -> Gate | None:
    if isinstance(found, Missing):
        log.warning("%s", sentence(settings, found.sentence))
        return None
    limits = toxic_labels.limits(
        found.labels, chosen=settings.labels, threshold=settings.threshold,
        thresholds=settings.thresholds,
    )  # fmt: skip
    return partial(judge_here, found, limits=limits, seconds=settings.timeout_seconds)
