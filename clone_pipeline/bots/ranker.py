"""The reply ranker: how probable it is that people would answer a comment.

microsoft/DialogRPT-width (https://arxiv.org/abs/2009.06978) as HotShotBot asks it, or any
cross-encoder with one score. Either its weights lie on this machine and are read by a process of
their own, or a server has text-embeddings-inference's `POST /predict {"inputs": ..}`, which answers
`[{"score", "label"}]` (https://huggingface.github.io/text-embeddings-inference/, router/src/http/
types.rs: `PredictRequest`, `Prediction`; of one score it takes the sigmoid itself).
"""

import logging
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

from clone_pipeline.bots.asking import cost, open_wire, prices
from clone_pipeline.bots.budget import Cost
from clone_pipeline.bots.heard import Heard
from clone_pipeline.bots.hotshot import ranker_input
from clone_pipeline.bots.settings import RankerSettings
from clone_pipeline.bots.wire import Purse, Wire
from clone_pipeline.classifiers.client import (
    Classifier,
    ClassifierFailure,
    Missing,
    located,
    open_classifier,
)
from clone_pipeline.llm.asking import LlmFailure
from clone_pipeline.llm.hosts import host_of
from clone_pipeline.settings import Fault, FaultyInput

# The score of a comment, 0 to 1; raises LlmFailure without one, BudgetSpent without money.
Rank = Callable[[Heard], Awaitable[float]]

_JOINED = "dialogrpt"  # in the name of a model that reads both texts as one

log = logging.getLogger(__name__)


def sentence(settings: RankerSettings | None, found: Rank | None) -> str:
    """What users are told about the ranker.

    Args:
        settings: as configured.
        found: what `open_ranker` gave.
    """
    chance = "so comments below others go by reply_chance and followup_frequency."
    if settings is None:
        return f"The reply ranker is off: none is configured (ranker), {chance}"
    if found is None:
        missing = located(settings.model)
        why = "its weights were not here when the bot started"
        why = missing.sentence if isinstance(missing, Missing) else why
        return f"The reply ranker is off: {why}; {chance}"
    if settings.base_url:
        where = f"go to {host_of(settings.base_url)}, with what they answer: {settings.model} there"
    else:
        where = f"are read on this machine by {settings.model}, which"
    return f"Comments below others {where} says whether people would answer (min_reply_score)."


@asynccontextmanager
async def open_ranker(
    settings: RankerSettings | None, *, purse: Purse | None = None, rng: random.Random
) -> AsyncIterator[Rank | None]:
    """The ranker for as long as the block lasts; None if it is off, see `sentence`.

    Args:
        settings: as configured.
        purse: what a server's requests are paid from; weights on this machine cost nothing.
        rng: of the pauses between tries.

    Raises:
        FaultyInput: the key's variable is not set, or the weights are of no ranker.
    """
    if settings is None:
        yield None
        return
    if settings.base_url:
        async with open_wire(settings, purse=purse, rng=rng) as wire:
            yield partial(rank_there, wire, model=settings.model, prices=prices(settings))
        return
    async with open_classifier(settings.model) as found:
        if isinstance(found, Missing):
            log.warning("%s", sentence(settings, None))
            yield None
            return
        if len(found.labels) != 1:
            fix = "A ranker has a single score, as microsoft/DialogRPT-width and cross-encoders do."
            raise FaultyInput([Fault("ranker.model", f"labels {', '.join(found.labels)}", fix)])
        yield partial(rank_here, found, seconds=settings.timeout_seconds)


async def rank_here(classifier: Classifier, heard: Heard, *, seconds: float = 120) -> float:
    """The score by weights on this machine.

    Raises:
        LlmFailure: there is none.
    """
    try:
        (scores,) = await classifier.pairs([_pair(heard)], seconds=seconds)
    except ClassifierFailure as error:
        fix = "Does the machine have the memory for it?"
        raise LlmFailure(classifier.model, None, str(error), fix) from error
    return next(iter(scores.values()))


async def rank_there(
    wire: Wire, heard: Heard, *, model: str, prices: tuple[float, float] = (0.0, 0.0)
) -> float:
    """The score by a server; the characters that it reads are counted.

    Args:
        wire: to the server.
        heard: a comment, and what it answers last in its context.
        model: which one is there; a DialogRPT reads both as one text, others as a pair.
        prices: money for a million tokens of prompt and of answer.

    Raises:
        LlmFailure: there is none.
        BudgetSpent: the day's budget does not allow it.
    """
    pair = _pair(heard)
    text = _whole(ranker_input(heard)) if _JOINED in model.casefold() else ""
    read_there = text or "".join(pair)
    spent = cost(len(read_there), len(read_there.encode()), 0, prices)

    def read(data: Any) -> tuple[float, Cost]:
        (only,) = data
        score = float(only["score"])
        if not 0 <= score <= 1:
            raise ValueError("the score is no probability")
        return score, spent

    body = {"inputs": text or pair, "truncate": True, "truncation_direction": "Left"}
    return await wire.post("/predict", body, most=spent, read=read)


def _pair(heard: Heard) -> tuple[str, str]:
    """What is answered, and the comment."""
    return _whole(heard.context[-1].text if heard.context else ""), _whole(heard.text)


def _whole(text: str) -> str:
    """Half a pair of surrogates, which UTF-8 can't write, becomes a question mark."""
    return text.encode("utf-8", "replace").decode()
