import random

from hypothesis import given
from hypothesis import strategies as st

from clone_pipeline.chats.exchanges import Exchange
from clone_pipeline.chats.windows import sections_of, windows_of
from clone_pipeline_tests.chats.test_exchanges import EXCHANGES, at_most

ANY = at_most(10**6)


@given(run=EXCHANGES, low=st.integers(2, 8), more=st.integers(0, 8), seed=st.integers(0, 3))
def test_sections_join_to_the_run_and_only_a_rest_is_below_the_minimum(
    run: list[Exchange], low: int, more: int, seed: int
) -> None:
    high = low + low % 2 + more
    sections = list(sections_of(run, low, high, ANY, random.Random(seed)))
    assert [pair for section in sections for pair in section] == run
    assert all(2 * len(section) <= high for section in sections)
    assert all(2 * len(section) >= low for section in sections[:-1])


@given(run=EXCHANGES, high=st.integers(2, 12))
def test_each_answer_ends_one_window_with_as_much_before_it_as_may_be(
    run: list[Exchange], high: int
) -> None:
    windows = list(windows_of(run, high, ANY))
    assert [window[-1] for window in windows] == run
    for place, window in enumerate(windows):
        assert list(window) == run[max(0, place + 1 - high // 2) : place + 1]


@given(run=EXCHANGES, max_chars=st.integers(20, 400))
def test_a_window_that_does_not_fit_loses_its_beginning(
    run: list[Exchange], max_chars: int
) -> None:
    fits = at_most(max_chars)
    for window in windows_of(run, 10, fits):
        assert len(window) == 1 or fits(window)
