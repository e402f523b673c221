import logging
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clone_pipeline.defs.progress import Progress, duration, line


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(0, "0 s"), (59.4, "59 s"), (75, "1 min 15 s"), (3600, "1 h 00 min"), (-3, "0 s")],
)
def test_a_duration_reads_as_people_say_it(seconds: float, shown: str) -> None:
    assert duration(seconds) == shown


def test_a_line_has_share_rate_and_time_left() -> None:
    said = line("qa_candidates", "chunks", done=500, total=2000, seconds=50)
    assert said == "qa_candidates: 500 of 2,000 chunks (25 %), 10.0/s, 2 min 30 s left"


def test_a_slow_rate_is_told_by_the_minute() -> None:
    said = line("verified_qa", "pairs", done=3, total=6, seconds=60)
    assert said == "verified_qa: 3 of 6 pairs (50 %), 3.0/min, 1 min 00 s left"


@given(st.integers(0, 10**6), st.integers(0, 10**6), st.floats(0, 1e6))
def test_a_line_never_fails(done: int, total: int, seconds: float) -> None:
    assert line("s", "u", done=done, total=total, seconds=seconds).startswith("s: ")


def test_where_no_total_is_known_none_is_shown() -> None:
    assert line("s", "steps", done=30, total=0, seconds=10) == "s: 30 steps, 3.0/s"


def test_nothing_is_promised_before_the_first_is_done() -> None:
    assert line("s", "u", done=0, total=9, seconds=5).endswith("no estimate yet")


def wait_for(caplog: pytest.LogCaptureFixture, words: str, *, seconds: float = 5.0) -> None:
    end = time.monotonic() + seconds
    while words not in caplog.text and time.monotonic() < end:
        time.sleep(0.02)
    assert words in caplog.text


@pytest.fixture
def logged(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.INFO, logger="clone_pipeline.progress")
    logging.getLogger("clone_pipeline").propagate = True
    return caplog


def test_when_nothing_moves_it_says_what_is_awaited(logged: pytest.LogCaptureFixture) -> None:
    with Progress("stage", "rows", awaiting=lambda: "3 answers", still_seconds=0.1):
        wait_for(logged, "stage: nothing has moved for 0 s; awaited: 3 answers")


def test_it_says_so_again_and_again_but_not_while_it_moves(
    logged: pytest.LogCaptureFixture,
) -> None:
    with Progress("stage", "rows", every_seconds=60, still_seconds=0.4) as progress:
        for done in range(10):
            progress(done, 10)
            time.sleep(0.05)
        assert "nothing has moved" not in logged.text
        wait_for(logged, "nothing has moved")
        logged.clear()
        wait_for(logged, "nothing has moved")


def test_lines_come_at_most_every_few_seconds(logged: pytest.LogCaptureFixture) -> None:
    with Progress("stage", "rows", every_seconds=0.2) as progress:
        for done in range(1, 11):
            progress(done, 10)
            time.sleep(0.05)
    assert 1 <= logged.text.count(" of 10 rows") <= 4


def test_after_the_end_nothing_more_is_said(logged: pytest.LogCaptureFixture) -> None:
    with Progress("stage", "rows", still_seconds=0.05):
        pass
    time.sleep(0.2)
    logged.clear()
    time.sleep(0.2)
    assert not logged.text
