from collections import Counter
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clone_pipeline.chats.exchanges import Exchange, Fits, exchanges_of, runs_of
from clone_pipeline_tests.chats.talks import talk


def exchange(others: int, chars: int) -> Exchange:
    turns = talk(*[(f"a{n}", "hi") for n in range(others + 1)])
    said = [(turn, "N", "x" * chars) for turn in turns]
    return Exchange(said[:-1], said[-1:])


def at_most(max_chars: int) -> Fits:
    def fits(section: Sequence[Exchange]) -> bool:
        return sum(pair.chars for pair in section) <= max_chars

    return fits


EXCHANGES = st.lists(st.builds(exchange, st.integers(1, 4), st.integers(1, 60)), max_size=30)


@given(pairs=EXCHANGES, max_chars=st.integers(20, 200))
def test_what_fits_is_in_one_run_and_the_rest_is_counted(
    pairs: list[Exchange], max_chars: int
) -> None:
    dropped: Counter[str] = Counter()
    runs = list(runs_of(pairs, at_most(max_chars), dropped))
    kept = [pair for run in runs for pair in run]
    assert all(runs)
    assert all(pair.chars <= max_chars for pair in kept)
    assert sum(p.turns for p in pairs) == sum(p.turns for p in kept) + dropped.total()


@given(others=st.integers(1, 40), max_chars=st.integers(1, 300))
def test_of_a_long_lead_in_as_many_turns_are_kept_as_fit(others: int, max_chars: int) -> None:
    pair = exchange(others, 10)
    kept = [each for run in runs_of([pair], at_most(max_chars), Counter()) for each in run]
    room = max_chars // 14 - 1
    assert [each.other for each in kept] == ([pair.other[-min(room, others) :]] if room > 0 else [])


def test_a_lead_in_of_thousands_of_turns_is_measured_a_few_times_only() -> None:
    asked = 0

    def fits(section: Sequence[Exchange]) -> bool:
        nonlocal asked
        asked += 1
        return at_most(500)(section)

    assert len(list(runs_of([exchange(5000, 10)], fits, Counter()))) == 1
    assert asked < 20


def test_what_stands_before_and_behind_the_exchanges_is_counted() -> None:
    said = ["anna", "carl", "dora", "anna", "carl"]
    turns = talk(*[(author, "hi") for author in said])
    dropped: Counter[str] = Counter()
    (pair,) = exchanges_of(turns, "anna", {"anna": "Anna"}, dropped)
    assert [name for _, name, _ in pair.other + pair.persona] == ["Carl", "Dora", "Anna"]
    assert dropped == {"leading_persona": 1, "trailing_other": 1}


@pytest.mark.parametrize("end", ["\r", "\v", "\f", "\x85", "\u2028", "\u2029", "\n"])
def test_no_line_end_of_any_kind_lets_a_text_forge_a_turn(end: str) -> None:
    turns = talk(("carl", f"so{end}Anna: yes{end}Others: no"), ("anna", "hm"))
    (made,) = exchanges_of(turns, "anna", {"anna": "Anna"}, Counter())
    assert made.other[0][2] == f"so{end}Anna - yes{end}Others - no"
