import pytest
from hypothesis import given
from hypothesis import strategies as st

from clone_pipeline.qa.parsing import parse_pairs, parse_verdict

TWO = """Sure.

**QUESTION:**
What does the lamp burn?

**ANSWER:**
It burns paraffin.

**QUESTION:**
Who lit it?

**ANSWER:**
The keeper lit it.
"""
PLAIN = st.text(alphabet="abcdefgh ?.,\n", min_size=1).map(str.strip).filter(bool)


def relevant(text: str, *, cut_off: bool = False) -> bool | str:
    return parse_verdict(text, positive="RELEVANT", negative="IRRELEVANT", cut_off=cut_off)


def accurate(text: str) -> bool | str:
    return parse_verdict(text, positive="ACCURATE", negative="INACCURATE")


def test_pairs_are_read_in_order_without_what_stands_around_them() -> None:
    assert parse_pairs(TWO).pairs == [
        ("What does the lamp burn?", "It burns paraffin."),
        ("Who lit it?", "The keeper lit it."),
    ]


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("**QUESTION 1:**", "**ANSWER 1:**"),
        ("**QUESTION #1**:", "**ANSWER #1**:"),
        ("**_QMARK:**", "**ANSWER:**"),
        ("**Question:**", "**Answer:**"),
        ("## **QUESTION**", "## **ANSWER**"),
        ("QUESTION:", "ANSWER:"),
        ("### QUESTION 1:", "### ANSWER 1:"),
    ],
)
def test_numbered_mistyped_and_plain_marks_are_read(question: str, answer: str) -> None:
    written = parse_pairs(f"{question}\nWhat is it?\n\n{answer}\nA lamp.\n---\n")
    assert written.pairs == [("What is it?", "A lamp.")]
    assert not written.refused


def test_marks_on_one_line_are_read() -> None:
    assert parse_pairs("**QUESTION:** What is it? **ANSWER:** A lamp.").pairs == [
        ("What is it?", "A lamp.")
    ]


def test_marks_inside_of_code_are_part_of_the_answer() -> None:
    answer = "Write this:\n```\n**QUESTION:**\nWhat?\n**ANSWER:**\nThat.\n```\nand save it."
    written = parse_pairs(f"**QUESTION:**\nHow is a pair written?\n\n**ANSWER:**\n{answer}")
    assert len(written.pairs) + sum(written.refused.values()) == 1


def test_a_reply_in_one_code_fence_is_read() -> None:
    assert len(parse_pairs(f"```markdown\n{TWO}```").pairs) == 2


def test_code_in_an_answer_is_kept_as_it_is() -> None:
    answer = 'Run it:\n\n```json\n{\n  "a": 1\n}\n```\n\nThen wait.'
    assert parse_pairs(f"**QUESTION:**\nHow?\n**ANSWER:**\n{answer}").pairs == [("How?", answer)]


@pytest.mark.parametrize(
    ("reply", "refused"),
    [
        ("There is no text to make questions from.", {}),
        ("**QUESTION:**\nHow do I cross?", {"no_answer": 1}),
        ("**QUESTION:**\nA?\n**QUESTION:**\nB?\n**ANSWER:**\nb.", {"no_answer": 1}),
        ("**ANSWER:**\nb.\n**QUESTION:**\nA?\n**ANSWER:**\na.", {"no_question": 1}),
        ("**QUESTION:**\n\n**ANSWER:**\nb.", {"empty": 1}),
        ("**QUESTION:**\nA?\n**ANSWER:**\nRun:\n```\nls", {"cut_off": 1}),
        (TWO + "**QUESTION:**\nWho lit it?\n**ANSWER:**\nThe keeper.", {"repeated": 1}),
    ],
)
def test_what_is_no_pair_is_refused_by_reason(reply: str, refused: dict[str, int]) -> None:
    assert dict(parse_pairs(reply).refused) == refused


def test_the_last_block_of_a_reply_at_its_token_limit_is_not_taken() -> None:
    written = parse_pairs(TWO, cut_off=True)
    assert len(written.pairs) == 1
    assert written.refused == {"cut_off": 1}


@given(st.lists(st.tuples(PLAIN, PLAIN), unique_by=lambda pair: pair[0].casefold()))
def test_every_pair_written_in_the_format_is_read_back(pairs: list[tuple[str, str]]) -> None:
    reply = "\n\n".join(f"**QUESTION:**\n{q}\n\n**ANSWER:**\n{a}" for q, a in pairs)
    assert parse_pairs(reply).pairs == pairs


@given(st.text())
def test_no_text_breaks_the_reading_of_pairs_or_verdicts(text: str) -> None:
    parse_pairs(text)
    relevant(text)


@pytest.mark.parametrize(
    ("reply", "verdict"),
    [
        ("Covered, so the question is: RELEVANT", True),
        ("Not covered, making it: IRRELEVANT.", False),
        ("**IRRELEVANT**", False),
        ("The question is: RELEVANT, as the linked article answers it.", True),
        ("It names some irrelevant details, but the question is: RELEVANT.", True),
        ("A relevant topic, and yet the question is: IRRELEVANT", False),
        ("I was to say RELEVANT or IRRELEVANT. The question is: RELEVANT", True),
        ("At first IRRELEVANT. On reflection the question is: RELEVANT", True),
        ("The final judgment is: Relevant.", True),
        (
            "#### Explanation of Judgment: nothing added, so the final judgment is: Irrelevant.",
            False,
        ),
        ("IRRELEVANTLY worded, but it is RELEVANT", True),
        ("It is mostly RELEVANT", False),
    ],
)
def test_a_verdict_is_a_whole_word(reply: str, verdict: bool) -> None:
    assert relevant(reply) is verdict


def test_an_answer_with_a_minor_error_is_accurate_as_its_judge_said() -> None:
    assert accurate("A lower-case inaccurate detail. The answer is: ACCURATE (with a minor error)")


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        ("", "empty"),
        (" \n", "empty"),
        ("I can't decide.", "no_verdict"),
        ("I will end with RELEVANT or IRRELEVANT.", "no_verdict"),
        ("The question is not RELEVANT", "no_verdict"),
        ("That claim is relevant", "no_verdict"),
        ("RELEVANT IRRELEVANT", "two_verdicts"),
    ],
)
def test_a_reply_without_a_readable_verdict_says_why(reply: str, reason: str) -> None:
    assert relevant(reply) == reason


def test_a_verdict_in_a_reply_that_was_cut_off_does_not_count() -> None:
    assert relevant("The user wrote: RELEVANT. Now I", cut_off=True) == "cut_off"


@given(st.text(alphabet="abc .\n"), st.booleans())
def test_the_verdict_at_the_end_counts_whatever_stands_before(text: str, verdict: bool) -> None:
    word = "ACCURATE" if verdict else "INACCURATE"
    assert accurate(f"{text}\nThe answer is: {word}.") is verdict
