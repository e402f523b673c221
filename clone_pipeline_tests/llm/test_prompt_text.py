"""Prompts as one string, and the `.txt` files of completion mode."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clone_pipeline.llm import prompt as prompts
from clone_pipeline.llm.prompt_text import as_one_string
from clone_pipeline.llm.sampling import SEED_COMPLETION_SAMPLING, SEED_SAMPLING
from clone_pipeline.settings import FaultyInput

CHAT = """\
messages:
  - {role: system, content: Answer from the text.}
  - {role: user, content: "An example?"}
  - {role: assistant, content: "Yes."}
  - {role: user, content: "{text}"}
"""
TEXT = 'Text: {text}\nLeft: {unheard_of} {"a": 1}\n\n### Response:\n'


def write(folder: Path, name: str, text: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_chat_prompt_becomes_one_string_with_headings(tmp_path: Path) -> None:
    write(tmp_path, "x.yaml", CHAT)
    prompt = prompts.load("x", [tmp_path], completion=True)
    whole = (
        "Answer from the text.\n\n### Instruction:\nAn example?\n\n### Response:\nYes.\n\n"
        "### Instruction:\nThe sky {text}.\n\n### Response:\n"
    )
    assert prompts.rendered(prompt, text="The sky {text}.") == whole
    request = prompts.request(prompt, model="m", text="The sky {text}.")
    assert request.messages == ({"role": "user", "content": whole},)
    assert request.stop == ("### Instruction:", "### Response:")


def test_a_text_is_filled_and_else_left_as_it_is(tmp_path: Path) -> None:
    write(tmp_path, "x.txt", TEXT)
    prompt = prompts.load("x", [tmp_path], completion=True)
    filled = 'Text: {unheard_of}\nLeft: {unheard_of} {"a": 1}\n\n### Response:\n'
    assert prompts.rendered(prompt, text="{unheard_of}") == filled
    assert prompts.request(prompt, model="m", text="T").messages[0]["role"] == "user"
    assert prompts.faults_with(prompt, given=["text"], needed=["text"]) == []
    missing = prompts.faults_with(prompt, given=["text", "question"], needed=["question"])
    assert [fault.found for fault in missing] == ["no {question}"]


def test_a_text_is_drawn_as_the_seed_draws_its_step(tmp_path: Path) -> None:
    for name in SEED_SAMPLING:
        write(tmp_path, f"{name}.txt", TEXT)
        prompt = prompts.load(name, [tmp_path], completion=True)
        assert prompt.sampling == SEED_COMPLETION_SAMPLING[name]
        request = prompts.request(prompt, model="m", text="T")
        assert request.stop == SEED_SAMPLING[name].stop  # it stops at both headings already
    assert SEED_COMPLETION_SAMPLING["qatuples_gen_no_filenames"].temperature == 0.4


def test_completion_mode_takes_the_text_first_and_chat_the_messages(tmp_path: Path) -> None:
    text, chat = write(tmp_path, "x.txt", TEXT), write(tmp_path, "x.yaml", CHAT)
    assert prompts.load("x", [tmp_path], completion=True).path == text
    assert prompts.load("x", [tmp_path]).path == chat
    assert not prompts.load("x", [tmp_path]).completion
    own = write(tmp_path / "own", "x.yaml", CHAT)
    assert prompts.load("x", [tmp_path / "own", tmp_path], completion=True).path == own


def test_a_lone_text_in_chat_mode_says_what_to_do(tmp_path: Path) -> None:
    path = write(tmp_path / "own", "x.txt", TEXT)
    write(tmp_path / "shipped", "x.yaml", CHAT)
    with pytest.raises(FaultyInput, match="completion_mode: true") as error:
        prompts.load("x", [tmp_path / "own", tmp_path / "shipped"])
    assert str(path) in str(error.value)


@pytest.mark.parametrize(("data", "says"), [(b" \n", "nothing"), (b"\xff\xfe", "UTF-8")])
def test_a_text_that_is_none_is_a_fault(tmp_path: Path, data: bytes, says: str) -> None:
    (tmp_path / "x.txt").write_bytes(data)
    with pytest.raises(FaultyInput, match=says):
        prompts.load("x", [tmp_path], completion=True)


def test_sentences_are_added_to_the_last_message_only(tmp_path: Path) -> None:
    write(tmp_path, "x.yaml", CHAT)
    prompt = prompts.load("x", [tmp_path])
    plain = prompts.request(prompt, model="m", text="T ")
    added = prompts.request(prompt, model="m", after=["Be brief."], text="T ")
    assert plain.messages[:-1] == added.messages[:-1]
    assert plain.messages[-1]["content"] == "T "
    assert added.messages[-1]["content"] == "T\n\nBe brief."
    assert prompt.messages[-1]["content"] == "{text}"


MESSAGES = st.lists(
    st.fixed_dictionaries(
        {"role": st.sampled_from(["system", "user", "assistant"]), "content": st.text()}
    ),
    min_size=1,
)


@given(MESSAGES, st.booleans())
def test_no_message_is_lost_in_one_string(messages: list[dict[str, str]], headed: bool) -> None:
    whole = as_one_string(messages, headed=headed)
    place = 0
    for message in messages:
        said = message["content"].strip()
        place = whole.index(said, place) + len(said)
