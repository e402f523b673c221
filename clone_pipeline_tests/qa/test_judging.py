from hypothesis import given
from hypothesis import strategies as st

from clone_pipeline.llm.asking import Request
from clone_pipeline_tests.qa.scripted import cut_off, in_turn, pair
from clone_pipeline_tests.qa.verifying import verify


def test_a_vote_without_a_readable_verdict_is_asked_for_once_more() -> None:
    replies = in_turn("I wonder.", "It is RELEVANT", "It is RELEVANT")
    (kept, votes, _), model = verify(replies, [pair(1)], checks=["question"], repair=False)
    assert kept == [pair(1)]
    assert sorted(vote.verdict for vote in votes) == ["pass", "pass", "unreadable"]
    assert [request.vote for request in model.asked] == [0, 1, 0]
    told = model.asked[-1].messages[-2:]
    assert told[0] == {"role": "assistant", "content": "I wonder."}
    assert "no verdict" in told[1]["content"]
    assert "RELEVANT or IRRELEVANT" in told[1]["content"]


def test_a_pair_whose_vote_stays_unreadable_is_dropped_for_that() -> None:
    script = in_turn("I wonder.", cut_off("RELEVANT, or is"))
    (_, votes, dropped), _ = verify(script, [pair(1)], checks=["question"], votes=1, repair=False)
    assert dropped == {"unreadable_verdict": 1}
    assert [vote.verdict for vote in votes] == ["unreadable", "unreadable"]


@given(st.lists(st.booleans(), min_size=1, max_size=7), st.integers(0, 5))
def test_a_check_keeps_exactly_the_pairs_that_more_than_half_are_for(
    ballots: list[bool], seed: int
) -> None:
    def script(request: Request) -> str:
        return "RELEVANT" if ballots[request.vote] else "IRRELEVANT"

    (kept, votes, dropped), model = verify(
        script, [pair(1)], checks=["question"], votes=len(ballots), repair=False, seed=seed
    )
    assert bool(kept) is (2 * ballots.count(True) > len(ballots))
    assert len(kept) + dropped.total() == 1
    assert [vote.vote for vote in votes] == list(range(len(model.asked)))
