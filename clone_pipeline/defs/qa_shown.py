"""What the UI shows of QA: what is left unasked, and whether votes agree."""

from collections.abc import Sequence
from typing import Any

import dagster as dg

from clone_pipeline.defs import plots
from clone_pipeline.qa import coverage, voting
from clone_pipeline.qa.verification import CHECKS
from clone_pipeline.records import Chunk, Pair, Vote

LEFT_UNASKED_ROWS = 20


def covered(chunks: Sequence[Chunk], pairs: Sequence[Pair]) -> dict[str, Any]:
    """What the pairs tell of the chunks: a plot, and the chunks with most left unasked."""
    told = coverage.coverage(chunks, pairs)
    if not told:
        return {}
    worst = sorted(told, key=lambda chunk: -len(chunk.unasked))[:LEFT_UNASKED_ROWS]
    rows = [
        dg.TableRecord(
            {"chunk": each.chunk_id, "pairs": each.pairs, "facts": each.facts,
             "unasked": len(each.unasked), "such as": each.unasked[0][:160]}
        )
        for each in worst if each.unasked
    ]  # fmt: skip
    numbers = [chunk.pairs for chunk in told]
    shown: dict[str, Any] = {
        "pairs_a_chunk": plots.lengths(numbers, title="Pairs of a chunk", unit="pairs")
    }
    return shown | ({"left_unasked": dg.MetadataValue.table(rows)} if rows else {})


def agreed(votes: Sequence[Vote], pairs: Sequence[Pair]) -> dict[str, Any]:
    """Whether several votes are worth their price: a row for each style's prompt of a check."""
    styles = {pair.pair_id: pair.style for pair in pairs}
    rows = [
        dg.TableRecord(
            {"prompt": CHECKS[check].prompt, "style": style, "check": check, "pairs": each.pairs,
             "votes": each.votes, "pairs whose votes disagree": each.disagreed,
             "pairs that one vote would have decided otherwise": each.changed}
        )
        for style in dict.fromkeys(styles.values())
        for check, each in voting.agreement(v for v in votes if styles[v.pair_id] == style).items()
    ]  # fmt: skip
    return {"agreement": dg.MetadataValue.table(rows)} if rows else {}
