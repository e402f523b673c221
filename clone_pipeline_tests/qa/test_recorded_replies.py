"""Replies that Llama-3-70B gave to Verustoolkit's prompts, where the corpus is at hand.

The other tests of this folder hold the same oddities in texts of our own.
"""

import json
import os
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

from clone_pipeline.qa.parsing import parse_pairs, parse_verdict
from clone_pipeline.qa.rewording import Repair, parse_repair
from clone_pipeline.qa.transcript import fault, parse_conversation
from clone_pipeline.records import Pair

CORPUS = os.environ.get("CLONE_PIPELINE_CORPUS")
pytestmark = pytest.mark.skipif(not CORPUS, reason="CLONE_PIPELINE_CORPUS is not set")


def recorded(step: str) -> list[tuple[dict[str, Any], list[dict[str, str]]]]:
    folder = Path(CORPUS or "") / "llm_replies"
    listed = json.loads((folder / "MANIFEST.json").read_text(encoding="utf-8"))
    return [
        (entry, yaml.load((folder / entry["file"]).read_text("utf-8"), yaml.CSafeLoader))
        for entry in listed
        if entry["file"].startswith(f"{step}/")
    ]


@pytest.mark.parametrize(
    ("step", "positive", "negative"),
    [
        ("check_question_generations", "RELEVANT", "IRRELEVANT"),
        ("check_answer_accuracy_generations", "ACCURATE", "INACCURATE"),
    ],
)
def test_every_recorded_verdict_is_read_as_the_manifest_says(
    step: str, positive: str, negative: str
) -> None:
    replies = recorded(step)
    assert len(replies) > 30
    for entry, messages in replies:
        read = parse_verdict(messages[-1]["content"], positive=positive, negative=negative)
        assert read is (entry["verdict"] == positive), entry["file"]


def test_every_whole_pair_of_the_recorded_replies_is_read() -> None:
    for entry, messages in recorded("question_generation_generations"):
        reply = messages[-1]["content"]
        written = parse_pairs(reply)
        assert len(written.pairs) == reply.count("**ANSWER:**"), entry["file"]
        assert bool(written.pairs) is not entry["why"].startswith("odd:zero_pairs")


def test_recorded_repairs_are_decided_as_the_manifest_says() -> None:
    read = Counter(
        (entry["verdict"], decision.decision if isinstance(decision, Repair) else decision)
        for entry, messages in recorded("question_context_revision_generations")
        for decision in [parse_repair(messages[-1]["content"])]
    )
    assert read["PASS", "pass"] == 26
    assert read["FAIL", "fail"] == 6
    assert read["REWORD", "reword"] + read["REWORD", "rejected_phrase"] == 14
    assert read["NO_DETERMINATION", "no_judgment"] == 3  # cut off
    assert read["NO_DETERMINATION", "reword"] == 1  # "Final judgement", which the seed can't read
    assert read.total() == 50


def test_recorded_conversations_hold_the_pairs_that_they_were_made_of() -> None:
    for entry, messages in recorded("multiturn_conversation_generations"):
        asked = parse_pairs(messages[-2]["content"]).pairs
        turns = parse_conversation(messages[-1]["content"])
        assert not isinstance(turns, str), entry["file"]
        pairs = [Pair(str(n), "c", "default", q, a) for n, (q, a) in enumerate(asked)]
        assert fault(turns, pairs) is None, entry["file"]
