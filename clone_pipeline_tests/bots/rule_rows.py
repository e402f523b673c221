"""Messages and questions to the rules, for tests of them."""

import math
import random
from datetime import UTC, datetime
from typing import Any

from clone_pipeline.bots.heard import Decision, Heard, Said
from clone_pipeline.bots.history import History
from clone_pipeline.bots.rule_settings import RuleSettings
from clone_pipeline.bots.rules import decide

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)


def heard(**given: Any) -> Heard:
    """A message in a Discord channel that nobody need answer, but for what is `given`."""
    usual: dict[str, Any] = {
        "platform": "discord",
        "message_id": "1",
        "channel": "garden",
        "author": "anna",
        "text": "The basil has come up.",
        "heard": NOON,
    }
    return Heard(**usual | given)


def comment(**given: Any) -> Heard:
    """A comment on a submission on Reddit."""
    usual: dict[str, Any] = {
        "platform": "reddit",
        "kind": "comment",
        "depth": 1,
        "title": "My balcony",
    }
    return heard(**usual | given)


def submission(**given: Any) -> Heard:
    """A submission on Reddit with a body."""
    return heard(**{"platform": "reddit", "kind": "submission", "title": "My balcony"} | given)


def said(text: str, *, ours: bool = False, author: str = "ben") -> Said:
    return Said("0", "me" if ours else author, text, ours)


def decided(
    message: Heard,
    *,
    history: History | None = None,
    now: datetime = NOON,
    seed: int = 0,
    **settings: Any,
) -> Decision:
    """What the rules decide with these settings; `seed` for the dice."""
    return decide(
        message,
        settings=RuleSettings.model_validate(settings),
        history=history or History(),
        now=now,
        draw=random.Random(seed),
    )


def binomial_interval(tries: int, probability: float, *, level: float = 0.999) -> tuple[int, int]:
    """The exact central interval of the number of hits that holds with `level` at least."""
    if probability in (0.0, 1.0):
        return int(tries * probability), int(tries * probability)
    log_p, log_q = math.log(probability), math.log1p(-probability)
    below, low, tail = 0.0, -1, (1 - level) / 2
    for hits in range(tries + 1):
        ways = math.lgamma(tries + 1) - math.lgamma(hits + 1) - math.lgamma(tries - hits + 1)
        below += math.exp(ways + hits * log_p + (tries - hits) * log_q)
        if low < 0 and below > tail:
            low = hits
        if below >= 1 - tail:
            return low, hits
    return low, tries
