"""Reports as tests want them."""

from typing import Any

from clone_pipeline.evaluation.report import (
    Compared,
    Interval,
    Memorisation,
    Report,
    Sample,
    Scores,
    Side,
)


def scores(
    *,
    rows: int = 40,
    groups: int = 20,
    ratio: tuple[float, float, float] = (0.8, 0.75, 0.85),
    specificity: tuple[float, float, float] | None = (0.1, 0.05, 0.15),
    against: float | None = None,
) -> Scores:
    side = Side(tokens=900, base_perplexity=30.0, tuned_perplexity=24.0)
    return Scores(
        rows=rows,
        groups=groups,
        own=side,
        words=side if specificity else None,
        others=side if specificity else None,
        ratio=interval(*ratio),
        specificity=interval(*specificity) if specificity else None,
        against_production=None if against is None else interval(against, against, against),
    )


def interval(value: float, low: float, high: float) -> Interval:
    return Interval(value=value, low=low, high=high)


def report(**changes: Any) -> Report:
    fields: dict[str, Any] = {
        "version": "v0002",
        "version_digest": "two",
        "dataset_digest": "data",
        "rows_digest": "rows",
        "form": "sharegpt",
        "seed": 0,
        "personas": {"anna": scores()},
        "together": scores(),
        "expert": None,
        "production": Compared(version="v0001", digest="one"),
        "samples": [
            Sample(
                speaker="anna", kind="held_out", said="hi |", real="yo", base="Hello", tuned="yo<b>"
            )
        ],
        "memorisation": Memorisation(replies=1, repeating=0, words=8),
        "seconds": 1.5,
    }
    return Report(**{**fields, **changes})
