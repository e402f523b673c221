"""A budget is never exceeded, whoever spends, whoever is killed; and it can be used up."""

import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clone_pipeline.bots.budget import Budget, BudgetSettings, Cost
from clone_pipeline.bots.queue_file import QueueFile, open_file
from clone_pipeline_tests.bots.budget_life import NOON, SPENDERS, budget_of
from clone_pipeline_tests.bots.quick_folder import quick_folder

UNITS = ("characters", "tokens", "money")


@pytest.fixture
def file() -> Iterator[QueueFile]:
    with quick_folder() as folder, open_file(folder / "bots.sqlite") as file:
        yield file


def budget(file: QueueFile, *, name: str = "vtx", zone: str = "UTC", **limits: float) -> Budget:
    return Budget(file, name=name, zone=ZoneInfo(zone), limits=settings(limits))


def settings(limits: Mapping[str, float]) -> BudgetSettings:
    return BudgetSettings.model_validate({"characters": None, **limits})


def test_by_default_it_is_thirty_thousand_characters_a_day_and_nothing_else() -> None:
    assert BudgetSettings() == BudgetSettings(characters=30_000, tokens=None, money=None)


def test_a_request_is_allowed_if_tally_and_cost_are_no_more_than_the_budget(
    file: QueueFile,
) -> None:
    purse = budget(file, characters=100)
    assert purse.reserve(Cost(60), now=NOON) is not None
    assert purse.reserve(Cost(41), now=NOON) is None
    assert purse.reserve(Cost(40), now=NOON) is not None, "to the last character"
    assert purse.reserve(Cost(1), now=NOON) is None
    assert purse.reserve(Cost(), now=NOON) is not None, "what costs nothing"
    assert purse.tally(now=NOON) == Cost(100)
    assert purse.share(now=NOON) == 1.0


@pytest.mark.parametrize("unit", UNITS)
def test_each_limit_that_is_set_holds_and_no_other(file: QueueFile, unit: str) -> None:
    purse = Budget(file, name="vtx", zone=UTC, limits=settings({unit: 2}))
    one = {name: 2 if name == unit else 10_000_000 for name in UNITS}
    assert purse.reserve(Cost(**one), now=NOON) is not None
    assert purse.reserve(Cost(**{unit: 1}), now=NOON) is None
    others = {name: 5 for name in UNITS if name != unit}
    assert purse.reserve(Cost(**others), now=NOON) is not None


def test_what_is_set_aside_and_not_used_can_be_spent(file: QueueFile) -> None:
    purse = budget(file, tokens=1000)
    first = purse.reserve(Cost(tokens=900), now=NOON)
    assert first is not None
    assert purse.reserve(Cost(tokens=900), now=NOON) is None
    assert purse.settle(first, Cost(tokens=100))
    assert purse.reserve(Cost(tokens=900), now=NOON) is not None
    with pytest.raises(LookupError, match="no reservation"):
        purse.settle(first, Cost())


def test_a_request_that_costs_more_than_its_bound_is_told_and_counted(file: QueueFile) -> None:
    purse = budget(file, tokens=100)
    first = purse.reserve(Cost(tokens=10), now=NOON)
    assert first is not None
    assert not purse.settle(first, Cost(tokens=150))
    assert purse.tally(now=NOON) == Cost(tokens=150)
    assert purse.reserve(Cost(tokens=1), now=NOON) is None


def test_the_day_changes_at_midnight_of_the_projects_zone(file: QueueFile) -> None:
    purse = budget(file, zone="Europe/Berlin", characters=10)
    eve = datetime(2026, 3, 1, 22, 59, 59, tzinfo=UTC)
    first = purse.reserve(Cost(10), now=eve)
    assert purse.reserve(Cost(1), now=eve) is None
    midnight = eve + timedelta(seconds=1)
    assert purse.reserve(Cost(10), now=midnight) is not None
    assert first is not None
    purse.settle(first, Cost(7))
    assert purse.tally(now=eve) == Cost(7), "it counts for the day of its reservation"
    assert purse.tally(now=midnight) == Cost(10)
    with pytest.raises(ValueError, match="no time zone"):
        purse.reserve(Cost(1), now=datetime(2026, 3, 1))


