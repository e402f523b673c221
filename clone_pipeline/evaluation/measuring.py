"""Log-probabilities of held-out rows by a model, kept so that no model scores a row twice."""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from clone_pipeline.durable import write_json
from clone_pipeline.evaluation import bootstrap
from clone_pipeline.evaluation.bootstrap import GroupScores
from clone_pipeline.evaluation.encodings import Encodings
from clone_pipeline.evaluation.heldout import dropped
from clone_pipeline.evaluation.report import Scores, Side
from clone_pipeline.local_model import scoring
from clone_pipeline.local_model.labelled import UNLABELLED, Encoded
from clone_pipeline.settings import Fault, FaultyInput

if TYPE_CHECKING:
    from clone_pipeline.local_model.loading import LocalModel

BATCH_TOKENS = 1024  # a batch's logits over 49,152 words are 200 MB in float32

# no healthy model finds a token less probable; exp(709) is the largest perplexity of a float
_LEAST = -500.0
_NONE = (0.0, 0)

Figures = list[tuple[float, int]]


@dataclass(frozen=True, slots=True)
class Measured:
    """One model's figures: (summed ln probability, tokens) a row; (0.0, 0) for no tokens.

    The three are as long as the rows, and of what `Encodings` calls by these names.
    """

    own: Figures
    words: Figures
    others: Figures


def measure(
    local: "LocalModel", subjects: Sequence[Encodings], *, kept: Path | None, diverged: Fault
) -> dict[str, Measured]:
    """The model's figures of every subject; read from `kept` where they are, else written there.

    Args:
        local: the model, its adapter on or off as the caller wants it measured.
        subjects: what to measure.
        kept: a file named by model and rows; None keeps nothing.
        diverged: what is wrong where a figure is not finite, or below any sense.

    Raises:
        FaultyInput: `diverged`.
    """
    if kept and (known := recalled(kept)):
        return known
    found = {each.subject.name: _measured(local, each, diverged) for each in subjects}
    if kept:
        stored = [[name, each.own, each.words, each.others] for name, each in found.items()]
        write_json(kept, stored)
    return found


def recalled(kept: Path) -> dict[str, Measured] | None:
    """What `measure` wrote to `kept`, None if it did not."""
    if not kept.exists():
        return None
    stored = json.loads(kept.read_text(encoding="utf-8"))
    return {name: Measured(*map(_figures, sides)) for name, *sides in stored}


def scores(
    subject: Encodings,
    *,
    base: Measured,
    tuned: Measured,
    production: Measured | None,
    seed: int,
) -> Scores:
    """What base, tuned and production models made of one subject's rows, group by group."""
    groups = subject.groups
    counted = Scores(
        rows=len(groups),
        groups=len(set(groups)),
        dropped=dropped(subject.subject, too_long=subject.too_long),
    )
    own = _paired(groups, base.own, tuned.own)
    if not sum(own.tokens):
        return counted
    words = _paired(groups, base.words, tuned.words)
    others = _paired(groups, base.others, tuned.others)
    both = sum(words.tokens) > 0 and sum(others.tokens) > 0
    against = _paired(groups, production.own, tuned.own) if production else None
    return counted.model_copy(
        update={
            "own": _side(own),
            "words": _side(words) if both else None,
            "others": _side(others) if both else None,
            "ratio": bootstrap.perplexity_ratio(own, seed=seed),
            "specificity": bootstrap.specificity(words, others, seed=seed) if both else None,
            "against_production": bootstrap.rise(against, seed=seed) if against else None,
        }
    )


def joined(parts: Sequence[Measured]) -> Measured:
    """Several subjects' figures as one's."""
    return Measured(
        [figure for part in parts for figure in part.own],
        [figure for part in parts for figure in part.words],
        [figure for part in parts for figure in part.others],
    )


def _measured(local: "LocalModel", subject: Encodings, diverged: Fault) -> Measured:
    """All sides of each row; sides that read the same go through the model once."""
    sides = [*subject.own, *subject.words, *subject.others]
    asked: dict[tuple[int, ...], Encoded] = {}
    for each in filter(None, sides):
        key = tuple(each.input_ids)
        asked[key] = _joined(asked[key], each) if key in asked else each
    listed = list(asked.values())
    found = scoring.token_log_probabilities(local, listed, batch_tokens=BATCH_TOKENS)
    if not all(figure > _LEAST for figures in found for figure in figures):
        raise FaultyInput([diverged])
    by_key = {key: (asked[key], figures) for key, figures in zip(asked, found, strict=True)}
    summed = [_summed(each, *by_key[tuple(each.input_ids)]) if each else _NONE for each in sides]
    rows = len(subject.own)
    return Measured(summed[:rows], summed[rows : 2 * rows], summed[2 * rows :])


def _joined(first: Encoded, second: Encoded) -> Encoded:
    """The same tokens, labelled where either is."""
    pairs = zip(first.labels, second.labels, strict=True)
    return Encoded(first.input_ids, [a if a != UNLABELLED else b for a, b in pairs])


def _summed(side: Encoded, asked: Encoded, figures: list[float]) -> tuple[float, int]:
    """The figures of one side's labels, out of those of all that was asked of its tokens."""
    pairs = zip(asked.labels[1:], side.labels[1:], strict=True)
    wanted = [mine != UNLABELLED for label, mine in pairs if label != UNLABELLED]
    mine = [figure for figure, is_mine in zip(figures, wanted, strict=True) if is_mine]
    return math.fsum(mine), len(mine)


def _paired(groups: Sequence[str], first: Figures, second: Figures) -> GroupScores:
    """Two models on the same groups; the second's tokens count, should tokenizers differ."""
    ours, theirs = _by_group(groups, first), _by_group(groups, second)
    return GroupScores(
        base=[figure for figure, _ in ours],
        tuned=[figure for figure, _ in theirs],
        tokens=[tokens for _, tokens in theirs],
    )


def _by_group(groups: Sequence[str], rows: Figures) -> Figures:
    """The rows' figures summed a group, in the order in which groups appear."""
    found: dict[str, tuple[float, int]] = {}
    for group, (figure, tokens) in zip(groups, rows, strict=True):
        earlier, counted = found.get(group, _NONE)
        found[group] = (earlier + figure, counted + tokens)
    return list(found.values())


def _side(paired: GroupScores) -> Side:
    tokens = sum(paired.tokens)
    return Side(
        tokens=tokens,
        base_perplexity=bootstrap.perplexity(sum(paired.base), tokens),
        tuned_perplexity=bootstrap.perplexity(sum(paired.tuned), tokens),
    )


def _figures(stored: list[list[float]]) -> Figures:
    return [(float(figure), int(tokens)) for figure, tokens in stored]
