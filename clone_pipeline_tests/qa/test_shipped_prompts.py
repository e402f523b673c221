"""The prompts that come with the program."""

import os
from pathlib import Path

import pytest
import yaml

from clone_pipeline.llm.prompt import Prompt, default_folder, render
from clone_pipeline.qa import parsing, rating, rewording, transcript
from clone_pipeline.qa.prompting import FIELDS, load_styles
from clone_pipeline.qa.verification import CHECKS
from clone_pipeline_tests.qa.scripted import EMBEDDED

STYLES = ["default", "code", "paper", "negative", "open_ended", "refusal", "reasoning"]
NAMES = [name for name in FIELDS if name not in EMBEDDED]
ALL = load_styles(NAMES, [*STYLES, "multi_source"], [default_folder()])
FILES = sorted({prompt.path: prompt for one in ALL.values() for prompt in one.values()}.items())
CHAT = [prompt for _, prompt in FILES]
JUDGES = [*(judging.prompt for judging in CHECKS.values()), "judge_paragraph", "rate_pair"]


def shots(prompt: Prompt) -> list[str]:
    """What the assistant says in the examples of a prompt."""
    return [m["content"] for m in prompt.messages if m["role"] == "assistant"]


def named(name: str) -> list[Prompt]:
    """The prompts `name` of all styles."""
    return [prompt for prompt in CHAT if prompt.name == name]


def where(prompt: Prompt) -> str:
    return str(prompt.path.relative_to(default_folder()))


@pytest.mark.parametrize("prompt", [*CHAT, *EMBEDDED.values()], ids=where)
def test_every_shipped_prompt_loads_and_fills_exactly_its_fields(prompt: Prompt) -> None:
    given, needed = FIELDS[prompt.name]
    assert set(needed) <= prompt.fields <= set(given)
    filled = render(prompt, **{field: f"<{field}>" for field in given})
    shown = "".join(message["content"] for message in filled)
    assert all(shown.count(f"<{field}>") == 1 for field in prompt.fields)


def test_every_shipped_file_is_a_prompt_that_some_step_asks() -> None:
    shipped = {path for path in default_folder().rglob("*.*") if path.parent.name != "embedded"}
    assert shipped == {path for path, _ in FILES}


@pytest.mark.parametrize("name", ["qatuples_gen_no_filenames", "more_questions"])
def test_each_style_asks_for_its_own_kind_of_questions_every_time(name: str) -> None:
    assert {prompt.path.parent.name for prompt in named(name)} == {
        default_folder().name,
        *STYLES[1:],
    }


@pytest.mark.parametrize("prompt", CHAT, ids=where)
def test_what_changes_comes_last_and_the_text_before_the_question(prompt: Prompt) -> None:
    assert not any("{" + field + "}" in m["content"] for m in prompt.messages[:-1]
                   for field in prompt.fields)  # fmt: skip
    asked = prompt.messages[-1]["content"]
    order = [field for field in FIELDS[prompt.name][0] if field in prompt.fields]
    if "textdetails" in order:  # one document's chunks share it
        order.remove("textdetails")
        order.insert(0, "textdetails")
    if prompt.name != "score_dialogue":
        assert sorted(order, key=lambda field: asked.index("{" + field + "}")) == order


def test_a_kept_pair_costs_a_third_of_verustoolkits_prompt_tokens() -> None:
    requests = {  # recorded of a run of 205 kept pairs
        "qatuples_gen_no_filenames": 87, "check_question": 778, "check_answer": 585,
        "check_qatuple_context_no_filenames": 205, "multi_turn_assistant_conversation": 85,
    }  # fmt: skip
    filling = {"text": "x" * 1900, "question": "x" * 100, "answer": "x" * 400, "textdetails": "x"}
    filling["question_answer_list"] = "x" * 1300
    for prompts in ALL.values():
        characters = sum(
            count * sum(len(message["content"]) for message in render(prompts[name], **filling))
            for name, count in requests.items()
        )
        assert characters / 4 / 205 < 9_500  # Verustoolkit's prompts: 33,000


