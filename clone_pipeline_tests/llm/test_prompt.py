import os
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from clone_pipeline.llm import prompt as prompts
from clone_pipeline.llm.sampling import SEED_SAMPLING, Sampling
from clone_pipeline.settings import FaultyInput

SEED_SHAPED = """\
- role: system
  content: |
    You check questions. A JSON such as {"name": 1} and {unheard_of} stay as they are.
- role: user
  content: "Text: An example. Question: Which?"
- role: assistant
  content: RELEVANT
- role: user
  content: |
    Text: {text}
    Question: {question}
"""
OURS = """\
messages:
  - {role: system, content: Answer from the text.}
  - {role: user, content: "{text} / {question}"}
sampling:
  temperature: 0.3
  max_tokens: 40
  stop: ["END"]
  extra_body: {grammar: "root ::= [a-z]+"}
"""


def write(folder: Path, name: str, text: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_seed_shaped_list_loads_unchanged_with_the_sampling_of_its_step(tmp_path: Path) -> None:
    write(tmp_path, "check_question", SEED_SHAPED)
    prompt = prompts.load("check_question", [tmp_path])
    assert list(prompt.messages) == yaml.safe_load(SEED_SHAPED)
    assert prompt.sampling.temperature == 0.2
    assert prompt.sampling.max_tokens == 1500
    assert "### Response" in prompt.sampling.stop


def test_each_step_of_the_seed_draws_as_the_seed_did() -> None:
    drawn = {step: (s.temperature, s.max_tokens) for step, s in SEED_SAMPLING.items()}
    assert drawn == {
        "qatuples_gen_no_filenames": (0.8, 2000),
        "check_question": (0.2, 1500),
        "check_answer_relevancy_with_text": (0.2, 1500),
        "check_answer": (0.2, 1500),
        "check_qatuple_context_no_filenames": (0.2, 2000),
        "multi_turn_assistant_conversation": (0.8, 2000),
    }
    assert "\n" * 13 in SEED_SAMPLING["check_qatuple_context_no_filenames"].stop
    assert "[INST" not in SEED_SAMPLING["multi_turn_assistant_conversation"].stop
    assert Sampling() == Sampling(temperature=1, top_p=1, max_tokens=3000, stop=())


def test_a_seed_shaped_list_fills_what_it_knows_and_leaves_the_rest(tmp_path: Path) -> None:
    write(tmp_path, "check_question", SEED_SHAPED)
    prompt = prompts.load("check_question", [tmp_path])
    messages = prompts.render(prompt, text="Sky is blue.", question="Which?", answer="unused")
    assert '{"name": 1} and {unheard_of}' in messages[0]["content"]
    assert messages[-1]["content"] == "Text: Sky is blue.\nQuestion: Which?\n"


def test_an_override_replaces_one_file_and_leaves_the_others(tmp_path: Path) -> None:
    mine, shipped = tmp_path / "mine", tmp_path / "shipped"
    write(shipped, "check_question", OURS)
    write(shipped, "check_answer", OURS)
    override = write(mine, "check_question", SEED_SHAPED)
    assert prompts.load("check_question", [mine, shipped]).path == override
    assert prompts.load("check_answer", [mine, shipped]).path.parent == shipped


@given(
    text=st.text(alphabet=st.characters(exclude_categories=["Cs"])),
    question=st.sampled_from(["{text}", "{question}", "{{text}}", "{text} {text}", "a"]),
)
def test_a_value_is_never_filled_again(text: str, question: str) -> None:
    prompt = prompts.Prompt(
        name="x", messages=({"role": "user", "content": "<{text}|{question}>"},),
        sampling=Sampling(), path=Path("x.yaml"), fields=frozenset({"text", "question"}),
        strict=True, digest="",
    )  # fmt: skip
    rendered = prompts.render(prompt, text=text, question=question)
    assert rendered[0]["content"] == f"<{text}|{question}>"


def test_a_prompt_of_ours_that_uses_an_unknown_field_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, "x", OURS)
    prompt = prompts.load("x", [tmp_path])
    with pytest.raises(FaultyInput, match=r"found \{question\}.*This step gives \{text\}") as error:
        prompts.render(prompt, text="a")
    assert str(path) in str(error.value)


