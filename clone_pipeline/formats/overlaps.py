"""Training rows and held-out rows that say the same, word for word."""

import json
import os
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping

from clone_pipeline.formats.qa_segments import READER
from clone_pipeline.records import Row

WORDS = 8
_WORD = re.compile(r"\w+")

# What all rows of a collection and dataset begin and end with, where a system prompt stands.
_Frames = Mapping[tuple[str, str], tuple[str, str]]


def drop_overlaps(rows: list[Row]) -> tuple[list[Row], Counter[str]]:
    """Rows none of which tells a model beforehand what it is tested on.

    Of the rows that remain, no held-out row's turn, whoever speaks, shares eight words in a row
    (case and punctuation aside) with a training row of any collection: with its turns, its plain
    text, or the passage in its system prompt. The training row goes, but where more training rows
    share words with one held-out row than there are training rows to a held-out one in its
    collection, the held-out row goes: else a signature would empty the training data.

    The passages above segments of QA data do not count: nothing of them is labelled, and most are
    not what the answer says, but chunks beside it of any side.

    Args:
        rows: with their side of the split. Held-out plain text has no turns and stays.

    Returns:
        Rows in the same order, and rows dropped by reason: "overlaps_held_out" (training),
        "overlaps_training" (held out).
    """
    frames = _frames(rows)
    owners: dict[int, list[int]] = defaultdict(list)
    for place, row in enumerate(rows):
        if row.split == "held_out":
            for gram in set(_grams(_turns(row, frames))):
                owners[gram].append(place)
    sharers: dict[int, list[int]] = defaultdict(list)
    for place, row in enumerate(rows):
        if owners and row.split == "train":
            for gram in owners.keys() & set(_grams(_taught(row, frames))):
                sharers[gram].append(place)
    gone = _gone(rows, owners, sharers)
    return [row for place, row in enumerate(rows) if place not in gone], Counter(gone.values())


def _gone(
    rows: list[Row], owners: Mapping[int, list[int]], sharers: Mapping[int, list[int]]
) -> dict[int, str]:
    """The places of the rows that have to go, and why."""
    sides = Counter((row.collection, row.split) for row in rows)
    most = {
        name: sides[name, "train"] / max(sides[name, "held_out"], 1)
        for name in {row.collection for row in rows}
    }
    common: set[int] = set()
    for gram, found in sharers.items():
        common.update(p for p in owners[gram] if len(found) > most[rows[p].collection])
    shared: dict[int, set[int]] = defaultdict(set)
    for gram, found in sharers.items():
        for owner in owners[gram]:
            if owner not in common:
                shared[owner].update(found)
    gone = dict.fromkeys(common, "overlaps_training")
    for owner, found_by in shared.items():
        if len(found_by) > most[rows[owner].collection]:
            gone[owner] = "overlaps_training"
        else:
            gone |= dict.fromkeys(found_by, "overlaps_held_out")
    return gone


def _turns(row: Row, frames: _Frames) -> Iterator[str]:
    """What was said in the row, without system prompt and names."""
    content = json.loads(row.content)
    if row.form == "sharegpt":
        for turn in content["conversations"]:
            if turn["from"] != "system":
                yield turn["value"]
    elif row.form == "segments":
        start, _ = frames[row.collection, row.dataset]
        texts = [segment["text"] for segment in content["segments"]]
        if row.collection == "qa":
            yield texts[0][len(_head(row)) :].partition(": ")[2]
        else:
            yield texts[0].removeprefix(start).partition(": ")[2]
        for text in texts[1:]:
            yield text.partition(": ")[2]


def _taught(row: Row, frames: _Frames) -> Iterator[str]:
    """What was said in the row, and what else only rows like it tell: its text, its passage."""
    if row.form == "completion":
        yield json.loads(row.content)["text"]
        return
    yield from _turns(row, frames)
    if system := _system(row):
        start, end = frames[row.collection, row.dataset]
        yield system.removeprefix(start).removesuffix(end)


def _head(row: Row) -> str:
    """What stands above the first question in QA data's segments: system prompt and passages."""
    text = str(json.loads(row.content)["segments"][0]["text"])
    return text[: text.rfind(f"\n{READER}: ") + 1]


def _system(row: Row) -> str:
    if row.form != "sharegpt":
        return ""
    first = json.loads(row.content)["conversations"][0]
    return str(first["value"]) if first["from"] == "system" else ""


def _frames(rows: list[Row]) -> _Frames:
    """The beginning and end that the system prompts of a collection's dataset share.

    Of segments it is the whole lines that their first texts begin with, so the system prompt.
    """
    firsts: dict[tuple[str, str], set[str]] = defaultdict(set)
    segments: dict[tuple[str, str], set[str]] = defaultdict(set)
    for row in rows:
        if row.form == "segments":
            segments[row.collection, row.dataset].add(
                json.loads(row.content)["segments"][0]["text"]
            )
        elif system := _system(row):
            firsts[row.collection, row.dataset].add(system)
    frames: dict[tuple[str, str], tuple[str, str]] = {}
    for name, texts in segments.items():
        start = os.path.commonprefix(list(texts))
        frames[name] = (start[: start.rfind("\n") + 1], "")
    for name, texts in firsts.items():
        start = os.path.commonprefix(list(texts))
        backwards = [text[: len(start) - 1 if start else None : -1] for text in texts]
        frames[name] = (start, os.path.commonprefix(backwards)[::-1])
    return frames


def _grams(texts: Iterable[str]) -> Iterator[int]:
    for text in texts:
        words = _WORD.findall(text.casefold())
        for first in range(len(words) - WORDS + 1):
            yield hash(" ".join(words[first : first + WORDS]))
