"""Training rows and held-out rows: whole groups on one side, the last days held out."""

import dataclasses
from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import product

from clone_pipeline.formats.mixing import COLLECTIONS, TRAINED_ONLY
from clone_pipeline.formats.overlaps import drop_overlaps
from clone_pipeline.records import Row, content_id

# From so many rows on, a persona or collection has at least one row held out.
ENOUGH = 10

# Groups without time are first chosen so that at most 1.25 times the share is held out; if that
# leaves less than half of it, whatever their size.
_PASSES = ((1.25, 1.0), (float("inf"), 0.5))

# Sources that say no more than whose or what kind of text a row is.
_NOT_SHARED = ("persona:", "text:", "generic:", "document:")

Part = tuple[str, str]


def split(rows: Iterable[Row], *, held_out: float, seed: int = 0) -> tuple[list[Row], Counter[str]]:
    """The rows, each with its side: "train" or "held_out".

    All rows of a split_group (a conversation, a chunk) are on one side, and all groups that share
    a message or a chunk among their sources. Of every persona, and of
    every other collection, about `held_out` of the rows are held out: first the groups that ended
    last, then, where no time is known, groups by chance, the same each time. Nothing is ever more
    than half held out, so a conversation as big as that is for training. A collection of
    `TRAINED_ONLY` is not held out at all.

    Args:
        rows: of all collections, with different row ids.
        held_out: the share of each part's rows, 0 to 0.5.
        seed: of the chance.

    Returns:
        Rows in the same order, and rows dropped by reason, see `drop_overlaps`.
    """
    listed = list(rows)
    whole = _joined(listed)
    grouped = [dataclasses.replace(row, split_group=whole[row.split_group]) for row in listed]
    groups = _held_out_groups(grouped, held_out, seed)
    sided = [
        dataclasses.replace(row, split="held_out" if whole[row.split_group] in groups else "train")
        for row in listed
    ]
    return drop_overlaps(sided)


def _joined(rows: list[Row]) -> dict[str, str]:
    """By split_group, the one that stands for all groups that tell of the same messages or chunks.

    A thread of Reddit is one group as a whole text, and several as the dialogues in it.
    """
    above: dict[str, str] = {row.split_group: row.split_group for row in rows}

    def top(group: str) -> str:
        while above[group] != group:
            above[group] = group = above[above[group]]
        return group

    first: dict[str, str] = {}
    for row in rows:
        for source in row.sources:
            if not source.startswith(_NOT_SHARED):
                other = top(first.setdefault(source, row.split_group))
                above[top(row.split_group)] = other
    return {group: top(group) for group in above}


def _held_out_groups(rows: list[Row], share: float, seed: int) -> set[str]:
    sizes: dict[Part, Counter[str]] = defaultdict(Counter)
    parts_of: dict[str, set[Part]] = defaultdict(set)
    for row in rows:
        if row.collection not in TRAINED_ONLY:
            sizes[_part(row)][row.split_group] += 1
        parts_of[row.split_group].add(_part(row))
    held: set[str] = set()
    taken: Counter[Part] = Counter()
    order = _in_order(rows, seed)
    timed = {row.split_group for row in rows if row.ended}
    for part, (slack, enough) in product(sorted(sizes, key=_rank), _PASSES):
        wanted = _wanted(sizes[part].total(), share)
        for group in order[part]:
            if taken[part] >= wanted * enough:
                break
            over = taken[part] + sizes[part][group] > wanted * slack and group not in timed
            touched = parts_of[group]
            if not over and group not in held and all(
                (taken[p] + sizes[p][group]) * 2 <= sizes[p].total() for p in touched
            ):  # fmt: skip
                held.add(group)
                taken.update({p: sizes[p][group] for p in touched})
    return held


def _part(row: Row) -> Part:
    return row.collection, row.persona or ""


def _rank(part: Part) -> tuple[int, Part]:
    known = part[0] in COLLECTIONS
    return (COLLECTIONS.index(part[0]) if known else len(COLLECTIONS)), part


def _wanted(total: int, share: float) -> int:
    """How many of `total` rows are to be held out."""
    return max(round(total * share), 1 if share > 0 and total >= ENOUGH else 0)


def _in_order(rows: list[Row], seed: int) -> dict[Part, list[str]]:
    """Each part's groups: the last ended first, then those without time by chance."""
    never = datetime.min.replace(tzinfo=UTC)
    ended: dict[Part, dict[str, datetime]] = defaultdict(dict)
    for row in rows:
        times = ended[_part(row)]
        times[row.split_group] = max(times.get(row.split_group, never), row.ended or never)
    return {
        part: sorted(times, key=lambda group: (never - times[group], content_id(seed, group)))
        for part, times in ended.items()
    }
