import pytest
from hypothesis import given
from hypothesis import strategies as st

from clone_pipeline.qa.grounding import ungrounded

TEXT = (
    "The lens of Skarholm Light was made in Paris in 1870. It weighs 2.9 tonnes with its carriage. "
    "Keeper Nils Sjöberg cleaned the prisms once a year."
)
QUESTION = "When was the lens of Skarholm Light made?"


def test_an_answer_from_the_text_is_kept() -> None:
    assert ungrounded(QUESTION, "The lens of Skarholm Light was made in 1870.", TEXT) is None


@pytest.mark.parametrize(
    ("question", "answer", "reason"),
    [
        ("When was it", "In 1870 the lens was made.", "question_malformed"),
        ("Why is that so?", "In 1870 the lens was made.", "question_malformed"),
        ("When was the piano made?", "The lens was made in 1870.", "question_not_grounded"),
        ("What does the text say?", "The lens was made in 1870.", "vague_reference"),
        (QUESTION, "The author says 1870.", "vague_reference"),
        (QUESTION, "The lens was made in 1870, see [here](#lens).", "vague_reference"),
        (QUESTION, "The lens was made in", "answer_truncated"),
        (QUESTION, "The lens was made in 1871.", "number_not_in_text"),
        (QUESTION, "The lens was made in Berlin.", "answer_not_grounded"),
        (QUESTION, "A crane lifted heavy glass yesterday.", "answer_not_grounded"),
        (QUESTION, "The lens of Skarholm Light was made.", "answer_copies_question"),
    ],
)
def test_what_the_text_does_not_hold_is_refused_by_reason(
    question: str, answer: str, reason: str
) -> None:
    assert ungrounded(question, answer, TEXT) == reason


@given(st.text(), st.text(), st.text())
def test_no_text_breaks_the_rules(question: str, answer: str, text: str) -> None:
    ungrounded(question, answer, text)


@given(st.integers(0, 10**6).map(str).filter(lambda number: number != "1870"))
def test_a_number_that_the_text_does_not_hold_is_never_kept(number: str) -> None:
    assert ungrounded(QUESTION, f"The lens was made in {number}.", TEXT) == "number_not_in_text"
