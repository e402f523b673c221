import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from clone_pipeline.qa.coverage import coverage, unasked
from clone_pipeline.qa.facts import facts
from clone_pipeline.qa.parsing import parse_pairs
from clone_pipeline.records import Chunk, Pair

CORPUS = os.environ.get("CLONE_PIPELINE_CORPUS")
PORT = (
    "From 1 November the ferry Alma sails at 09:00 and at 14:00. The crossing takes 25 minutes. "
    "A single ticket costs 7 euros, a return ticket 12 euros. Bicycles travel free of charge."
)
CHUNK = Chunk("c", "d", 0, 0, len(PORT), PORT)


def pair(question: str, answer: str, *, of: str = "c", related: tuple[str, ...] = ()) -> Pair:
    return Pair(f"{question}{answer}", of, "default", question, answer, related=list(related))


def test_what_no_pair_mentions_is_unasked_in_reading_order() -> None:
    found = coverage([CHUNK], [pair("How long does the crossing take?", "It takes 25 minutes.")])
    assert (found[0].pairs, found[0].facts, found[0].asked) == (1, 4, 1)
    assert [fact[:9] for fact in found[0].unasked] == ["From 1 No", "A single ", "Bicycles "]


def test_a_fact_that_is_told_in_other_words_and_forms_is_asked() -> None:
    told = pair("Is taking a bicycle on the ferry charged?", "No, a bicycle travels for free.")
    assert not any("Bicycles" in fact for fact in coverage([CHUNK], [told])[0].unasked)


def test_a_pair_of_one_number_does_not_tell_a_fact_of_another() -> None:
    text = "Option 1 enables the lower referral. Option 2 enables the higher referral."
    assert unasked(facts(text), [("What does option 1 do?", "It enables a lower referral.")]) == [
        "Option 2 enables the higher referral."
    ]


def test_words_that_are_scattered_over_pairs_tell_nothing() -> None:
    scattered = [("Where is November?", "Autumn."), ("Alma?", "A name."), ("14:00?", "An hour.")]
    assert facts(PORT)[0] in unasked(facts(PORT), scattered)


def test_pairs_of_other_chunks_count_only_where_they_are_related() -> None:
    bicycle = ("What does a bicycle cost?", "Bicycles travel free of charge.")
    assert coverage([CHUNK], [pair(*bicycle, of="x")])[0].asked == 0
    assert coverage([CHUNK], [pair(*bicycle, of="x", related=("c",))])[0].asked == 1


def test_a_chunk_without_facts_or_pairs_is_listed() -> None:
    bare = Chunk("b", "d", 1, 0, 6, "# Bare")
    assert [(one.chunk_id, one.facts) for one in coverage([bare, CHUNK], [])] == [
        ("b", 0),
        ("c", 4),
    ]


TEXTS = st.lists(st.sampled_from([*facts(PORT), "The lamp burns oil.", "切符は七ユーロです。"]))


@given(TEXTS, TEXTS)
def test_more_pairs_leave_no_more_unasked_and_a_copied_fact_is_told(
    held: list[str], told: list[str]
) -> None:
    pairs = [("What is it?", fact) for fact in told]
    left = unasked(held, pairs)
    assert set(left) <= set(unasked(held, pairs[1:]))
    assert not set(left) & set(told)
    assert [fact for fact in held if fact in left] == left


DRAWN = """
import random
from clone_pipeline.qa.coverage import unasked
drawn = random.Random(7)
words = "lamp tower ferry rock oil keeper storm harbour island winter bicycle ticket office".split()
for _ in range(400):
    held = [" ".join(drawn.sample(words, drawn.randint(4, 9))) for _ in range(6)]
    pairs = [(" ".join(drawn.sample(words, 2)), " ".join(drawn.sample(words, 2))) for _ in "abc"]
    print(unasked(held, pairs))
"""


def test_what_is_unasked_is_the_same_in_every_process() -> None:
    found = {
        subprocess.run(
            [sys.executable, "-c", DRAWN], env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True, check=True,
        ).stdout
        for seed in ("1", "2", "3")
    }  # fmt: skip
    assert len(found) == 1


def test_two_thousand_chunks_take_at_most_two_seconds() -> None:
    texts = [PORT.replace("Alma", f"Alma{n}").replace("25", str(n)) for n in range(2_000)]
    chunks = [Chunk(f"c{n}", "d", n, 0, 0, text) for n, text in enumerate(texts)]
    pairs = [
        pair(f"When does Alma{n} sail ({k})?", f"Alma{n} sails at 09:00.", of=f"c{n}")
        for n in range(2_000)
        for k in range(4)
    ]
    started = time.process_time()
    assert len(coverage(chunks, pairs)) == 2_000
    assert time.process_time() - started < 2


@pytest.mark.skipif(not CORPUS, reason="CLONE_PIPELINE_CORPUS is not set")
def test_recorded_pairs_leave_unasked_what_a_reader_finds_unasked() -> None:
    folder = Path(CORPUS or "") / "llm_replies"
    name = "question_generation_generations/"
    read: dict[str, tuple[str, ...]] = {}
    for entry in json.loads((folder / "MANIFEST.json").read_text("utf-8")):
        if entry["file"].startswith(name):
            said = yaml.load((folder / entry["file"]).read_text("utf-8"), yaml.CSafeLoader)
            text = re.search(r'"""\n(.*)\n"""', said[-2]["content"], re.S)
            if text and (pairs := parse_pairs(said[-1]["content"]).pairs):
                read[text[1][:20]] = tuple(unasked(facts(text[1]), pairs))
    staking = read[":::tip Safe Staking\n"]
    network = read["# Network Economy\nVe"]
    assert staking == ()
    assert any(fact.startswith("VerusHash 2.2 is the mining algorithm") for fact in network)
    assert "They earn block rewards." in network
    assert not any("consumer-grade" in fact for fact in network)
