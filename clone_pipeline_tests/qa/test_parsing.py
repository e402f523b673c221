import pytest
from hypothesis import given
from hypothesis import strategies as st

from clone_pipeline.qa.parsing import parse_correction, parse_pairs

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
        ("### Question 1", "### Answer 1"),
        ("**QUESTION：**", "**ANSWER：**"),
        ("QUESTION：", "ANSWER："),
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
def test_no_text_breaks_the_reading(text: str) -> None:
    parse_pairs(text)
    parse_correction(text)


@pytest.mark.parametrize(
    "reply",
    [
        f"<think>\n**QUESTION:**\nWhich one?\n**ANSWER:**\nHm.\n</think>\n\n{TWO}",
        f"**QUESTION:**\nWhich one?\n**ANSWER:**\nHm.\n</think>\n\n{TWO}",
        f"<thinking>Two pairs.</thinking>\n```\n{TWO}```",
        "| No | Question | Answer |\n|---|:--|---|\n| 1 | What does the lamp burn? | It burns "
        "paraffin. |\n| 2 | Who lit it? | The keeper lit it. |\n",
        "Here you are:\n\nQ: What does the lamp burn?\nA: It burns paraffin.\n\nQ: Who lit it?\n"
        "A: The keeper lit it.\n",
        "1.) What does the lamp burn?\nAnswer: It burns paraffin.\n\n2.) Who lit it?\nAnswer: "
        "The keeper lit it.",
    ],
)
def test_pairs_in_other_shapes_are_read(reply: str) -> None:
    assert parse_pairs(reply).pairs == parse_pairs(TWO).pairs


def test_a_thought_that_never_ends_holds_no_pair() -> None:
    assert parse_pairs(f"<think>\n{TWO}", cut_off=True).pairs == []


def test_a_tag_in_an_answer_is_part_of_it() -> None:
    answer = "It writes:\n```\n<think>\nhm\n</think>\n```"
    assert parse_pairs(f"**QUESTION:**\nHow?\n**ANSWER:**\n{answer}").pairs == [("How?", answer)]


def test_a_list_in_an_answer_is_no_question() -> None:
    reply = "Q: How?\nA: So:\n1. Open it.\n2. Close it.\n\nQ: Why?\nA: Because."
    assert parse_pairs(reply).pairs == [
        ("How?", "So:\n1. Open it.\n2. Close it."),
        ("Why?", "Because."),
    ]


@pytest.mark.parametrize("mark", ["Answer:\n", "**Answer:**\n", "**ANSWER:**\n"])
def test_a_thought_process_and_its_answer_are_one_answer(mark: str) -> None:
    reply = (
        f"**QUESTION:**\nHow many?\n\n**ANSWER:**\nThought process:\nTwo and two.\n\n{mark}Four."
    )
    again = f"{reply}\n\n**QUESTION:**\nWhy?\n\n**ANSWER:**\nIt is so."
    assert parse_pairs(again).pairs == [
        ("How many?", "Thought process:\nTwo and two.\n\nAnswer:\nFour."),
        ("Why?", "It is so."),
    ]


PARTS = "**WRONG ANSWER:**\nTwo.\n\n**OBJECTION:**\nSure?\n\n**CORRECTED ANSWER:**\nNo, one."


@pytest.mark.parametrize(
    "reply",
    [
        PARTS,
        f"Here you are.\n\n{PARTS}\n---\n",
        PARTS.replace(":**", "**:"),
        PARTS.replace("**", "").replace("ANSWER", "Answer"),
        PARTS.replace("**\n", "** "),
        "## Wrong answer\nTwo.\n\n## Objection\nSure?\n\n## Corrected answer\nNo, one.",
        f"<think>{PARTS}</think>{PARTS}",
    ],
)
def test_the_three_parts_of_a_correction_are_read(reply: str) -> None:
    assert parse_correction(reply) == ("Two.", "Sure?", "No, one.")


@pytest.mark.parametrize(
    ("reply", "cut_off", "reason"),
    [
        ("", False, "empty"),
        ("", True, "cut_off"),
        (PARTS, True, "cut_off"),
        ("I'd rather not.", False, "no_correction"),
        (PARTS.replace("Sure?", ""), False, "no_correction"),
        (PARTS.replace("No, one.", "two. "), False, "no_correction"),
        (PARTS + "\n```\nls", False, "cut_off"),
    ],
)
def test_what_is_no_correction_says_why(reply: str, cut_off: bool, reason: str) -> None:
    assert parse_correction(reply, cut_off=cut_off) == reason