def test_fields_named_in_the_file_leave_other_braces_alone(tmp_path: Path) -> None:
    write(tmp_path, "x", "messages: [{role: user, content: 'f{i} {text}'}]\nfields: [text]\n")
    prompt = prompts.load("x", [tmp_path])
    assert prompts.render(prompt, text="T")[0]["content"] == "f{i} T"


def test_a_prompt_without_a_needed_field_is_found_before_the_run(tmp_path: Path) -> None:
    write(tmp_path, "x", "- {role: user, content: 'Question: {question}'}")
    prompt = prompts.load("x", [tmp_path])
    faults = prompts.faults_with(prompt, given=["text", "question"], needed=["text", "question"])
    assert [fault.found for fault in faults] == ["no {text}"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("messages: [{role: user, content: a}]\nsamplin: {}", "samplin.*Did you mean `sampling`"),
        ("messages: [{role: robot, content: a}]", r"messages\.0\.role"),
        ("messages: [{role: user}]", r"messages\.0\.content"),
        ("messages: []", "messages"),
        ("- {role: user, contents: a}", r"0\.contents"),
        ("messages: [{role: user, content: a}]\nsampling: {top_p: 2}", r"sampling\.top_p"),
        ("a: [", "Make it YAML"),
        ("", "x.yaml"),
    ],
)
def test_a_faulty_file_is_named_with_the_key(tmp_path: Path, text: str, says: str) -> None:
    path = write(tmp_path, "x", text)
    with pytest.raises(FaultyInput, match=says) as error:
        prompts.load("x", [tmp_path])
    assert str(path) in str(error.value)


def test_a_missing_file_names_the_folders_and_what_is_close(tmp_path: Path) -> None:
    write(tmp_path, "check_question", OURS)
    with pytest.raises(FaultyInput, match="Did you mean `check_question`"):
        prompts.load("check_questions", [tmp_path])


def test_the_digest_changes_with_messages_and_sampling_only(tmp_path: Path) -> None:
    write(tmp_path / "a", "x", OURS)
    write(tmp_path / "b", "x", f"# a comment\n{OURS}")
    write(tmp_path / "c", "x", OURS.replace("0.3", "0.4"))
    a, b, c = (prompts.load("x", [tmp_path / folder]).digest for folder in "abc")
    assert a == b != c


def test_a_request_carries_the_sampling_of_the_file(tmp_path: Path) -> None:
    write(tmp_path, "x", OURS)
    prompt = prompts.load("x", [tmp_path])
    request = prompts.request(prompt, model="small", vote=2, text="T", question="Q")
    assert request.messages[-1] == {"role": "user", "content": "T / Q"}
    assert (request.temperature, request.max_tokens, request.vote) == (0.3, 40, 2)
    assert request.extra == {"grammar": "root ::= [a-z]+"}


def test_the_default_prompts_are_found() -> None:
    assert prompts.default_folder().is_dir()


@pytest.mark.skipif("CLONE_PIPELINE_CORPUS" not in os.environ, reason="needs the corpus")
def test_recorded_prompts_of_the_seed_load_as_bare_lists(tmp_path: Path) -> None:
    recorded = Path(os.environ["CLONE_PIPELINE_CORPUS"]) / "llm_replies"
    files = sorted(recorded.rglob("*.txt"))
    assert len(files) > 100
    for number, file in enumerate(files[::20]):
        asked = yaml.safe_load(file.read_text(encoding="utf-8"))[:-1]  # the last is the answer
        write(tmp_path, f"p{number}", yaml.dump(asked))
        prompt = prompts.load(f"p{number}", [tmp_path])
        assert list(prompt.messages) == asked
        assert prompts.render(prompt, never="used") == asked
