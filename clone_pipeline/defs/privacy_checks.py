"""The check of `messages` that says what was masked, and what patterns may have missed."""

from collections import Counter

import dagster as dg
import numpy as np

from clone_pipeline.chats import suspicions
from clone_pipeline.tables import Stored

# So many messages, the same distance apart, are looked at for what was missed.
LOOKED_AT = 4_000


@dg.asset_check(
    asset="messages",
    blocking=False,
    description="What was masked, by kind; and places where personal data may have been missed",
)
def privacy_report(messages: Stored) -> dg.AssetCheckResult:
    """A warning, never an error: long numbers, @-words and keys that no pattern was sure of."""
    masked: Counter[str] = Counter()
    some: list[str] = []
    step = max(1, -(-messages.num_rows // LOOKED_AT))
    place = 0
    for group in messages.groups(["text"]):
        for chunk in group["text"].chunks:
            masked.update(suspicions.count_masks(bytes(chunk.buffers()[2] or b"")))
        some += group["text"].take(np.arange(-place % step, group.num_rows, step)).to_pylist()
        place += group.num_rows
    seen = suspicions.suspects(some)
    strong = sum(seen.counts[kind] for kind in suspicions.STRONG)
    return dg.AssetCheckResult(
        passed=not strong,
        severity=dg.AssetCheckSeverity.WARN,
        description=_sentence(masked, strong),
        metadata={
            "masked": dg.MetadataValue.md(_table(masked, "masked")),
            "suspected": dg.MetadataValue.md(_table(seen.counts, "suspected")),
            "samples": seen.samples,
            "looked_at": min(LOOKED_AT, messages.num_rows),
        },
    )


def _table(counts: Counter[str], said: str) -> str:
    if not counts:
        return f"nothing {said}"
    rows = "\n".join(f"| {kind} | {n:,} |" for kind, n in sorted(counts.items()))
    return f"| {said} | |\n|---|---:|\n{rows}"


def _sentence(masked: Counter[str], strong: int) -> str:
    held = ", ".join(f"{n:,} {kind}" for kind, n in masked.most_common()) or "nothing"
    missed = f"{strong:,} places look personal and are not masked: see samples" if strong else (
        "nothing more looks like it"
    )  # fmt: skip
    return f"Masked: {held}; {missed}."
