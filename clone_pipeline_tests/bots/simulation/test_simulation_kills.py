"""The same hour, in which the bots' process is killed (SIGKILL) again and again."""

import random
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from clone_pipeline.bots.heard import Platform
from clone_pipeline_tests.bots.platforms.synapse import Synapse
from clone_pipeline_tests.bots.quick_folder import quick_folder
from clone_pipeline_tests.bots.simulation import director
from clone_pipeline_tests.bots.simulation.director import Assassin
from clone_pipeline_tests.bots.simulation.outcome import outcome
from clone_pipeline_tests.bots.simulation.place import Moment
from clone_pipeline_tests.bots.simulation.test_simulation import LARGE, SMALL, checked
from clone_pipeline_tests.bots.simulation.town import Size, Town, town
from clone_pipeline_tests.bots.simulation.traffic import Line, lines

for library in ("discord", "telegram", "praw", "nio", "synapse"):
    pytest.importorskip(library)

FEW = replace(SMALL, messages=200, speed=300, characters=32_000, seed=11)
MANY = replace(LARGE, characters=1_900_000, seed=12)
# More than a hundred messages of a channel that are missed at once are too many to be looked up.
MOST_A_SECOND = 70
PLATFORMS: tuple[Platform, ...] = ("discord", "telegram", "reddit", "matrix")
MOMENTS: tuple[Moment, ...] = ("before", "after")


def killed(
    folder: Path, size: Size, server: Synapse, *, kills: int, seconds: float, life: float = 1.2
) -> dict[str, Any]:
    """All checks, and figures about it.

    Args:
        folder: empty.
        size: how much is played.
        server: a homeserver.
        kills: how many.
        seconds: longest wait for the end.
        life: in which people speak, of each life but the last; in seconds.
    """
    draw, began = random.Random(size.seed), time.monotonic()
    script = lines(size.messages, size.seed, shares=size.shares, people=size.people, channels=4)
    with town(folder, size, server) as there:
        assassin = Assassin(there)
        director.begin(there)
        for number in range(kills):
            _die(there, assassin, number, draw, _share(script, number, kills), life)
        last = _share(script, kills, kills)
        director.play(there, last, max(2 * life, len(last) / MOST_A_SECOND))
        director.until_idle(there, seconds)
        memory, cpu = there.lives.usage()
        there.lives.end()
        assert there.lives.ends == [-9] * kills + [0]
        assert len(assassin.done) >= kills // 3
        figures = checked(there, outcome(there))
    inside = Counter(f"{platform} {moment}" for platform, moment in assassin.done)
    ended = {"MB": memory, "cpu": cpu, "seconds": time.monotonic() - began}
    return figures | {"inside": dict(inside)} | ended


def _die(
    there: Town, assassin: Assassin, number: int, draw: random.Random, said: Sequence[Line],
    life: float,
) -> None:  # fmt: skip
    """People speak, and somewhen it is killed: each third time inside a send."""
    if number % 3 == 2:
        which = number // 3
        director.play(there, said, life / 2)
        assassin.strike(PLATFORMS[which % 4], MOMENTS[which // 4 % 2 ^ which % 2], 3)
    else:
        director.play(there, said, draw.uniform(0.0, 1.5 * life))
        time.sleep(draw.uniform(0.0, 0.3))
        there.lives.kill()
    there.lives.ended()
    there.lives.start()


def _share(script: Sequence[Line], number: int, kills: int) -> Sequence[Line]:
    """Of a life; the last one, in which the budget ends, has a third of all."""
    bounds = [len(script) * 2 * each // (3 * kills) for each in range(kills + 1)]
    return script[bounds[number] : (*bounds, len(script))[number + 1]]


def test_killed_again_and_again_it_keeps_every_promise(synapse: Synapse) -> None:
    with quick_folder() as folder:
        killed(folder, FEW, synapse, kills=6, seconds=60)


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_fifty_kills_in_ten_thousand_messages(synapse: Synapse) -> None:
    with quick_folder() as folder:
        killed(folder, MANY, synapse, kills=50, seconds=300, life=3.0)
