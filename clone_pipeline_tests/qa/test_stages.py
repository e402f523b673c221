"""The three stages one after the other, against a local server that speaks the real protocol."""

import asyncio
import random
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from clone_pipeline.funnel import StageCount, Usage
from clone_pipeline.llm.asking import LlmFailure
from clone_pipeline.llm.endpoint import Endpoint
from clone_pipeline.llm.journal import Journal
from clone_pipeline.llm.openai_compatible import connect
from clone_pipeline.qa import dialogue, generation, repair, verification
from clone_pipeline.records import Chunk, QaConversation
from clone_pipeline_tests.llm.openai_server import Answer, Body, OpenAiServer, running
from clone_pipeline_tests.qa.scripted import BY_STYLE

CHUNKS = [
    Chunk(f"c{n}", "d", n, 0, 0, f"Lamp {n} burns {n} litres of paraffin in every single night.")
    for n in range(12)
]
BY_SYSTEM = {prompt.messages[0]["content"]: name for name, prompt in BY_STYLE["default"].items()}


def well_formed(body: Body) -> str:
    """A reply in the format of the step; lamps 3, 6 and 9 are judged badly."""
    step, asked = BY_SYSTEM[body["messages"][0]["content"]], body["messages"][-1]["content"]
    found = re.search(r"[Ll]amp (\d+)", asked)
    lamp = int(found[1]) if found else 0
    if step == generation.PROMPT:
        return (
            f"**QUESTION 1:**\nHow much paraffin does lamp {lamp} burn in a night?\n\n"
            f"**ANSWER 1:**\nLamp {lamp} burns {lamp} litres of paraffin every night.\n\n"
            f"**QUESTION 2:**\nWhat does lamp {lamp} burn, as the text says?\n\n"
            f"**ANSWER 2:**\nLamp {lamp} burns paraffin."
        )
    if step == "check_question":
        return "Not covered: IRRELEVANT" if lamp == 3 else "Covered, so it is: RELEVANT."
    if step == "check_answer":
        return "Wrong: INACCURATE" if lamp == 6 else "The answer is: ACCURATE"
    if step == repair.PROMPT and lamp == 9:
        return "Final judgment: FAIL"
    if step == repair.PROMPT and "as the text says" in asked:
        return (
            f"Final judgment: REWORD\n### Question Rewording:\n**QUESTION:**\n"
            f"What does lamp {lamp} burn?\n\n**ANSWER:**\nLamp {lamp} burns paraffin."
        )
    if step == repair.PROMPT:
        return "Final judgment: PASS"
    said = re.findall(r"\*\*QUESTION:\*\*\n(.+?)\n\n\*\*ANSWER:\*\*\n(.+?)(?:\n|$)", asked)
    return "\n\n".join(f"**User:**\nHi! {q}\n\n**AI Assistant:**\nSure: {a}" for q, a in said)


@dataclass
class Run:
    """What came of a run."""

    conversations: list[QaConversation]
    counts: list[StageCount]
    usage: Usage


async def flow(model: Endpoint) -> Run:
    counts = []
    pairs, dropped, made = await generation.candidates(
        CHUNKS, model=model, model_name="small", prompts=BY_STYLE
    )
    kept = len({pair.chunk_id for pair in pairs})
    counts.append(StageCount("qa_candidates", "chunks", len(CHUNKS), kept, dropped, made))
    good, votes, dropped = await verification.verify(
        pairs, chunks=CHUNKS, model=model, model_name="small", prompts=BY_STYLE
    )
    counts.append(StageCount("verified_qa", "pairs", len(pairs), len(good), dropped))
    conversations, dropped, talk = await dialogue.converse(
        good, chunks=CHUNKS, model=model, model_name="large", prompts=BY_STYLE
    )
    held = sum(len(one.pair_ids) for one in conversations)
    counts.append(StageCount("qa_conversations", "pairs", len(good), held, dropped, talk))
    return Run(conversations, counts, model.usage())


def run(server: OpenAiServer, folder: Path, **terms: Any) -> Run:
    async def connected() -> Run:
        with Journal(folder / "journal.sqlite") as journal:
            async with connect(
                base_url=server.base_url, api_key=None, journal=journal, **terms
            ) as endpoint:
                return await flow(endpoint)

    return asyncio.run(connected())


def test_well_formed_replies_become_conversations_and_the_counts_add_up(tmp_path: Path) -> None:
    with running(answer=well_formed) as server:
        made = run(server, tmp_path)
    candidates, verified, conversations = made.counts
    assert candidates.made["pairs"] == 24
    assert verified.dropped == {
        "question_irrelevant": 2,
        "answer_inaccurate": 2,
        "context_failed": 2,
    }
    assert conversations.made == {"conversations": 9, "plain_conversations": 0}
    assert [turn.text for turn in made.conversations[1].turns] == [
        "Hi! How much paraffin does lamp 1 burn in a night?",
        "Sure: Lamp 1 burns 1 litres of paraffin every night.",
        "Hi! What does lamp 1 burn?",
        "Sure: Lamp 1 burns paraffin.",
    ]


def test_a_second_run_gives_the_same_and_sends_nothing(tmp_path: Path) -> None:
    with running(answer=well_formed, faults={"429": 0.1, "500": 0.1, "drop": 0.1}) as server:
        first = run(server, tmp_path, draw=lambda: 0.0)
        sent = server.requests
        second = run(server, tmp_path)
        assert server.requests == sent
    assert first.conversations == second.conversations
    assert first.counts == second.counts
    assert second.usage.requests == 0 or second.usage.from_journal > 0


def garbage(body: Body) -> Answer:
    draw = random.Random(str(body["messages"][-1]))
    good = well_formed(body)
    text = draw.choice(
        ["", "no", good[: len(good) // 2], good.replace("**", ""), good.lower(), good * 2, "```\n"]
        + [good, "PASS RELEVANT IRRELEVANT", "Final judgment:", "\x00\ufeff"]
    )
    return Answer(text, finish_reason=draw.choice(["stop", "length"]))


def test_garbage_is_counted_and_loses_nothing_silently(tmp_path: Path) -> None:
    with running(answer=garbage) as server:
        made = run(server, tmp_path)
    assert made.counts[0].entered == len(CHUNKS)
    for one in made.conversations:
        assert [turn.role for turn in one.turns][::2] == ["human"] * (len(one.turns) // 2)
        assert one.turns[-1].role == "gpt"
        assert all(turn.text.strip() for turn in one.turns)


def test_an_endpoint_that_refuses_stops_the_stage_and_what_was_answered_is_kept(
    tmp_path: Path,
) -> None:
    def poor(body: Body) -> str | Answer:
        judging = BY_SYSTEM[body["messages"][0]["content"]] == "check_answer"
        return (
            Answer(status=402, body='{"error": {"message": "no credit"}}')
            if judging
            else (well_formed(body))
        )

    with running(answer=poor) as server, pytest.raises(LlmFailure, match="402"):
        run(server, tmp_path, patience_seconds=2.0)
    with running(answer=well_formed) as server:
        run(server, tmp_path)
        steps = {BY_SYSTEM[body["messages"][0]["content"]] for body in server.bodies}
    assert generation.PROMPT not in steps
    assert "check_answer" in steps
