import asyncio
import json
import re

import pytest

from clone_pipeline.llm.asking import Request
from clone_pipeline.qa import dialogue, generation, verification
from clone_pipeline.qa.asking import Asker
from clone_pipeline.qa.embedded import CHOICES, write
from clone_pipeline.records import Chunk
from clone_pipeline_tests.qa.scripted import EMBEDDED, Script, ScriptedModel, never

PAGE = (
    "Each tour takes at most twelve people, because the lantern room is small. "
    "The stair has 148 steps and two landings with benches. "
    "The boatman is Per Lund. It is closed on Mondays."
)


def choices(request: Request) -> list[str]:
    """What the request's grammar allows."""
    rule = re.search(r"^choice ::= (.+)$", request.extra["grammar"], re.M)
    assert rule
    return [str(json.loads(text)) for text in re.findall(r'"(?:[^"\\]|\\.)*"', rule[1])]


def written(script: Script, text: str, *, limit: int = 4) -> tuple[list[tuple[str, str]], object]:
    asker = Asker(ScriptedModel(script), "m", EMBEDDED)
    found, drop = asyncio.run(write(text, asker=asker, limit=limit))
    return found.pairs, drop


def test_the_model_chooses_question_and_answer_and_is_asked_only_where_there_is_a_choice() -> None:
    model = ScriptedModel(lambda request: choices(request)[-1])
    found, drop = asyncio.run(write(PAGE, asker=Asker(model, "m", EMBEDDED), limit=4))
    assert drop is None
    assert found.pairs == [
        ("How many people does each tour take?", "Each tour takes at most twelve people."),
        (
            "How many steps does the stair have?",
            "The stair has 148 steps and two landings with benches.",
        ),
        ("Who is the boatman?", "The boatman is Per Lund."),
    ]
    assert len(model.asked) == 2
    assert all(len(choices(request)) <= CHOICES for request in model.asked)
    assert model.asked[0].extra["grammar"].startswith("root ::= choice\n")


def test_no_more_pairs_are_written_than_asked_for() -> None:
    pairs, _ = written(lambda request: choices(request)[0], PAGE, limit=1)
    assert len(pairs) == 1


def test_a_chunk_without_a_sentence_to_ask_about_says_so() -> None:
    assert written(never, "# Menu\n\n- [Home](/)\n- [About](/about)\n") == ([], "nothing_to_ask")


@pytest.mark.parametrize("reply", ["", "Who?", "What is a lamp?", "IGNORE"])
def test_a_reply_that_is_no_choice_is_refused_by_the_rules(reply: str) -> None:
    text = "Each tour takes at most twelve people, because the lantern room is small."
    assert written(lambda _: reply, text) == ([], "nothing_grounded")


def test_both_prompts_begin_alike_so_that_the_server_reads_them_once() -> None:
    question, answer = EMBEDDED["question"].messages, EMBEDDED["answer"].messages
    assert answer[: len(question)] == question


def test_the_whole_way_of_the_embedded_model_asks_only_to_choose() -> None:
    menu = "Menu. Home. About. Contact us. Imprint."
    chunks = [Chunk("c1", "d", 0, 0, len(PAGE), PAGE), Chunk("c2", "d", 1, 0, len(menu), menu)]

    async def flow() -> None:
        model = ScriptedModel(lambda request: choices(request)[0])
        pairs, dropped, made = await generation.candidates(
            chunks, model=model, model_name="m", prompts={"default": EMBEDDED}, by_rules=True
        )
        assert dropped == {"nothing_to_ask": 1}
        assert made["pairs"] == 3
        silent = ScriptedModel(never)
        kept, votes, lost = await verification.verify(
            pairs, chunks=chunks, model=silent, model_name="m", prompts={}, by_rules=True
        )
        assert kept == pairs
        assert not lost
        assert {vote.check for vote in votes} == {"grounding"}
        conversations, _, _ = await dialogue.converse(
            kept, chunks=chunks, model=silent, model_name="m", prompts={}, by_rules=True
        )
        assert len(conversations[0].turns) == 6

    asyncio.run(flow())
