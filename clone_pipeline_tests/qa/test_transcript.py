import pytest
from hypothesis import given
from hypothesis import strategies as st

from clone_pipeline.qa.transcript import fault, parse_conversation, plain, shares
from clone_pipeline.records import Pair, QaTurn


def pair(number: int, question: str, answer: str) -> Pair:
    return Pair(f"p{number}", "c", "default", question, answer)


LAMP = pair(1, "When was the lamp of Skarholm first lit?", "It was first lit on 14 October 1871.")
LENS = pair(2, "Who made the lens of Skarholm?", "The lens was made by Maison Lavergne in Paris.")
GOOD = """## Conversation that answers the provided questions:
**User:**
Hello! When was the lamp of Skarholm first lit?

**AI Assistant:**
Good question. It was first lit on 14 October 1871.

**User:**
And who made the lens of Skarholm?

**AI Assistant:**
The lens was made by Maison Lavergne in Paris. Anything else?
"""


def turns(text: str) -> list[QaTurn]:
    read = parse_conversation(text)
    assert not isinstance(read, str)
    return read


def test_turns_alternate_and_begin_with_the_user() -> None:
    assert [turn.role for turn in turns(GOOD)] == ["human", "gpt"] * 2
    assert fault(turns(GOOD), [LAMP, LENS]) is None


@pytest.mark.parametrize(
    "text",
    [
        "**AI Assistant:**\nHello, ask me anything!\n\n" + GOOD,
        GOOD + "\n**User:**\nNo, thank you!",
        GOOD.replace("Good question.", "Good question.\n\n**AI Assistant:**\n"),
        GOOD.replace("**User:**", "**Human**:").replace("**AI Assistant:**", "**Assistant:**"),
        GOOD.replace("**User:**\n", "**User:** "),
        GOOD.replace("**", ""),
        GOOD.replace("**User:**", "### User").replace("**AI Assistant:**", "### AI Assistant"),
        GOOD.replace(":**", "：**"),
        f"<think>\n**User:**\nWho?\n</think>\n\n{GOOD}",
    ],
)
def test_greetings_thanks_and_split_turns_are_mended(text: str) -> None:
    assert [turn.role for turn in turns(text)] == ["human", "gpt"] * 2
    assert fault(turns(text), [LAMP, LENS]) is None


def test_other_bold_names_and_names_in_code_are_part_of_a_turn() -> None:
    said = "1. **Install:** run it\n**Name:** lamp\n\n```\n**User:**\n```"
    text = f"**User:**\nHow?\n\n**AI Assistant:**\n{said}"
    assert turns(text) == [QaTurn("human", "How?"), QaTurn("gpt", said)]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "no_turns"),
        ("I can't write that.", "no_turns"),
        ("**User:**\nHello?", "no_turns"),
        ("**User:**\n\n**AI Assistant:**\nHello.", "empty_turn"),
    ],
)
def test_what_is_no_conversation_says_why(text: str, reason: str) -> None:
    assert parse_conversation(text) == reason


def test_a_conversation_that_was_cut_off_is_refused() -> None:
    assert parse_conversation(GOOD, cut_off=True) == "cut_off"


def test_a_conversation_must_hold_every_pair_in_order() -> None:
    assert fault(turns(GOOD), [LAMP]) is None
    assert fault(turns(GOOD), [LENS, LAMP]) == "pair_missing"
    assert fault(turns(GOOD)[:2], [LAMP, LENS]) == "too_few_turns"
    assert fault(turns(GOOD.replace("1871", "1781")), [LAMP, LENS]) is None
    assert fault(turns(GOOD.replace("Maison Lavergne in Paris", "someone")), [LAMP, LENS]) is None
    changed = GOOD.replace("The lens was made by Maison Lavergne in Paris.", "I don't know.")
    assert fault(turns(changed), [LAMP, LENS]) == "pair_missing"


def test_an_answer_must_not_hold_another_pairs_answer() -> None:
    long = pair(3, "How is the long lens of Skarholm cleaned?", "With soft soap, " * 12 + "slowly.")
    both = [QaTurn("human", LAMP.question), QaTurn("gpt", LAMP.answer + " " + long.answer)]
    assert fault(both + plain([long]), [LAMP, long]) == "answer_leaked"
    assert fault(plain([LAMP, long]), [LAMP, long]) is None


WORDS = st.lists(st.sampled_from(["lamp", "lens", "keeper", "oil", "stair", "gale"]), min_size=4)


@given(st.lists(st.tuples(WORDS, WORDS), min_size=1, max_size=4))
def test_a_plain_conversation_always_holds_its_pairs(
    said: list[tuple[list[str], list[str]]],
) -> None:
    pairs = [pair(n, f"{n} {' '.join(q)}?", f"{n} {' '.join(a)}.") for n, (q, a) in enumerate(said)]
    assert fault(plain(pairs), pairs) in (None, "answer_leaked")
    assert [turn.text for turn in plain(pairs)][::2] == [p.question for p in pairs]


def test_sharing_ignores_case_and_spacing_and_takes_short_texts_whole() -> None:
    assert shares("the  LAMP of\nSkarholm burns", "The lamp of Skarholm", length=15)
    assert shares("It is a lamp.", "A lamp", length=15)
    assert not shares("It is a lens.", "A lamp", length=15)
    assert not shares("anything", "", length=15)
