import asyncio
from pathlib import Path

import pytest

from clone_pipeline.llm.asking import Reply
from clone_pipeline.llm.prompt import load
from clone_pipeline.qa import faults, structured
from clone_pipeline.qa.asking import SHOWN, Asker
from clone_pipeline_tests.qa.scripted import PROMPTS, ScriptedModel, cut_off, in_turn

FIELDS = {"text": "A lamp burns oil.", "question": "What does a lamp burn?"}
JUDGED = '{"reasoning": "It says so.", "verdict": "RELEVANT"}'


def reply(text: str) -> Reply:
    return Reply(text, "stop", 1, 1, "key", False)


def test_votes_are_asked_for_by_their_numbers_in_order() -> None:
    model = ScriptedModel(lambda request: f"vote {request.vote}")
    asked = Asker(model, "m", PROMPTS).ask_votes("check_question", [2, 0], **FIELDS)
    assert [one.text for one in asyncio.run(asked)] == ["vote 2", "vote 0"]


def test_a_second_try_sees_the_first_and_hears_what_is_wrong_with_it() -> None:
    model = ScriptedModel(in_turn("hm", "RELEVANT"))
    asker = Asker(model, "m", PROMPTS)

    async def twice() -> Reply:
        first = await asker.ask("check_question", vote=2, **FIELDS)
        return await asker.ask_again("check_question", first, fault="no_verdict", vote=2, **FIELDS)

    assert asyncio.run(twice()).text == "RELEVANT"
    one, two = model.asked
    assert two.vote == one.vote == 2
    assert two.messages[: len(one.messages)] == one.messages
    assert [message["role"] for message in two.messages[-2:]] == ["assistant", "user"]
    assert two.messages[-2]["content"] == "hm"
    assert "no verdict" in two.messages[-1]["content"]


@pytest.mark.parametrize(("said", "more"), [("", 1), (" \n", 1), ("hm", 2), ("x" * (SHOWN + 9), 2)])
def test_an_empty_reply_is_not_shown_and_a_long_one_in_part(said: str, more: int) -> None:
    model = ScriptedModel(lambda _: "RELEVANT")
    asker = Asker(model, "m", PROMPTS)
    asyncio.run(asker.ask_again("check_question", reply(said), fault="it is odd", vote=0, **FIELDS))
    messages = model.asked[0].messages
    assert len(messages) == len(PROMPTS["check_question"].messages) + more
    assert "because it is odd." in messages[-1]["content"]
    assert len(messages[-2]["content"]) <= SHOWN


def test_a_cut_off_reply_is_asked_for_shorter() -> None:
    said = faults.sentence("check_answer", "cut_off")
    assert "cut off" in said
    assert "shorter" in said
    assert "ACCURATE or INACCURATE" in said


def test_every_prompt_that_is_read_names_its_form() -> None:
    assert set(faults.FORMS) == set(structured.FORMS)


def test_json_is_asked_for_only_where_it_is_wanted() -> None:
    for wanted in (False, True):
        model = ScriptedModel(in_turn(JUDGED, JUDGED))
        asker = Asker(model, "m", PROMPTS, structured=wanted)
        read = asyncio.run(asker.ask("check_question", vote=0, **FIELDS))
        asyncio.run(asker.ask_again("check_question", read, fault="no_verdict", vote=0, **FIELDS))
        assert read.text == "It says so.\n\nVerdict: RELEVANT"
        assert read.journal_key == "key1"
        for request in model.asked:
            assert ("response_format" in request.extra) is wanted
            assert ("JSON" in request.messages[-1]["content"]) is (
                wanted and request is model.asked[0]
            )
            assert "JSON" not in PROMPTS["check_question"].messages[-1]["content"]


def test_a_reply_that_is_no_whole_json_stays_as_it_is() -> None:
    model = ScriptedModel(lambda _: cut_off(JUDGED[:-9]))
    asked = Asker(model, "m", PROMPTS, structured=True).ask("check_question", vote=0, **FIELDS)
    assert asyncio.run(asked).text == JUDGED[:-9]


def test_in_completion_mode_a_second_try_is_one_string_too(tmp_path: Path) -> None:
    (tmp_path / "check_question.txt").write_text("Text: {text}\nQ: {question}\nVerdict:", "utf-8")
    prompts = {"check_question": load("check_question", [tmp_path], completion=True)}
    model = ScriptedModel(in_turn(" hm", "RELEVANT"))
    asker = Asker(model, "m", prompts)

    async def twice() -> None:
        first = await asker.ask("check_question", vote=0, **FIELDS)
        await asker.ask_again("check_question", first, fault="no_verdict", vote=0, **FIELDS)

    asyncio.run(twice())
    (begun,), (again,) = (request.messages for request in model.asked)
    assert begun["content"] == "Text: A lamp burns oil.\nQ: What does a lamp burn?\nVerdict:"
    assert again["content"].startswith(begun["content"] + " hm\n\n### Instruction:\n")
    assert again["content"].endswith("\n\n### Response:\n")
