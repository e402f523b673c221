"""Plots for the UI, where a person would rather look: PNG inside Markdown metadata."""

import base64
import io
from collections.abc import Mapping, Sequence
from typing import Any

import dagster as dg
import numpy as np
from numpy.typing import ArrayLike

# Times that matplotlib shows.
_FIRST, _LAST = np.datetime64("1000-01-01"), np.datetime64("3000-01-01")


def lengths(values: ArrayLike, *, title: str, unit: str) -> dg.MarkdownMetadataValue:
    """A histogram of lengths."""
    figure, axes = _figure(title)
    axes.hist(values, bins=30, color="#4f43dd")
    axes.set_xlabel(unit)
    return _markdown(figure, title)


def over_time(
    counts: Mapping[str, Mapping[np.datetime64, int]], *, title: str
) -> dg.MarkdownMetadataValue:
    """Counts by day or week, one line a group; what lies between two counts is 0."""
    import pandas as pd  # noqa: PLC0415

    figure, axes = _figure(title)
    for group, every in sorted(counts.items()):
        counted = {day: number for day, number in every.items() if _FIRST <= day <= _LAST}
        weekly = pd.Series(dict(counted)).sort_index().resample("W").sum()
        axes.plot(weekly.index, weekly.to_numpy(), marker=".", label=group)
    if counts:
        axes.legend()
    figure.autofmt_xdate()
    return _markdown(figure, title)


def curve(
    points: Sequence[tuple[float, float]], *, title: str, x: str, y: str
) -> dg.MarkdownMetadataValue:
    """A line with its running mean over a tenth of the points."""
    figure, axes = _figure(title)
    xs, ys = [p[0] for p in points], [p[1] for p in points]
    axes.plot(xs, ys, color="#b9b4f2", label="each step")
    width = max(1, len(ys) // 10)
    mean = [
        sum(ys[max(0, i - width) : i + 1]) / len(ys[max(0, i - width) : i + 1])
        for i in range(len(ys))
    ]
    axes.plot(xs, mean, color="#4f43dd", label="running mean")
    axes.set_xlabel(x)
    axes.set_ylabel(y)
    axes.legend()
    return _markdown(figure, title)


def pairs_of_bars(
    bars: Mapping[str, tuple[float, float]], *, title: str, names: tuple[str, str], y: str
) -> dg.MarkdownMetadataValue:
    """Two bars side by side for each key, their values written above."""
    figure, axes = _figure(title)
    for side, (name, color) in enumerate(zip(names, ("#b9b4f2", "#4f43dd"), strict=True)):
        places = [place + (side - 0.5) * 0.4 for place in range(len(bars))]
        drawn = axes.bar(
            places, [pair[side] for pair in bars.values()], 0.4, label=name, color=color
        )
        axes.bar_label(drawn, fmt="%.1f")
    axes.set_xticks(range(len(bars)), list(bars))
    axes.set_ylabel(y)
    axes.legend()
    return _markdown(figure, title)


def _figure(title: str) -> tuple[Any, Any]:
    from matplotlib.figure import Figure  # noqa: PLC0415

    figure = Figure(figsize=(6.4, 3.2), dpi=90, layout="constrained")
    axes = figure.add_subplot()
    axes.set_title(title)
    axes.spines[["top", "right"]].set_visible(False)
    return figure, axes


def _markdown(figure: Any, title: str) -> dg.MarkdownMetadataValue:
    png = io.BytesIO()
    figure.savefig(png, format="png")
    encoded = base64.b64encode(png.getvalue()).decode("ascii")
    return dg.MetadataValue.md(f"![{title}](data:image/png;base64,{encoded})")
