"""Training rows and held-out rows that say the same, word for word."""

import json
import os
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping

from clone_pipeline.records import Row

WORDS = 8
_WORD = re.compile(r"\w+")


def drop_overlaps(rows: list[Row]) -> tuple[list[Row], Counter[str]]:
    """Rows none of which tells a model beforehand what it is tested on.

    Of the rows that remain, no held-out row's persona turn shares eight words in a row (case and
    punctuation aside) with a turn of a training row of its collection. The training row goes, but
    where more training rows share words with one held-out row than there are training rows to a
    held-out one, the held-out row goes: else a signature would empty the training data.

    Args:
        rows: with their side of the split; plain text has no turns and stays.

    Returns:
        Rows in the same order, and rows dropped by reason: "overlaps_held_out" (training),
        "overlaps_training" (held out).
    """
    spoken: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if row.form != "completion":
            spoken[row.collection].append(row)
    gone: dict[str, str] = {}
    for listed in spoken.values():
        gone |= _gone(listed)
    return [row for row in rows if row.row_id not in gone], Counter(gone.values())


def _gone(rows: list[Row]) -> dict[str, str]:
    """The rows of one collection that have to go, by row id, and why."""
    prefixes = _common_prefixes(rows)
    train = [row for row in rows if row.split == "train"]
    held = [row for row in rows if row.split == "held_out"]
    owners: dict[str, set[str]] = defaultdict(set)
    for row in held:
        for gram in _grams(_turns(row, prefixes, persona_only=True)):
            owners[gram].add(row.row_id)
    shared = {
        row.row_id: set().union(
            *(owners.get(gram, ()) for gram in _grams(_turns(row, prefixes, persona_only=False)))
        )
        for row in train
    } if owners else {}  # fmt: skip
    sharers = Counter(owner for found in shared.values() for owner in found)
    most = len(train) / max(len(held), 1)
    gone = {name: "overlaps_training" for name, count in sharers.items() if count > most}
    return gone | {
        name: "overlaps_held_out" for name, found in shared.items() if found - gone.keys()
    }


def _turns(row: Row, prefixes: Mapping[str, str], *, persona_only: bool) -> Iterator[str]:
    """What was said in the row, without system prompt and names."""
    content = json.loads(row.content)
    for turn in content.get("conversations", ()):
        if turn["from"] == "gpt" or (turn["from"] == "human" and not persona_only):
            yield turn["value"]
    for place, segment in enumerate(content.get("segments", ())):
        if segment["label"] or not persona_only:
            prefix = "" if place else prefixes[row.dataset]
            yield segment["text"].removeprefix(prefix).partition(": ")[2]


def _common_prefixes(rows: list[Row]) -> dict[str, str]:
    """The whole lines, so the system prompt, with which all segments of a dataset begin."""
    firsts: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        if row.form == "segments":
            firsts[row.dataset].append(json.loads(row.content)["segments"][0]["text"])
    common = {dataset: os.path.commonprefix(texts) for dataset, texts in firsts.items()}
    return {dataset: text[: text.rfind("\n") + 1] for dataset, text in common.items()}


def _grams(texts: Iterable[str]) -> Iterator[str]:
    for text in texts:
        words = _WORD.findall(text.casefold())
        for first in range(len(words) - WORDS + 1):
            yield " ".join(words[first : first + WORDS])
