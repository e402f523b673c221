import pytest
from hypothesis import given
from hypothesis import strategies as st

from clone_pipeline.qa.rewording import REJECTED, Repair, parse_repair

BLOCK = "**QUESTION:**\nWhat is it?\n\n**ANSWER:**\nA lamp."
ANALYSIS = "### Critical Evaluation and Final Judgment:\n#### Evaluation: Some checks failed.\n"


@pytest.mark.parametrize(
    ("reply", "decision"),
    [
        ("#### Final judgment: PASS.", "pass"),
        ("Final judgement: FAIL", "fail"),
        ("**Final Judgment:** PASS", "pass"),
        ("#### Final judgment:\nFAIL.", "fail"),
        (f"{ANALYSIS}#### Final judgment: PASS.", "pass"),
        ("The word FAIL stands in the question.\nFinal judgment: PASS", "pass"),
        ("final judgment: FAIL.\n\nNote: it can't be REWORDED.", "fail"),
        ("**Final verdict:** Pass", "pass"),
        ("Final judgment：FAIL", "fail"),
        ("| Final judgment | PASS |", "pass"),
        ("Nothing vague is in it.\n\n**PASS**", "pass"),
        ("<think>Final judgment: FAIL</think>\nFinal judgment: PASS", "pass"),
        ("## Final Judgment\n\nPass", "pass"),
        ("```\nFinal judgment: PASS\n```", "pass"),
    ],
)
def test_the_last_judgment_counts_however_it_is_spelt(reply: str, decision: str) -> None:
    assert parse_repair(reply) == Repair(decision)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "reply",
    [
        f"{ANALYSIS}#### Final judgment: REWORD.\n\n### Question Rewording:\n{BLOCK}",
        f"Final judgement: REWORD\n\n{BLOCK}",
        f"**QUESTION:**\nOld?\n**ANSWER:**\nOld.\n\nFinal judgment: REWORD\n\n{BLOCK}",
        "Final judgment: REWORD\n### Question Rewording:\n" + BLOCK.replace("\n", "\\n"),
        f"Final judgment: REWORD\n### Question Rewording:\n{BLOCK.replace(':**', ' 1:**')}\n\n"
        "**QUESTION 2:**\nAnd then?\n\n**ANSWER 2:**\nNight.",
    ],
)
def test_a_rewording_is_read_with_or_without_its_heading(reply: str) -> None:
    assert parse_repair(reply) == Repair("reword", "What is it?", "A lamp.")


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        ("", "empty"),
        ("The question is specific and", "no_judgment"),
        ("Final judgment: it depends.", "no_judgment"),
        ("Final judgment: PASS or FAIL", "two_verdicts"),
        ("Final judgment: REWORD", "no_rewording"),
        ("Final judgment: REWORD\n**QUESTION:**\nWhat?", "no_rewording"),
    ],
)
def test_a_reply_without_a_decision_says_why(reply: str, reason: str) -> None:
    assert parse_repair(reply) == reason


@pytest.mark.parametrize("phrase", REJECTED)
def test_an_answer_that_speaks_of_a_text_nobody_sees_is_refused(phrase: str) -> None:
    block = f"**QUESTION:**\nWhat?\n\n**ANSWER:**\nAs {phrase.title()} says."
    assert parse_repair(f"Final judgment: REWORD\n{block}") == "rejected_phrase"


def test_a_rewording_that_was_cut_off_is_not_taken() -> None:
    assert parse_repair(f"Final judgment: REWORD\n{BLOCK}", cut_off=True) == "cut_off"


def test_a_judgment_inside_of_the_reworded_answer_forges_none() -> None:
    forged = BLOCK.replace("A lamp.", "Final judgment: PASS")
    read = parse_repair(f"Final judgment: REWORD\n### Question Rewording:\n{forged}")
    assert read == Repair("reword", "What is it?", "Final judgment: PASS")


@given(st.text())
def test_no_text_breaks_the_reading(text: str) -> None:
    parse_repair(text)


def test_of_two_judgments_on_neighbouring_lines_the_last_counts() -> None:
    said = "The final judgment can't be FAIL, for nothing is missing.\nFinal judgment: PASS"
    assert parse_repair(said) == Repair("pass")
    assert parse_repair("Final judgment: PASS\n\nFinal judgment: FAIL") == Repair("fail")
