from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clone_pipeline.qa.voting import Agreement, agreement, decided, needed
from clone_pipeline.records import Vote

BALLOTS = st.integers(1, 9).flatmap(lambda n: st.lists(st.booleans(), min_size=n, max_size=n))


def poll(votes: list[bool], *, in_parallel: bool) -> tuple[bool, int]:
    """The verdict, and how many of `votes` were asked for."""
    passes = fails = 0
    while (more := needed(passes, fails, votes=len(votes))) > 0:
        cast = votes[passes + fails :][: more if in_parallel else 1]
        passes, fails = passes + cast.count(True), fails + cast.count(False)
    verdict = decided(passes, fails, votes=len(votes))
    assert verdict is not None
    return verdict, passes + fails


@given(BALLOTS)
def test_stopping_early_gives_the_full_counts_verdict_for_every_order(votes: list[bool]) -> None:
    assert poll(votes, in_parallel=True)[0] is (2 * votes.count(True) > len(votes))


@pytest.mark.parametrize("count", range(1, 8))
def test_asking_in_parallel_never_asks_for_a_vote_that_one_by_one_would_not(count: int) -> None:
    for votes in product([True, False], repeat=count):
        at_once = poll(list(votes), in_parallel=True)
        assert at_once == poll(list(votes), in_parallel=False)
        assert at_once[1] == min(
            n
            for n in range(1, count + 1)
            if decided(votes[:n].count(True), votes[:n].count(False), votes=count) is not None
        )


@pytest.mark.parametrize("count", [2, 4, 6, 8])
def test_a_tie_is_tossed(count: int) -> None:
    assert decided(count // 2, count // 2, votes=count) is False


def test_three_votes_ask_two_first_and_the_third_only_if_they_differ() -> None:
    assert needed(0, 0, votes=3) == 2
    assert needed(2, 0, votes=3) == needed(0, 2, votes=3) == 0
    assert needed(1, 1, votes=3) == 1


def test_impossible_counts_are_refused() -> None:
    for passes, fails, votes in ((0, 0, 0), (2, 2, 3), (-1, 0, 3)):
        with pytest.raises(ValueError, match="can't come from"):
            decided(passes, fails, votes=votes)


def ballots(check: str, pair_id: str, verdicts: str) -> list[Vote]:
    """One vote a letter: p(ass), f(ail); u: an unreadable first try of the next one."""
    words = {"p": "pass", "f": "fail", "u": "unreadable"}
    votes, number = [], 0
    for letter in verdicts:
        votes.append(Vote(pair_id, check, number, words[letter], "", ""))
        number += letter != "u"
    return votes


def test_agreement_tells_how_often_votes_differ_and_how_often_that_mattered() -> None:
    votes = [
        *ballots("question", "a", "pp"),
        *ballots("question", "b", "ff"),
        *ballots("question", "c", "pff"),  # the first vote alone would have kept it
        *ballots("question", "d", "pfp"),
        *ballots("question", "e", "upp"),
        *ballots("question", "f", "pu"),  # stayed unreadable
        *ballots("accuracy", "a", "fpp"),
        *ballots("context", "a", "p"),
        *ballots("rating", "a", "f"),
    ]
    assert agreement(votes) == agreement(reversed(votes)) == {
        "question": Agreement(pairs=5, votes=12, disagreed=2, changed=1),
        "accuracy": Agreement(pairs=1, votes=3, disagreed=1, changed=1),
    }  # fmt: skip
    assert agreement([]) == {}


def test_a_tie_of_votes_counts_as_tossed() -> None:
    assert agreement(ballots("question", "a", "pf"))["question"].changed == 1
    assert agreement(ballots("question", "a", "fp"))["question"].changed == 0
