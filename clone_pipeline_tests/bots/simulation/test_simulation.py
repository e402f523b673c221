"""An hour of messages on all platforms at once, sped up, through one bots process."""

import dataclasses
import time
from pathlib import Path
from typing import Any

import pytest

from clone_pipeline_tests.bots.platforms.synapse import Synapse
from clone_pipeline_tests.bots.quick_folder import quick_folder
from clone_pipeline_tests.bots.simulation import checks, director, wire_checks
from clone_pipeline_tests.bots.simulation.outcome import Outcome, outcome
from clone_pipeline_tests.bots.simulation.town import Size, Town, town
from clone_pipeline_tests.bots.simulation.traffic import HOUR, lines

for library in ("discord", "telegram", "praw", "nio", "synapse"):
    pytest.importorskip(library)

# Of each of about ten shares, so that all of them together are within 99.9 %.
CONFIDENCE = 0.9999

SMALL = Size(
    messages=400, speed=600, characters=70_000, user_hour=5, channel_hour=12, people=18, seed=4,
)  # fmt: skip
LARGE = dataclasses.replace(
    SMALL, messages=10_000, speed=24, characters=1_400_000, user_hour=12, channel_hour=220,
    people=180, matrix=0.08,
)  # fmt: skip


def played(
    folder: Path, size: Size, server: Synapse, *, seconds: float, confidence: float = CONFIDENCE
) -> dict[str, Any]:
    """All checks, and figures about it; each share of answers within `confidence`."""
    script = lines(size.messages, size.seed, shares=size.shares, people=size.people, channels=4)
    began = time.monotonic()
    with town(folder, size, server) as there:
        director.begin(there)
        ready = time.monotonic() - began
        director.play(there, script, HOUR / size.speed)
        said = time.monotonic() - began - ready
        director.until_idle(there, seconds)
        memory, cpu = there.lives.usage()
        there.lives.end()
        found = outcome(there)
        figures = checked(there, found, confidence=confidence)
        checks.budget_is_exact(there, found)
    whole = time.monotonic() - began
    return figures | {"MB": memory, "cpu": cpu, "ready": ready, "said": said, "seconds": whole}


def checked(there: Town, found: Outcome, *, confidence: float = CONFIDENCE) -> dict[str, Any]:
    """What must be true with kills and without."""
    checks.everything_ended(there, found)
    decided = checks.decisions_are_as_configured(found, confidence=confidence)
    checks.stops_are_obeyed(there, found)
    most = checks.limits_are_kept(there, found)
    stored = wire_checks.nothing_is_said_twice(there, found)
    wire_checks.marks_are_answered_once(there, found)
    wire_checks.nobody_is_mentioned(there)
    uncertain = checks.uncertain_are_listed(found)
    budget = checks.within_budget(there, found)
    return {
        "heard": len(found.items), "stored": dict(stored), "decided": decided, "most": most,
        "budget": budget, "asked": there.model.asked, "uncertain": len(uncertain),
    }  # fmt: skip


def test_an_hour_on_all_platforms_keeps_every_promise(synapse: Synapse) -> None:
    with quick_folder() as folder:
        played(folder, SMALL, synapse, seconds=60)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_ten_thousand_messages_in_an_hour_keep_every_promise(synapse: Synapse) -> None:
    with quick_folder() as folder:
        played(folder, LARGE, synapse, seconds=300, confidence=0.999)
