"""Which rows a model is trained on, and how often an epoch holds them."""

import dataclasses
from collections import Counter
from collections.abc import Iterable, Mapping

from clone_pipeline.records import Form, Row
from clone_pipeline.settings import Fault, FaultyInput, suggestion

COLLECTIONS = ("persona", "qa", "pretraining", "text", "reddit", "generic", "identity")

# What is to be known by heart, so none of it is held out to be tested on.
TRAINED_ONLY = ("identity",)


def mix(
    rows: Iterable[Row], *, weights: Mapping[str, float], persona_format: Form | None = None
) -> tuple[list[Row], Counter[str]]:
    """The rows with their weights, in the same order.

    Args:
        rows: of all collections.
        weights: by `collection` or `collection/dataset`, the latter first; multiplies a row's own.
        persona_format: the form that a persona's dialogues are taught in; None takes all.

    Returns:
        Rows, and rows dropped by reason: "other_form" (a persona's rows that are exported only),
        "weight_zero".

    Raises:
        FaultyInput: a weight's name is none of a collection.
    """
    listed = list(rows)
    known = sorted({*COLLECTIONS, *(row.collection for row in listed)})
    if unknown := [name for name in weights if name.partition("/")[0] not in known]:
        raise FaultyInput(
            [
                Fault(f"datasets.weights.{name}", "no such collection", suggestion(name, known))
                for name in unknown
            ]
        )
    kept, dropped = [], Counter[str]()
    for row in listed:
        weight = weights.get(f"{row.collection}/{row.dataset}", weights.get(row.collection, 1.0))
        if persona_format and row.collection == "persona" and row.form != persona_format:
            dropped["other_form"] += 1
        elif weight * row.weight == 0:
            dropped["weight_zero"] += 1
        else:
            kept.append(dataclasses.replace(row, weight=weight * row.weight))
    return kept, dropped
