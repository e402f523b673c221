"""A promotion into production: smoke test, swap, wait for who serves, roll back if that fails."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from clone_pipeline import registry
from clone_pipeline.registry import Promotion
from clone_pipeline.serving import client
from clone_pipeline.serving.settings import ServingSettings
from clone_pipeline.serving_reports import serving_reports
from clone_pipeline.settings import FaultyInput

WAIT_SECONDS = 180.0
LOOK_SECONDS = 0.25


class RedeployFailed(Exception):
    """The promoted model does not answer; what was in production before is there again."""


@dataclass(frozen=True, slots=True)
class Redeployed:
    """What the smoke prompt was answered with, and how many serving processes have swapped."""

    smoke_reply: str
    serving: int


def redeploy(
    models: Path,
    *,
    promotion: Promotion,
    settings: ServingSettings,
    say: Callable[[str], None],
    wait_seconds: float = WAIT_SECONDS,
) -> Redeployed:
    """Put `promotion` into production.

    Args:
        models: the models folder.
        promotion: its digest is checked against the version's files.
        settings: of serving.
        say: told what happens, a sentence each.
        wait_seconds: longest wait for serving processes to load it.

    Raises:
        RedeployFailed: it does not answer, or a serving process could not load it; production is
            what it was.
    """
    name = promotion.version
    if registry.version(models, name).digest != promotion.digest:
        raise RedeployFailed(f"{name} is not the model that was promoted: its card has changed.")
    try:
        reply = client.smoke(models, version=name, settings=settings)
    except FaultyInput as error:
        raise RedeployFailed(f"{name} fails the smoke test: {error}") from error
    say(f"redeploy_bot: {name} answers the smoke prompt: {reply!r}")
    deployed = registry.deploy(models, version=name, promotion=promotion.number)
    try:
        served = _wait(models, promotion, wait_seconds, say)
    except RedeployFailed:
        standing = registry.withdraw(models, digest=promotion.digest)
        say(f"redeploy_bot: production is {standing.version if standing else 'empty'} again")
        raise
    say(f"redeploy_bot: production is {deployed.version}")
    return Redeployed(reply, served)


def _wait(models: Path, wanted: Promotion, seconds: float, say: Callable[[str], None]) -> int:
    """Until every serving process reports the promoted digest; how many there are."""
    end = time.monotonic() + seconds
    said = -1
    while True:
        # Bots speak with the endpoint's model: they follow it, and are not waited for.
        reports = [each for each in serving_reports(models) if each.get("kind") != "bots"]
        behind = [report for report in reports if report["digest"] != wanted.digest]
        if not behind:
            return len(reports)
        failed = [r for r in behind if r["state"] == "failed" and r["wanted"] == wanted.version]
        if failed or time.monotonic() > end:
            why = failed[0]["message"] if failed else f"nothing after {seconds:.0f} s"
            pids = ", ".join(str(report["pid"]) for report in failed or behind)
            raise RedeployFailed(f"serving process {pids} does not take it: {why}")
        if said != len(behind):
            said = len(behind)
            say(f"redeploy_bot: waiting for {said} serving processes to load it")
        time.sleep(LOOK_SECONDS)
