import pytest
from hypothesis import given
from hypothesis import strategies as st

from clone_pipeline.qa.verdicts import parse_suitable, parse_verdict


def relevant(text: str, *, cut_off: bool = False) -> bool | str:
    return parse_verdict(text, positive="RELEVANT", negative="IRRELEVANT", cut_off=cut_off)


def accurate(text: str) -> bool | str:
    return parse_verdict(text, positive="ACCURATE", negative="INACCURATE")


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
        ("<think>It may be IRRELEVANT. It is: IRRELEVANT</think>\n\nRELEVANT", True),
        ("It may be IRRELEVANT.\n</think>\nRELEVANT", True),
        ("**Verdict:** RELEVANT.", True),
        ("**Verdict:** Irrelevant", False),
        ("### Final verdict\n\nIrrelevant", False),
        ("Part one: RELEVANT\nPart two is missing.\n\nVerdict: irrelevant", False),
        ("Parts are RELEVANT, others IRRELEVANT.\n\nIRRELEVANT", False),
        ("判断：RELEVANT", True),
        ("At first IRRELEVANT, 结论：relevant。", True),
        ("| Check | Result |\n|---|---|\n| RELEVANT? | IRRELEVANT |", False),
        ("| Part | Found |\n|---|---|\n| price | yes |\n\n| Verdict | RELEVANT |", True),
        ("<answer>irrelevant</answer>", False),
        ("\\boxed{RELEVANT}", True),
        ('{"verdict": "IRRELEVANT"}', False),
        ("Relevant", True),
        ("Verdict (RELEVANT/IRRELEVANT): IRRELEVANT", False),
        ("IR-RELEVANT", False),
        ("The question is: **IR**RELEVANT", False),
        ("- price: IRRELEVANT\n- **Overall:** RELEVANT", True),
        ("**Price**: IRRELEVANT\n**Verdict**: RELEVANT", True),
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
        ("RELEVANT\nIRRELEVANT", "two_verdicts"),
        ("The verdict is not: RELEVANT", "no_verdict"),
        ("RELEVANT | IRRELEVANT", "no_verdict"),
        ("**IRRELEVANT** / **RELEVANT**", "no_verdict"),
        ("Verdict: IRRELEVANT/RELEVANT", "no_verdict"),
        ("- price: IRRELEVANT\n- office: RELEVANT", "two_verdicts"),
        ("| price | IRRELEVANT |\n| office | RELEVANT |", "two_verdicts"),
        ("<think>It is RELEVANT</think>", "empty"),
    ],
)
def test_a_reply_without_a_readable_verdict_says_why(reply: str, reason: str) -> None:
    assert relevant(reply) == reason


def test_a_thought_that_was_cut_off_is_no_verdict() -> None:
    assert relevant("<think>It is RELEVANT", cut_off=True) == "cut_off"
    assert relevant("<think>It is RELEVANT") == "empty"


@pytest.mark.parametrize(
    ("reply", "verdict"),
    [
        ("A fact is told.\nSUITABLE", True),
        ("Only links.\nNOT SUITABLE", False),
        ("**NOT SUITABLE.**", False),
        ("Judgment: Suitable", True),
        ("Judgment: Not suitable.", False),
        ("It is not suitable for a poster, but a fact is told.\n\nSuitable", True),
        ("Verdict: NOT_SUITABLE", False),
        ("Verdict: Unsuitable", False),
        ("SUITABLE or NOT SUITABLE? It is a menu.\nNOT SUITABLE", False),
        ("It tells a fact, so it is SUITABLE.", True),
        ("It is suitable", "no_verdict"),
        ("", "empty"),
    ],
)
def test_a_text_is_suitable_or_not(reply: str, verdict: bool | str) -> None:
    assert parse_suitable(reply) == verdict


@given(st.text())
def test_no_text_breaks_the_reading(text: str) -> None:
    relevant(text)
    parse_suitable(text)


def test_a_verdict_in_a_reply_that_was_cut_off_does_not_count() -> None:
    assert relevant("The user wrote: RELEVANT. Now I", cut_off=True) == "cut_off"


@given(st.text(alphabet="abc .\n"), st.booleans())
def test_the_verdict_at_the_end_counts_whatever_stands_before(text: str, verdict: bool) -> None:
    word = "ACCURATE" if verdict else "INACCURATE"
    assert accurate(f"{text}\nThe answer is: {word}.") is verdict
