from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clone_pipeline.llm import pacing

NOW = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize("status", [None, 200, 408, 409, 425, 429, 500, 502, 503, 504, 529])
def test_what_may_pass_is_tried_again(status: int | None) -> None:
    assert pacing.kind_of(status) == "again"


@pytest.mark.parametrize("status", [301, 401, 402, 403, 404, 405])
def test_what_meets_every_request_is_fatal(status: int) -> None:
    assert pacing.kind_of(status) == "fatal"


@pytest.mark.parametrize("status", [400, 413, 422, 501])
def test_what_meets_one_request_is_final_for_it(status: int) -> None:
    assert pacing.kind_of(status) == "final"


def test_a_rate_limit_passes_but_an_empty_purse_does_not() -> None:
    assert pacing.kind_of(429, '{"error": {"code": "rate_limit_exceeded"}}') == "again"
    assert pacing.kind_of(429, '{"error": {"code": "insufficient_quota"}}') == "fatal"


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"Retry-After": "7"}, 7.0),
        ({"Retry-After": "1.5"}, 1.5),
        ({"Retry-After": format_datetime(NOW + timedelta(seconds=30), usegmt=True)}, 30.0),
        ({"Retry-After": format_datetime(NOW - timedelta(seconds=30), usegmt=True)}, 0.0),
        ({"Retry-After": "soon"}, None),
        ({"Retry-After": "-3"}, None),
        ({"retry-after-ms": "250", "Retry-After": "1"}, 0.25),
    ],
)
def test_the_pause_that_the_endpoint_asks_for_is_read(
    headers: dict[str, str], seconds: float | None
) -> None:
    assert pacing.requested_pause(headers, now=NOW) == seconds


@given(
    attempt=st.integers(1, 10_000),
    asked=st.none() | st.floats(0, 3600),
    draw=st.floats(0, 1, exclude_max=True),
)
def test_a_pause_is_bounded_and_never_shorter_than_asked(
    attempt: int, asked: float | None, draw: float
) -> None:
    seconds = pacing.pause(attempt, asked=asked, draw=draw)
    if asked is None:
        assert 0 <= seconds <= pacing.LONGEST_SECONDS
    else:
        assert asked <= seconds <= asked + 1


def test_the_bound_of_the_pause_doubles() -> None:
    bounds = [pacing.pause(n, asked=None, draw=1.0) for n in range(1, 10)]
    assert bounds == [0.5, 1, 2, 4, 8, 16, 32, 60, 60]


def test_an_endpoint_that_was_never_reached_gets_less_patience() -> None:
    def gives_up(elapsed: float, *, before: bool, connected: bool) -> bool:
        return pacing.gives_up(
            elapsed, 1, patience=600, answered_before=before, connected=connected
        )

    assert gives_up(20, before=False, connected=False)
    assert not gives_up(20, before=True, connected=False)
    assert not gives_up(20, before=False, connected=True)
    assert gives_up(600, before=True, connected=True)


def test_what_is_awaited_is_one_sentence() -> None:
    assert (
        pacing.waiting_sentence("h:1", [3.0, 61.2], "")
        == "2 requests to h:1, the oldest since 61 s"
    )
    assert pacing.waiting_sentence("h", [], "429") == ""
    assert "(last trouble: 429: slow down)" in pacing.waiting_sentence("h", [1], "429: slow down")
