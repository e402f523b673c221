"""How well conversations that run through each other are told apart, on annotated IRC logs.

The logs are four of the development files of Kummerfeld et al., "A Large-Scale Corpus for
Conversation Disentanglement", ACL 2019 (CC BY 4.0): the folder `chats/irc` of the folder that
CLONE_PIPELINE_CORPUS names. Only lines from 1000 on are annotated and scored.

Scored are lines that people wrote; as in the paper a start counts as a link to itself.
Conversations are the lines that the links of annotated lines connect.
exact: conversations of two lines and more that are equal. VI: 1 - variation of information, scaled.
1-1: the overlap of the best pairing of conversations. F+notices: F1 of the links when lines such as
"X has joined", which all link to themselves, are counted as the paper counts them.

The splitter's constants were chosen on the first two files; the last two were left for this.

    CLONE_PIPELINE_CORPUS=... python benchmarks/disentangling.py
"""

import json
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from clone_pipeline.chats.threads import Said, links
from clone_pipeline_tests.chats.gold_threads import (
    CHOSEN_ON,
    LEFT,
    Linker,
    figures,
    read_all,
    score,
    sessions,
    together,
)


def gap_rule(group: Sequence[Said]) -> list[int | None]:
    return [None, *range(len(group) - 1)]


def nothing(group: Sequence[Said]) -> list[int | None]:
    return [None] * len(group)


def names_only(group: Sequence[Said]) -> list[int | None]:
    """The last line of whom the first word names, else the author's own last line."""
    last: dict[str, int] = {}
    found: list[int | None] = []
    for place, said in enumerate(group):
        words = said.text.split(None, 1)
        named = words[0].strip("@:,").lower() if words else ""
        found.append(last.get(named, last.get(said.author.lower())))
        last[said.author.lower()] = place
    return found


METHODS: dict[str, Linker] = {
    "gap rule": gap_rule,
    "every line alone": nothing,
    "names only": names_only,
    "splitter": links,
}


def main() -> None:
    if not (corpus := os.environ.get("CLONE_PIPELINE_CORPUS")):
        sys.exit("CLONE_PIPELINE_CORPUS is not set: name the folder that holds chats/irc.")
    logs = read_all(Path(corpus))
    parts = {name: [name] for name in logs} | {
        "chosen on": [*CHOSEN_ON], "left": [*LEFT], "all": [*logs]
    }  # fmt: skip
    head = ("P", "R", "F1", "exact P", "exact R", "exact F1", "VI", "1-1", "F+notices")
    print(f"{'method':<17}{'file':<15}" + "".join(f"{name:>10}" for name in head))
    report: dict[str, dict[str, dict[str, float]]] = {}
    for method, linker in METHODS.items():
        scores = {name: score(log, linker) for name, log in logs.items()}
        for part, files in parts.items():
            row = figures(together([scores[name] for name in files]))
            report.setdefault(method, {})[part] = {k: round(v, 3) for k, v in row.items()}
            cells = "".join(f"{100 * value:>10.1f}" for value in row.values())
            print(f"{method:<17}{part:<15}{cells}")
    groups = [
        [log.said[n] for n in numbers] for log in logs.values() for numbers in sessions(log.said)
    ]
    began = time.process_time()
    for group in groups:
        links(group)
    spent = (time.process_time() - began) / sum(map(len, groups))
    print(json.dumps({"figures": report, "microseconds_a_message": round(1e6 * spent, 2)}))


if __name__ == "__main__":
    main()
