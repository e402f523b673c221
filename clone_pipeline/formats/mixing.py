"""Which rows a model is trained on, and how often an epoch holds them."""

import dataclasses
from collections import Counter
from collections.abc import Iterable, Mapping

from clone_pipeline.records import Form, Row
from clone_pipeline.settings import Fault, FaultyInput, suggestion

COLLECTIONS = ("persona", "qa", "pretraining", "text", "reddit", "generic", "identity")

# What no model is tested on, so none of it is held out: it is to be known by heart, or anybody's.
TRAINED_ONLY = ("identity", "generic")


def mix(
    rows: Iterable[Row],
    *,
    weights: Mapping[str, float],
    persona_format: Form | None = None,
    generic: Mapping[str, float] | None = None,
) -> tuple[list[Row], Counter[str]]:
    """The rows with their weights, in the same order.

    Args:
        rows: of all collections.
        weights: by `collection` or `collection/dataset`, the latter first; multiplies a row's own.
        persona_format: the form that a persona's dialogues are taught in; None takes all.
        generic: by dataset of the collection "generic", how many of its rows are taken for each
            row of all other collections; which ones their ids decide. None takes all.

    Returns:
        Rows, and rows dropped by reason: "other_form" (a persona's rows that are exported only),
        "weight_zero", "beyond_share" (generic rows).

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
    return _shared_out(kept, dropped, generic)


def _shared_out(
    rows: list[Row], dropped: Counter[str], shares: Mapping[str, float] | None
) -> tuple[list[Row], Counter[str]]:
    """The rows with no more generic ones than their shares of the others."""
    names: dict[str, list[str]] = {}
    for row in rows:
        if row.collection == "generic":
            names.setdefault(row.dataset, []).append(row.row_id)
    if shares is None or not names:
        return rows, dropped
    others = len(rows) - sum(map(len, names.values()))
    taken = {
        name
        for dataset, listed in names.items()
        for name in sorted(listed)[: round(shares.get(dataset, 0) * others)]
    }
    kept = [row for row in rows if row.collection != "generic" or row.row_id in taken]
    return kept, dropped + Counter(beyond_share=len(rows) - len(kept))
