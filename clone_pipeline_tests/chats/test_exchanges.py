import random
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from clone_pipeline.chats.exchanges import Exchange, runs_of, sections_of
from clone_pipeline.chats.sessions import turns_of
from clone_pipeline_tests.chats.samples import message


def exchange(others: int, chars: int) -> Exchange:
    turns = turns_of([message(n, author=f"a{n}") for n in range(others + 1)])
    said = [(turn, "N", "x" * chars) for turn in turns]
    return Exchange(said[:-1], said[-1:])


EXCHANGES = st.lists(st.builds(exchange, st.integers(1, 4), st.integers(1, 60)), max_size=30)


@given(pairs=EXCHANGES, max_chars=st.integers(20, 200))
def test_what_fits_is_in_one_run_and_the_rest_is_counted(
    pairs: list[Exchange], max_chars: int
) -> None:
    dropped: Counter[str] = Counter()
    runs = list(runs_of(pairs, max_chars, dropped))
    kept = [pair for run in runs for pair in run]
    assert all(runs)
    assert all(pair.chars <= max_chars for pair in kept)
    assert sum(p.turns for p in pairs) == sum(p.turns for p in kept) + dropped.total()


@given(run=EXCHANGES, low=st.integers(2, 8), more=st.integers(0, 8), seed=st.integers(0, 3))
def test_sections_join_to_the_run_and_only_a_rest_is_below_the_minimum(
    run: list[Exchange], low: int, more: int, seed: int
) -> None:
    high = low + low % 2 + more
    sections = list(sections_of(run, low, high, 10**6, random.Random(seed)))
    assert [pair for section in sections for pair in section] == run
    assert all(2 * len(section) <= high for section in sections)
    assert all(2 * len(section) >= low for section in sections[:-1])