def test_it_survives_a_restart_and_each_name_has_its_own(tmp_path: Path) -> None:
    path = tmp_path / "bots.sqlite"
    with open_file(path) as file:
        budget(file, characters=10).reserve(Cost(9), now=NOON)
    with open_file(path) as file:
        assert budget(file, characters=10).reserve(Cost(2), now=NOON) is None
        assert budget(file, characters=10, name="other").reserve(Cost(2), now=NOON) is not None


def test_a_budget_of_nothing_allows_nothing(file: QueueFile) -> None:
    purse = budget(file, characters=0)
    assert purse.reserve(Cost(1), now=NOON) is None
    assert purse.share(now=NOON) == 1.0


def test_a_cost_below_nothing_is_refused(file: QueueFile) -> None:
    with pytest.raises(ValueError, match="below 0"):
        budget(file, characters=10).reserve(Cost(-5), now=NOON)


def test_money_is_counted_in_millionths_without_drift(file: QueueFile) -> None:
    purse = budget(file, money=0.3)
    kept = [purse.reserve(Cost(money=0.1), now=NOON) for _ in range(4)]
    assert [number is not None for number in kept] == [True, True, True, False]
    assert purse.tally(now=NOON).money == 0.3
    assert purse.reserve(Cost(money=1e-9), now=NOON) is None, "less than a millionth is one"


@given(st.lists(st.tuples(st.integers(0, 60), st.floats(0, 1)), max_size=40), st.integers(0, 200))
def test_whatever_is_asked_the_tally_stays_within_and_is_exact(
    asked: list[tuple[int, float]], limit: int
) -> None:
    with quick_folder() as folder, open_file(folder / "q") as file:
        purse, spent = budget(file, characters=limit), 0
        for bound, part in asked:
            reserved = purse.reserve(Cost(bound), now=NOON)
            assert (reserved is not None) == (spent + bound <= limit)
            if reserved is not None:
                purse.settle(reserved, Cost(int(bound * part)))
                spent += int(bound * part)
            assert purse.tally(now=NOON) == Cost(spent)


def test_threads_on_one_connection_never_exceed_it_and_use_it_up(file: QueueFile) -> None:
    purse, won = budget(file, characters=500), []

    def work() -> None:
        while (reserved := purse.reserve(Cost(3), now=NOON)) is not None:
            won.append(reserved)
            purse.settle(reserved, Cost(1))

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    spent = purse.tally(now=NOON).characters
    assert spent == len(won)
    assert 490 <= spent <= 500


@pytest.mark.parametrize("kills", [0, 20])
def test_four_processes_that_are_killed_all_the_time_never_exceed_it(kills: int) -> None:
    with quick_folder() as folder:
        spend_side_by_side(folder, kills)


def spend_side_by_side(folder: Path, kills: int) -> None:
    life = [sys.executable, "-m", "clone_pipeline_tests.bots.budget_life", str(folder)]
    children = [subprocess.Popen([*life, str(seed), str(kills)]) for seed in range(SPENDERS)]
    assert [child.wait(60) for child in children] == [0] * SPENDERS
    lines = [line.split("\t") for line in (folder / "received").read_text().splitlines()]
    spenders = [seed for seed, *_ in lines]
    assert sum(a != b for a, b in pairwise(spenders)) > 50, "they spend side by side"
    characters, millionths = (sum(int(line[place]) for line in lines) for place in (1, 2))
    assert 0 < characters <= 80_000
    assert 0 < millionths <= 2_000_000
    with open_file(folder / "bots.sqlite") as file:
        tally = budget_of(file).tally(now=NOON)
        left_open = file.rows("select characters, millionths from reserved")
    assert tally.characters <= 80_000
    assert tally.money <= 2.0
    cut_off = [sum(row[place] for row in left_open) for place in (0, 1)]
    assert characters <= tally.characters <= characters + cut_off[0], "none of it is lost"
    assert millionths <= round(tally.money * 1e6) <= millionths + cut_off[1]
    assert (len(left_open) > 0) == (kills > 0)
    if kills == 0:
        assert (tally.characters, round(tally.money * 1e6)) == (characters, millionths)
        assert tally.characters > 79_700 or tally.money > 1.991, "it was used up"
