"""Who wrote how much, and when: counts over the table of messages."""

from collections import Counter, defaultdict

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from clone_pipeline.tables import Stored


def writers(stored: Stored) -> Counter[tuple[str, str | None, str]]:
    """How many messages each has written, by platform, persona's key and shown name."""
    columns = ["platform", "persona", "author"]
    found: Counter[tuple[str, str | None, str]] = Counter()
    for group in stored.groups(columns):
        counts = group.group_by(columns).aggregate([([], "count_all")])
        for row in counts.to_pylist():
            found[row["platform"], row["persona"], row["author"] or ""] += row["count_all"]
    return found


def weeks(stored: Stored) -> dict[str, dict[np.datetime64, int]]:
    """Messages a week by persona's key, or "others"; those without a time are left out."""
    counts: dict[str, dict[np.datetime64, int]] = defaultdict(lambda: defaultdict(int))
    for group in stored.groups(["timestamp", "persona"], dictionaries=["persona"]):
        table = group.filter(pc.is_valid(group["timestamp"]))
        persona = pc.fill_null(table["persona"].cast(pa.string()), "others")
        days = table["timestamp"].cast(pa.timestamp("us")).to_numpy().astype("datetime64[D]")
        week = (days.astype(np.int64) + 3) // 7
        for name in pc.unique(persona).to_pylist():
            ours = pc.equal(persona, name).to_numpy()
            for number, count in zip(*np.unique(week[ours], return_counts=True), strict=True):
                counts[name][np.datetime64(int(number) * 7 + 3, "D")] += int(count)
    return counts
