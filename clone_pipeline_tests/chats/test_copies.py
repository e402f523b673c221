import tracemalloc

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from clone_pipeline.chats.copied import Copies, traces_of
from clone_pipeline.chats.copies import Flood, Seen, marks_of

NUMBERS = st.lists(st.integers(0, 30), max_size=60)


@given(NUMBERS, st.integers(1, 7))
def test_marks_are_seen_from_their_second_time_on(numbers: list[int], size: int) -> None:
    seen = Seen()
    found: list[bool] = []
    for start in range(0, len(numbers), size):
        found += seen.add(np.array(numbers[start : start + size], dtype=np.uint64)).tolist()
    assert found == [number in numbers[:place] for place, number in enumerate(numbers)]
    assert len(seen) == len(set(numbers))


@given(NUMBERS, st.integers(1, 7), st.integers(2, 4), st.integers(1, 12))
def test_a_flood_is_the_nth_time_within_the_window(
    numbers: list[int], size: int, repeats: int, window: int
) -> None:
    flood = Flood(repeats=repeats, window=window)
    said = [(number // 2, "ab"[number % 2]) for number in numbers]
    found: list[int] = []
    for start in range(0, len(said), size):
        part = said[start : start + size]
        marks = np.array([mark for mark, _ in part], dtype=np.uint64)
        found += [start + place for place in flood.add(marks, [who for _, who in part])]
    near = [said[max(0, place + 1 - window) : place + 1] for place in range(len(said))]
    assert found == [n for n, each in enumerate(said) if near[n].count(each) >= repeats]


def test_a_mark_takes_eight_bytes_and_twenty_four_while_runs_are_merged() -> None:
    rng = np.random.default_rng(0)
    count, size = 1_000_000, 8192
    tracemalloc.start()
    seen = Seen()
    for start in range(0, count, size):
        part = min(size, count - start)
        seen.add(rng.integers(0, 2**63, part, dtype=np.uint64))
    held, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert held < 9 * count
    assert peak < 24 * count


def test_marks_are_those_of_any_other_run() -> None:
    assert marks_of(["", "hello", "\ud800"]).tolist() == [
        3244421341483603138,
        10760762337991515389,
        15756832317056903632,
    ]


def test_spam_is_an_authors_own_text_and_copies_are_anybodys_long_ones() -> None:
    copies = Copies(repeats=3, window=10, exact=True, near=False, least=5)
    texts = ["hi", "hi", "hello", "hi", "gone before", "hello", "hi", "hello!"]
    left = np.array([text != "gone before" for text in texts])
    traces = traces_of(texts, marks=True, near=None)
    found = [
        (reason, np.flatnonzero(flags).tolist())
        for reason, flags in copies(traces, ["a", "b", "a", "a", "a", "b", "a", "a"], left)
    ]
    assert found == [("spam", [6]), ("exact_duplicate", [5])]


def test_what_is_gone_is_no_copy_and_is_not_remembered() -> None:
    copies = Copies(repeats=0, window=1, exact=True, near=True, least=5)
    traces = traces_of(["hello you"], marks=True, near=5)
    found = [
        {reason: bool(flags[0]) for reason, flags in copies(traces, ["a"], np.array([there]))}
        for there in (False, True, True, False)
    ]
    nothing = {"exact_duplicate": False, "near_duplicate": False}
    assert found == [nothing, nothing, {"exact_duplicate": True, "near_duplicate": True}, nothing]


def test_what_is_off_finds_nothing() -> None:
    copies = Copies(repeats=0, window=1, exact=False, near=False, least=1)
    traces = traces_of(["a"] * 9, marks=False, near=None)
    assert list(copies(traces, "a" * 9, np.ones(9, np.bool_))) == []
