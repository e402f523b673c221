"""An hour of messages on all platforms at once, sped up, through one bots process."""

import dataclasses
import time
from pathlib import Path
from typing import Any

import pytest

from clone_pipeline_tests.bots.quick_folder import quick_folder
from clone_pipeline_tests.bots.simulation import checks, director
from clone_pipeline_tests.bots.simulation.outcome import Outcome, outcome
from clone_pipeline_tests.bots.simulation.town import Size, Town, town
from clone_pipeline_tests.bots.simulation.traffic import HOUR, lines

for library in ("discord", "telegram", "praw", "nio", "synapse"):
    pytest.importorskip(library)

SMALL = Size(
    messages=400, speed=450, characters=150_000, user_hour=5, channel_hour=12, people=18, seed=4,
)  # fmt: skip
LARGE = dataclasses.replace(
    SMALL, messages=10_000, speed=24, characters=4_000_000, user_hour=12, channel_hour=220,
    people=180, matrix=0.08,
)  # fmt: skip


def played(folder: Path, size: Size, *, seconds: float) -> dict[str, Any]:
    """All checks, and figures about it."""
    script = lines(size.messages, size.seed, shares=size.shares, people=size.people, channels=4)
    began = time.monotonic()
    with town(folder, size) as there:
        director.begin(there)
        ready = time.monotonic() - began
        director.play(there, script, HOUR / size.speed)
        said = time.monotonic() - began - ready
        director.until_idle(there, seconds)
        memory, cpu = there.lives.usage()
        there.lives.end()
        found = outcome(there)
        figures = checked(there, found)
        checks.budget_is_exact(there, found)
    whole = time.monotonic() - began
    return figures | {"MB": memory, "cpu": cpu, "ready": ready, "said": said, "seconds": whole}


def checked(there: Town, found: Outcome, *, confidence: float = 0.9999) -> dict[str, Any]:
    """What must be true with kills and without."""
    checks.everything_ended(there, found)
    decided = checks.decisions_are_as_configured(found, confidence=confidence)
    checks.stops_are_obeyed(there, found)
    most = checks.limits_are_kept(there, found)
    stored = checks.nothing_is_said_twice(there, found)
    checks.marks_are_answered_once(there, found)
    checks.nobody_is_mentioned(there)
    uncertain = checks.uncertain_are_listed(found)
    budget = checks.within_budget(there, found)
    return {
        "heard": len(found.items), "stored": dict(stored), "decided": decided, "most": most,
        "budget": budget, "asked": there.model.asked, "uncertain": len(uncertain),
    }  # fmt: skip


def test_an_hour_on_all_platforms_keeps_every_promise() -> None:
    with quick_folder() as folder:
        played(folder, SMALL, seconds=60)
