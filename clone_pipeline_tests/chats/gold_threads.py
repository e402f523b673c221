"""Annotated IRC logs, and how near a splitter of conversations comes to the annotators.

The format of the logs (a line a message, counted from 0) and of the annotations (`a b -`: the later
line answers the earlier one; a link to itself is a start) is described in the README of the data of
Kummerfeld et al., "A Large-Scale Corpus for Conversation Disentanglement", ACL 2019 (CC BY 4.0);
the measures are those of the evaluation tools beside it.
"""

import math
import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment  # type: ignore[import-untyped]

from clone_pipeline.chats.threads import Said

CHOSEN_ON = ("2004-11-15_03", "2005-06-27_12")
LEFT = ("2005-08-08_01", "2016-12-19_20")
MEASURES = (
    "precision", "recall", "f1", "exact_precision", "exact_recall", "exact_f1", "vi", "one_to_one",
    "f1_with_notices",
)  # fmt: skip
PREFIX = "irc-disentanglement__data__dev__"
FIRST = 1000  # the first annotated line
GAP = 600  # seconds of silence between sessions
LINE = re.compile(r"\[(\d\d):(\d\d)\] +(?:<(.*?)>|\* (\S+)) ?(.*)")
NOTICE = re.compile(r"=== \S+ (\[.*\] +has (joined|left|quit)|is now known as|sets mode)")

Link = tuple[int, int]
Linker = Callable[[Sequence[Said]], Sequence[int | None]]
Conversations = set[frozenset[int]]


class Log(NamedTuple):
    """An annotated log: what people said by line, the notices' lines, links as (answer, to)."""

    said: dict[int, Said]
    notices: set[int]
    gold: set[Link]


class Score(NamedTuple):
    """Links (found, annotated, common), all links with notices, and conversations."""

    links: tuple[int, int, int]
    with_notices: tuple[int, int, int]
    found: Conversations
    gold: Conversations


def read_log(raw: str, annotation: str) -> Log:
    said: dict[int, Said] = {}
    notices = set()
    now = 0
    for number, line in enumerate(raw.splitlines()):
        if found := LINE.match(line):
            clock = int(found[1]) * 3600 + int(found[2]) * 60
            now += (clock - now) % 86400
            name = found[3] or found[4]
            said[number] = Said(str(number), name, name, found[5], float(now), None)
        elif NOTICE.match(line):
            notices.add(number)
        elif line.startswith("=== "):  # "/me waves" in the older logs
            name, _, text = line[4:].partition(" ")
            said[number] = Said(str(number), name, name, text, float(now), None)
    pairs = (map(int, line.split()[:2]) for line in annotation.splitlines() if line.strip())
    return Log(said, notices, {(max(a, b), min(a, b)) for a, b in pairs})


def sessions(said: dict[int, Said]) -> list[list[int]]:
    """The lines' numbers, cut at silences."""
    groups: list[list[int]] = []
    last = -math.inf
    for number, one in said.items():
        now = one.time or 0.0
        if now - last > GAP:
            groups.append([])
        groups[-1].append(number)
        last = now
    return groups


def found_links(log: Log, linker: Linker) -> set[Link]:
    found = set()
    for numbers in sessions(log.said):
        for place, to in enumerate(linker([log.said[number] for number in numbers])):
            found.add((numbers[place], numbers[place if to is None else to]))
    return found


def connected(nodes: Iterable[int], edges: Iterable[Link]) -> Conversations:
    parent: dict[int, int] = {}

    def root(node: int) -> int:
        while parent.setdefault(node, node) != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    for a, b in edges:
        parent[root(a)] = root(b)
    groups: dict[int, set[int]] = {}
    for node in nodes:
        groups.setdefault(root(node), set()).add(node)
    return {frozenset(group) for group in groups.values()}


def score(log: Log, linker: Linker) -> Score:
    people = {number for number in log.said if number >= FIRST}
    notices = {(number, number) for number in log.notices if number >= FIRST}
    every = found_links(log, linker)
    found = {link for link in every if link[0] in people}
    gold = {link for link in log.gold if link[0] in people}
    more, all_gold = found | notices, {link for link in log.gold if link[0] >= FIRST}
    return Score(
        (len(found), len(gold), len(found & gold)),
        (len(more), len(all_gold), len(more & all_gold)),
        connected(people, found),
        connected(people, gold),
    )


def rates(found: int, gold: int, common: int) -> tuple[float, float, float]:
    """Precision, recall and F1."""
    if not common:
        return 0.0, 0.0, 0.0
    return common / found, common / gold, 2 * common / (found + gold)


def agreement(found: Conversations, gold: Conversations) -> tuple[float, float]:
    """1 - scaled variation of information, and one-to-one overlap."""
    table = np.array([[len(a & b) for b in gold] for a in found], dtype=float)
    total = table.sum()
    rows, columns = linear_sum_assignment(-table)
    shares = table / total

    def entropy(values: NDArray[np.float64]) -> float:
        values = values[values > 0]
        return float(-(values * np.log2(values)).sum())

    apart = 2 * entropy(shares) - entropy(shares.sum(axis=0)) - entropy(shares.sum(axis=1))
    return 1 - apart / math.log2(total), float(table[rows, columns].sum() / total)


def together(scores: Sequence[Score]) -> Score:
    """Several logs as one; their lines are no one else's."""

    def added(counts: Iterable[tuple[int, int, int]]) -> tuple[int, int, int]:
        found, gold, common = (sum(column) for column in zip(*counts, strict=True))
        return found, gold, common

    def apart(sides: Iterable[Conversations]) -> Conversations:
        return {
            frozenset(line + log * 10**6 for line in conversation)
            for log, side in enumerate(sides)
            for conversation in side
        }

    return Score(
        added(s.links for s in scores),
        added(s.with_notices for s in scores),
        apart(s.found for s in scores),
        apart(s.gold for s in scores),
    )


def figures(score: Score) -> dict[str, float]:
    longer = [{c for c in side if len(c) > 1} for side in (score.found, score.gold)]
    exact = rates(len(longer[0]), len(longer[1]), len(longer[0] & longer[1]))
    values = (*rates(*score.links), *exact, *agreement(score.found, score.gold))
    return dict(zip(MEASURES, (*values, rates(*score.with_notices)[2]), strict=True))


def read_all(corpus: Path) -> dict[str, Log]:
    def text(name: str, kind: str) -> str:
        path = corpus / "chats" / "irc" / f"{PREFIX}{name}.{kind}.txt"
        return path.read_text(encoding="utf-8", errors="replace")

    names = (*CHOSEN_ON, *LEFT)
    return {name: read_log(text(name, "raw"), text(name, "annotation")) for name in names}
