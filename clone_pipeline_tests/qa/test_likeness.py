import random
import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clone_pipeline.qa.likeness import likeness, twins

WORDS = [
    "what",
    "how",
    "the",
    "fee",
    "lamp",
    "lamps",
    "Alma",
    "Berta",
    "boat",
    "sail",
    "1",
    "2",
    "not",
    "before",
    "after",
    "paraffin",
    "at",
    "night",
    "keeper",
    "tower",
    "of",
    "C++",
    "切符",
    "一年の料金",
]
QUESTIONS = st.lists(st.sampled_from(WORDS), max_size=7).map(lambda words: " ".join(words) + "?")


def naive(questions: list[str], threshold: float) -> list[int | None]:
    """Each compared with each that was kept."""
    found: list[int | None] = []
    for place, question in enumerate(questions):
        kept = (n for n in range(place) if found[n] is None)
        alike = (n for n in kept if _alike(likeness(question, questions[n]), threshold))
        found.append(next(alike, None))
    return found


def _alike(likeness: float, threshold: float) -> bool:
    return likeness >= threshold and likeness > 0


@given(
    st.lists(QUESTIONS, max_size=25),
    st.sampled_from([0.0, 0.2, 0.5, 0.6, 2 / 3, 0.75, 0.8, 0.85, 0.9, 0.99, 1.0]),
)
def test_the_index_finds_exactly_what_comparing_each_with_each_finds(
    questions: list[str], threshold: float
) -> None:
    assert twins(questions, threshold=threshold) == naive(questions, threshold)


@given(st.lists(QUESTIONS, max_size=25), st.floats(0, 1))
def test_of_equal_questions_one_is_kept_at_any_threshold(
    questions: list[str], threshold: float
) -> None:
    found = twins([*questions, *questions], threshold=threshold)
    assert None not in found[len(questions) :]
    assert all(n is None or found[n] is None for n in found)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("What is the fee for 1 year?", "What is the fee for 2 years?"),
        ("What is the fee for one year?", "What is the fee for two years?"),
        ("How do I send coins from Alma to Berta?", "How do I send coins from Berta to Alma?"),
        ("How do I send coins to Alma?", "How do I send coins to Berta?"),
        ("How do I send coins in VerusPay?", "How do I send coins?"),
        ("Can the lock of an identity be revoked?", "Can't the lock of an identity be revoked?"),
        ("Which coins are mined?", "Which coins are not mined?"),
        ("Kann ich die Karte am Kai kaufen?", "Kann ich die Karte nicht am Kai kaufen?"),
        ("How long does the crossing take?", "How much does the crossing take?"),
        ("Why does the ferry sail at night?", "When does the ferry sail at night?"),
        ("What is done before the launch?", "What is done after the launch?"),
        ("How do I enable the tower's light?", "How do I disable the tower's light?"),
        ("How do I use `sendmany` in the shell?", "How do I use `minconf` in the shell?"),
        ('What is the use of "weights" here?', "What is the use of “shares” here?"),
        ("What does the option -x of tar do?", "What does the option +x of tar do?"),
        ("Is C used by the keeper?", "Is C++ used by the keeper?"),
        ("1年の料金はいくらですか。", "2年の料金はいくらですか。"),
    ],
)
def test_questions_about_different_things_are_not_alike_at_all(one: str, other: str) -> None:
    assert likeness(one, other) == likeness(other, one) == 0


@pytest.mark.parametrize(
    ("one", "other", "least", "most"),
    [
        ("What is staking?", "what  is staking", 1, 1),
        ("What is the staking?", "What is staking?", 0.99, 0.99),
        ("How can a user recover funds?", "How can users recover funds?", 0.99, 0.99),
        ("What's the use of the `sendmany` command?", "What is the use of sendmany?", 0.6, 0.7),
        ("What does `sendmany` do?", "What does sendmany do?", 0.99, 0.99),
        ("How do I start the wallet in Linux?", "How do I start the wallet in linux?", 1, 1),
        ("How do I start the wallet now?", "How do I start the daemon now?", 0.7, 0.75),
        ("切符はいくらですか。", "切符はいくらでしたか。", 0.5, 0.8),
        ("", "?", 1, 1),
        ("Why?", "Paraffin?", 0, 0),
    ],
)
def test_likeness_is_the_share_of_words_that_both_hold(
    one: str, other: str, least: float, most: float
) -> None:
    assert least <= likeness(one, other) <= most
    assert likeness(one, other) == likeness(other, one)


def test_an_options_case_is_its_meaning_and_other_case_is_none() -> None:
    small, large = "What does `git branch -d` do?", "What does `git branch -D` do?"
    assert likeness(small, large) == 0
    assert twins([small, large, small.upper().replace("-D", "-d")], threshold=1) == [None, None, 0]


def test_the_first_of_near_duplicates_is_kept_whatever_comes_between() -> None:
    asked = "How can users of a wallet recover lost funds quickly and in safety {}?"
    questions = [asked.format(end) for end in ("today", "now", "")] + ["What is a wallet?"] * 2
    assert twins(questions, threshold=0.85) == [None, 0, 0, None, 3]
    assert twins(questions, threshold=0.95) == [None, None, None, None, 3]


def test_ten_thousand_questions_take_at_most_four_seconds() -> None:
    draw = random.Random(7)
    letters = "bcdfghklmnprst"
    words = ["".join(draw.choices(letters + "aeiou", k=6)) for _ in range(8_000)]
    often = [min(int(draw.paretovariate(0.7)), len(words) - 1) for _ in range(120_000)]
    questions = [
        f"What is the {words[a]} of the {words[b]} in {words[c]} {words[d]} for {words[e]}?"
        for (a, b), (c, d), e in zip(pairwise(often), pairwise(often[1:]), often[3:], strict=False)
    ][:10_000]
    started = time.process_time()
    found = twins(questions, threshold=0.85)
    assert time.process_time() - started < 4
    assert None in found