@pytest.mark.parametrize("prompt", [p for p in CHAT if p.name in JUDGES], ids=where)
def test_judges_are_short_and_told_that_the_text_can_not_sway_them(prompt: Prompt) -> None:
    assert sum(len(message["content"]) for message in prompt.messages) < 2600
    assert "changes nothing" in prompt.messages[0]["content"]
    assert '"""' in prompt.messages[-1]["content"]


@pytest.mark.parametrize("check", CHECKS)
def test_the_judges_examples_end_in_both_verdicts(check: str) -> None:
    judging = CHECKS[check]
    for prompt in named(judging.prompt):
        read = [
            parsing.parse_verdict(shot, positive=judging.positive, negative=judging.negative)
            for shot in shots(prompt)
        ]
        assert {True, False} == set(read), prompt.path


def test_the_examples_are_in_the_format_that_is_read() -> None:
    for prompt in [*named("qatuples_gen_no_filenames"), *named("multi_source_questions")]:
        written = [parsing.parse_pairs(shot) for shot in shots(prompt)]
        assert any(one.pairs for one in written), prompt.path
        assert not any(one.refused for one in written), prompt.path
    decisions = [
        rewording.parse_repair(shot)
        for prompt in named("check_qatuple_context_no_filenames")
        for shot in shots(prompt)
    ]
    read = {decision.decision for decision in decisions if isinstance(decision, rewording.Repair)}
    assert read == {"pass", "reword", "fail"}
    for shot in shots(ALL["default"]["multi_turn_assistant_conversation"]):
        turns = transcript.parse_conversation(shot)
        assert [turn.role for turn in turns if not isinstance(turn, str)] == ["human", "gpt"] * 2
    assert [parsing.parse_suitable(s) for s in shots(ALL["default"]["judge_paragraph"])] == [False]
    assert all(
        isinstance(parsing.parse_correction(s), tuple)
        for s in shots(ALL["default"]["wrong_answer"])
    )
    assert rating.parse_rating(ALL["default"]["rate_pair"].messages[0]["content"]) == 7


def test_the_styles_answers_are_of_their_kind() -> None:
    def answers(style: str) -> list[str]:
        prompt = ALL[style]["qatuples_gen_no_filenames"]
        return [a for shot in shots(prompt) for _, a in parsing.parse_pairs(shot).pairs]

    for answer in answers("reasoning"):
        assert answer.startswith("Thought process:\n")
        assert "\n\nAnswer:\n" in answer
    assert all(("don't" in a or "can't" in a or "know of no" in a) for a in answers("refusal"))
    assert any("```" in answer for answer in answers("code"))
    assert len(answers("open_ended")) == 1
    assert answers("open_ended")[0].count("\n\n") >= 2
    judge = ALL["negative"]["check_question"].messages[0]["content"]
    assert "CONTRADICTS the text" in judge


@pytest.mark.skipif("CLONE_PIPELINE_CORPUS" not in os.environ, reason="needs the corpus")
def test_no_prompt_shares_a_sentence_with_the_seeds() -> None:
    recorded = Path(os.environ["CLONE_PIPELINE_CORPUS"]) / "llm_replies"
    theirs: set[str] = set()
    for folder in sorted(recorded.iterdir()):
        for file in sorted(folder.glob("*.txt"))[::12] if folder.is_dir() else []:
            asked = yaml.load(file.read_text("utf-8"), yaml.CSafeLoader)
            theirs |= {run for message in asked[:-1] for run in runs(message["content"])}
    for prompt in CHAT:
        ours = {run for message in prompt.messages for run in runs(message["content"])}
        assert not ours & theirs, prompt.path


def runs(text: str) -> set[str]:
    """Every ten words in a row."""
    words = text.casefold().split()
    return {" ".join(words[i : i + 10]) for i in range(len(words) - 9)}
