"""Log-probabilities of held-out rows by a model, kept so that no model scores a row twice."""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from clone_pipeline.durable import write_json
from clone_pipeline.evaluation import bootstrap
from clone_pipeline.evaluation.bootstrap import RowScores
from clone_pipeline.evaluation.encodings import Encodings
from clone_pipeline.evaluation.heldout import dropped
from clone_pipeline.evaluation.report import Scores, Side
from clone_pipeline.local_model import scoring
from clone_pipeline.local_model.labelled import UNLABELLED, Encoded

if TYPE_CHECKING:
    from clone_pipeline.local_model.loading import LocalModel

BATCH_TOKENS = 1024  # a batch's logits over 49,152 words are 200 MB in float32

Figures = list[tuple[float, int]]


@dataclass(frozen=True, slots=True)
class Measured:
    """One model's figures: (summed ln probability, tokens) a row; (0.0, 0) for no tokens."""

    own: Figures
    others: Figures


def measure(
    local: "LocalModel", subjects: Sequence[Encodings], *, kept: Path | None
) -> dict[str, Measured]:
    """The model's figures of every subject; read from `kept` where they are, else written there.

    Args:
        local: the model, its adapter on or off as the caller wants it measured.
        subjects: what to measure.
        kept: a file named by model and rows; None keeps nothing.
    """
    if kept and (known := recalled(kept)):
        return known
    found = {each.subject.name: _measured(local, each) for each in subjects}
    if kept:
        write_json(kept, [[name, each.own, each.others] for name, each in found.items()])
    return found


def recalled(kept: Path) -> dict[str, Measured] | None:
    """What `measure` wrote to `kept`, None if it did not."""
    if not kept.exists():
        return None
    stored = json.loads(kept.read_text(encoding="utf-8"))
    return {name: Measured(_figures(own), _figures(others)) for name, own, others in stored}


def scores(
    subject: Encodings,
    *,
    base: Measured,
    tuned: Measured,
    production: Measured | None,
    seed: int,
) -> Scores:
    """What base, tuned and production models made of one subject's rows."""
    reasons = dropped(subject.subject, too_long=subject.too_long)
    own = _paired(base.own, tuned.own)
    if not sum(own.tokens):
        return Scores(rows=len(subject.own), dropped=reasons)
    others = _paired(base.others, tuned.others)
    has_others = sum(others.tokens) > 0
    against = _paired(production.own, tuned.own) if production else None
    return Scores(
        rows=len(subject.own),
        dropped=reasons,
        own=_side(own),
        others=_side(others) if has_others else None,
        ratio=bootstrap.perplexity_ratio(own, seed=seed),
        specificity=bootstrap.specificity(own, others, seed=seed) if has_others else None,
        against_production=bootstrap.rise(against, seed=seed) if against else None,
    )


def joined(parts: Sequence[Measured]) -> Measured:
    """Several subjects' figures as one's."""
    return Measured(
        [figure for part in parts for figure in part.own],
        [figure for part in parts for figure in part.others],
    )


def _measured(local: "LocalModel", subject: Encodings) -> Measured:
    """Both sides of each row in one pass where the row reads the same for both."""
    both = [_joined(own, other) for own, other in zip(subject.own, subject.others, strict=True)]
    asked = [each for joined in both for each in joined]
    found = iter(scoring.token_log_probabilities(local, asked, batch_tokens=BATCH_TOKENS))
    measured = Measured([], [])
    for own, other, joined in zip(subject.own, subject.others, both, strict=True):
        mine, theirs = next(found), []
        if len(joined) == 2:
            theirs = next(found)
        elif other:
            mine, theirs = _apart(own, other, mine)
        measured.own.append((math.fsum(mine), len(mine)))
        measured.others.append((math.fsum(theirs), len(theirs)))
    return measured


def _joined(own: Encoded, other: Encoded | None) -> list[Encoded]:
    if other is None:
        return [own]
    if own.input_ids != other.input_ids:
        return [own, other]
    pairs = zip(own.labels, other.labels, strict=True)
    return [Encoded(own.input_ids, [a if a != UNLABELLED else b for a, b in pairs])]


def _apart(own: Encoded, other: Encoded, figures: list[float]) -> tuple[list[float], list[float]]:
    """Figures of the tokens that either labels, as own and other's."""
    sides = [
        label != UNLABELLED
        for label, theirs in zip(own.labels[1:], other.labels[1:], strict=True)
        if label != UNLABELLED or theirs != UNLABELLED
    ]
    mine = [figure for figure, is_own in zip(figures, sides, strict=True) if is_own]
    theirs = [figure for figure, is_own in zip(figures, sides, strict=True) if not is_own]
    return mine, theirs


def _paired(first: Figures, second: Figures) -> RowScores:
    """Two models on the same rows; the second's tokens count, should tokenizers differ."""
    return RowScores(
        base=[figure for figure, _ in first],
        tuned=[figure for figure, _ in second],
        tokens=[tokens for _, tokens in second],
    )


def _side(paired: RowScores) -> Side:
    tokens = sum(paired.tokens)
    return Side(
        tokens=tokens,
        base_perplexity=bootstrap.perplexity(sum(paired.base), tokens),
        tuned_perplexity=bootstrap.perplexity(sum(paired.tuned), tokens),
    )


def _figures(stored: list[list[float]]) -> Figures:
    return [(float(figure), int(tokens)) for figure, tokens in stored]
