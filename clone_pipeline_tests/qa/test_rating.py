from typing import Any

import pytest

from clone_pipeline.llm.asking import Request
from clone_pipeline.qa import rating
from clone_pipeline.qa.rating import parse_rating
from clone_pipeline_tests.qa.scripted import cut_off, pair, step_of
from clone_pipeline_tests.qa.verifying import verify, yes


@pytest.mark.parametrize(
    ("reply", "told"),
    [
        ("Clear and right.\nRATING: 7", 7),
        ("**Rating:** 10/10", 10),
        ("RATING：8", 8),
        ("Rating = 3", 3),
        ("The rating is 6 out of 10.", 6),
        ("First RATING: 4, on reflection RATING: 5", 5),
        ("<think>RATING: 2</think>RATING: 9", 9),
        ("RATING: 7.5", 7),
        ("9", 9),
        ("**8/10**", 8),
        ("", None),
        ("Good.", None),
        ("RATING: 11", None),
        ("RATING: 0", None),
        ("RATING: 1 to 10", None),
        ("RATING: 3/5", None),
        ("RATING: 10-12", None),
        ("There are 7 lamps.", None),
    ],
)
def test_a_rating_is_read_or_not_told(reply: str, told: int | None) -> None:
    assert parse_rating(reply) == told


def test_a_rating_in_a_reply_that_was_cut_off_does_not_count() -> None:
    assert parse_rating("RATING: 7", cut_off=True) is None


@pytest.mark.parametrize(
    ("replies", "reason", "verdicts"),
    [
        (["Fine.\nRATING: 7"], None, ["pass"]),
        (["Weak.\nRATING: 6"], "rated_low", ["fail"]),
        (["Good.", "RATING: 9"], None, ["unreadable", "pass"]),
        (["Good.", cut_off("RATING: 9")], "unreadable_rating", ["unreadable", "unreadable"]),
    ],
)
def test_a_pair_rated_too_low_is_dropped(
    replies: list[Any], reason: str | None, verdicts: list[str]
) -> None:
    left = list(replies)

    def script(request: Request) -> Any:
        return left.pop(0) if step_of(request) == rating.PROMPT else yes(request)

    (kept, votes, dropped), _ = verify(script, [pair(1)], votes=1, min_rating=7)
    assert [vote.verdict for vote in votes if vote.check == "rating"] == verdicts
    assert dropped == ({} if reason is None else {reason: 1})
    assert bool(kept) is (reason is None)
