import json

from clone_pipeline.evaluation import prompts

SEGMENTS = {
    "segments": [
        {"label": False, "text": "CONTEXT: Anna.\nBen: hi: there"},
        {"label": True, "text": "\nAnna: hey\n"},
        {"label": False, "text": "Ben: how are you?"},
        {"label": True, "text": "\nAnna: fine: really"},
    ]
}


def test_a_segments_row_is_asked_up_to_its_last_reply() -> None:
    asked = prompts.from_row(json.dumps(SEGMENTS), "segments", system_prompt="CONTEXT: Anna.")
    assert asked.prompt == "CONTEXT: Anna.\nBen: hi: there\nAnna: hey\nBen: how are you?\nAnna:"
    assert asked.stop == ("\nBen:", "\nAnna:")
    assert (asked.said, asked.real) == ("how are you?", "fine: really")


def test_a_segments_row_of_one_exchange_tells_the_system_prompt_from_what_was_said() -> None:
    short = {"segments": [SEGMENTS["segments"][0], SEGMENTS["segments"][3]]}
    asked = prompts.from_row(json.dumps(short), "segments", system_prompt="CONTEXT: Anna.")
    assert asked.said == "hi: there"
    assert asked.stop == ("\nBen:", "\nAnna:")


def test_a_line_of_context_below_the_system_prompt_is_nobodys_name() -> None:
    first = {"label": False, "text": "CONTEXT: Anna.\nIt is Friday night, 2024-03-01.\nBen: hi"}
    short = {"segments": [first, SEGMENTS["segments"][3]]}
    asked = prompts.from_row(json.dumps(short), "segments", system_prompt="CONTEXT: Anna.")
    assert (asked.said, asked.stop) == ("hi", ("\nBen:", "\nAnna:"))


def test_a_sharegpt_row_is_asked_up_to_its_last_reply() -> None:
    turns = [("system", "be Anna"), ("human", "hi"), ("gpt", "hey"), ("human", "ok?"), ("gpt", "y")]
    row = {"conversations": [{"from": who, "value": said} for who, said in turns]}
    asked = prompts.from_row(json.dumps(row), "sharegpt", system_prompt="be Anna")
    assert asked.prompt == [
        {"role": "system", "content": "be Anna"},
        {"role": "user", "content": "hi"},
        {"role": "assistant", "content": "hey"},
        {"role": "user", "content": "ok?"},
    ]
    assert (asked.said, asked.real) == ("ok?", "y")


def test_a_question_takes_the_form_that_the_model_was_taught() -> None:
    raw = prompts.question(
        "hi", form="segments", name="Anna", other="Ben", system_prompt="CONTEXT: Anna."
    )
    assert raw.prompt == "CONTEXT: Anna.\nBen: hi\nAnna:"
    chat = prompts.question("hi", form="sharegpt", name="Anna", other="Ben", system_prompt="")
    assert chat.prompt == [{"role": "user", "content": "hi"}]
    assert chat.real is None
