"""Replies that Llama-3-70B gave to Verustoolkit's prompts, where the corpus is at hand.

recorded_replies.json holds what a person who read each reply says: the verdict of each check;
(pairs, digests of the first and the last question) of each generation; the decision of each
repair and the digest of a reworded question; the turns of each conversation between a person who
asks first and an assistant who answers last. The other tests of this folder hold the same
oddities in texts of our own.
"""

import hashlib
import json
import os
import re
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
FOLDER = Path(CORPUS or "") / "llm_replies"
EXPECTED = json.loads(Path(__file__).with_name("recorded_replies.json").read_text("utf-8"))
UUID = re.compile(r"([0-9a-f]{8})-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
QA_BLOCK = "**QUESTION:**\n{}\n\n**ANSWER:**\n{}"


def short(path: Path) -> str:
    """What EXPECTED calls a file: the beginning of its last UUID, else its name."""
    found = UUID.findall(path.stem)
    return found[-1] if found else path.stem


def recorded(step: str) -> list[tuple[Any, Path, Any]]:
    """(what is expected, file, what it holds) of every file of a step."""
    read = json.loads if step.startswith(("qatuples", "multi_turn")) else _yaml
    paths = sorted((FOLDER / step).iterdir())
    expected = EXPECTED.get(step, {})
    assert not expected or {short(path) for path in paths} == set(expected)
    return [(expected.get(short(path)), path, read(path.read_text("utf-8"))) for path in paths]


def _yaml(text: str) -> Any:
    return yaml.load(text, yaml.CSafeLoader)


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def as_pairs(written: list[tuple[str, str]]) -> list[Pair]:
    return [Pair(str(n), "c", "default", q, a) for n, (q, a) in enumerate(written)]


def test_every_recorded_file_is_looked_at() -> None:
    listed = json.loads((FOLDER / "MANIFEST.json").read_text("utf-8"))
    steps = {entry["file"].split("/")[0] for entry in listed}
    assert steps == {*EXPECTED, "qatuples_raw", "qatuples_revised"}
    assert sum(len(recorded(step)) for step in steps) == len(listed) == 282


@pytest.mark.parametrize(
    ("step", "positive", "negative"),
    [
        ("check_question_generations", "RELEVANT", "IRRELEVANT"),
        ("check_answer_accuracy_generations", "ACCURATE", "INACCURATE"),
    ],
)
def test_every_verdict_is_what_a_reader_says(step: str, positive: str, negative: str) -> None:
    for expected, path, messages in recorded(step):
        read = parse_verdict(messages[-1]["content"], positive=positive, negative=negative)
        assert read is (expected == positive), path.name


def test_every_written_pair_is_what_a_reader_says() -> None:
    for expected, path, messages in recorded("question_generation_generations"):
        pairs = parse_pairs(messages[-1]["content"]).pairs
        asked = [digest(question) for question, _ in pairs]
        assert [len(pairs), *asked[:1], *asked[-1:]] == expected, path.name


def test_every_repair_is_what_a_reader_says() -> None:
    names = {"no_judgment": "none", "rejected_phrase": "rejected"}
    for expected, path, messages in recorded("question_context_revision_generations"):
        read = parse_repair(messages[-1]["content"])
        said: list[str] = [read.decision] if isinstance(read, Repair) else [names[read]]
        if isinstance(read, Repair) and read.decision == "reword":
            said.append(digest(read.question))
        assert said == expected, path.name


def test_every_conversation_has_the_turns_that_a_reader_sees_and_holds_its_pairs() -> None:
    for expected, path, messages in recorded("multiturn_conversation_generations"):
        turns = parse_conversation(messages[-1]["content"])
        assert not isinstance(turns, str), path.name
        assert len(turns) == expected, path.name
        asked = as_pairs(parse_pairs(messages[-2]["content"]).pairs)
        assert asked, path.name
        assert fault(turns, asked) is None, path.name


def test_saved_conversations_are_read_from_their_text() -> None:
    for expected, path, (text, *_, pairs) in recorded("multi_turn_convs"):
        turns = parse_conversation(text)
        assert not isinstance(turns, str), path.name
        assert len(turns) == expected, path.name
        assert fault(turns, as_pairs([(q, a) for q, a, *_ in pairs])) is None, path.name
    for expected, path, (pairs, *_) in recorded("multi_turn_convs_info"):
        assert len(pairs) == expected, path.name


def test_saved_pairs_are_those_of_the_replies_that_they_came_from() -> None:
    written = {
        pair
        for _, _, messages in recorded("question_generation_generations")
        for pair in parse_pairs(messages[-1]["content"]).pairs
    }
    repairs = [
        parse_repair(messages[-1]["content"])
        for _, _, messages in recorded("question_context_revision_generations")
    ]
    reworded = {(read.question, read.answer) for read in repairs if isinstance(read, Repair)}
    raw = {(q, a) for _, _, (q, a, *_) in recorded("qatuples_raw")}
    revised = {(q, a) for _, _, (q, a, *_) in recorded("qatuples_revised")}
    assert len(raw & written) == 10  # the four whole chains
    assert len(revised & (written | reworded)) == 8
    for question, answer in raw | revised:
        assert parse_pairs(QA_BLOCK.format(question, answer)).pairs == [(question, answer)]
