"""Whether a text is toxic, by a moderation endpoint or by a classifier on this machine.

An endpoint has OpenAI's shape (https://platform.openai.com/docs/api-reference/moderations):
`POST /moderations {"input": [..], "model": ..}` answers with `results`, for each input `flagged`
and `category_scores`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from clone_pipeline.bots.budget import Cost
from clone_pipeline.bots.wire import Wire
from clone_pipeline.classifiers.client import Classifier, ClassifierFailure
from clone_pipeline.llm.asking import LlmFailure

_PIECE = 8000  # characters of one input
_SEVERAL = 32  # inputs of one request


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a text is toxic, and why: "harassment 0.97", or how the gate failed."""

    toxic: bool
    why: str = ""


async def judge_here(
    classifier: Classifier, text: str, *, limits: Mapping[str, float], seconds: float = 120
) -> Verdict:
    """The verdict of a classifier on this machine; as `judge` otherwise.

    Args:
        classifier: opened.
        text: see `judge`.
        limits: the probability above which a label is toxic; others never are.
        seconds: longest wait for the scores of `_PIECE` characters.
    """
    for piece in _pieces(text):
        try:
            (scores,) = await classifier.texts([piece], windows=True, seconds=seconds)
        except ClassifierFailure as error:
            return Verdict(True, f"the gate failed: {classifier.model}: {error}")
        if why := _worst(scores, limits):
            return Verdict(True, why)
    return Verdict(False)


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
    pieces = list(_pieces(text))
    for first in range(0, len(pieces), _SEVERAL):
        given = pieces[first : first + _SEVERAL]
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
    why = _worst(scores, {name: each for name, each in limits.items() if each is not None})
    return why or ("flagged" if threshold is None and flagged else "")


def _worst(scores: Mapping[str, float], limits: Mapping[str, float]) -> str:
    above = [name for name, limit in limits.items() if scores[name] > limit]
    worst = max(above, key=lambda name: scores[name], default="")
    return f"{worst} {scores[worst]:.2f}" if worst else ""


def _pieces(text: str) -> Iterator[str]:
    """The text in pieces, those of nothing but blanks left out."""
    pieces = (text[at : at + _PIECE] for at in range(0, len(text), _PIECE))
    return (piece for piece in pieces if piece.strip())
