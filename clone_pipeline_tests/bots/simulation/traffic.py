"""An hour of messages, drawn from a seed: when, where, by whom, of which kind."""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from clone_pipeline.bots.heard import Platform
from clone_pipeline_tests.bots.simulation import words

Kind = Literal[
    "mention", "reply", "chatter", "bot", "stop", "blocked", "negative", "toxic", "injection",
    "everyone", "long", "direct", "quiet",
]  # fmt: skip
KINDS: tuple[Kind, ...] = get_args(Kind)
# Of 1,000 messages.
SHARES: Mapping[Kind, int] = {
    "mention": 270, "reply": 140, "chatter": 310, "bot": 40, "stop": 12, "blocked": 30,
    "negative": 30, "toxic": 15, "injection": 50, "everyone": 30, "long": 6, "direct": 40,
    "quiet": 27,
}  # fmt: skip
DELETED = 0.04  # share of messages that their writers delete
HOUR = 3600.0


@dataclass(frozen=True, slots=True)
class Line:
    """Somebody says something, `at` seconds of the hour.

    `who` and `where` are numbers of people and channels; the talker is number 0. `deleted_after`
    are seconds, None for never.
    """

    number: int
    at: float
    platform: Platform
    kind: Kind
    who: int
    where: int
    text: str
    deleted_after: float | None


def lines(
    count: int, seed: int, *, shares: Mapping[Platform, float], people: int, channels: int
) -> list[Line]:
    """In the order of their times."""
    draw = random.Random(seed)
    times = sorted(draw.uniform(0, HOUR) for _ in range(count))
    return [_line(number, at, draw, shares, people, channels) for number, at in enumerate(times)]


def _line(
    number: int, at: float, draw: random.Random, shares: Mapping[Platform, float], people: int,
    channels: int,
) -> Line:  # fmt: skip
    (platform,) = draw.choices(list(shares), list(shares.values()))
    (kind,) = draw.choices(KINDS, [SHARES[each] for each in KINDS])
    talker = kind == "mention" and draw.random() < 0.1
    who = 0 if talker else draw.randrange(1, people)
    gone = draw.expovariate(1 / 20) if draw.random() < DELETED and kind != "stop" else None
    text = words.message(number, kind, draw)
    return Line(number, at, platform, kind, who, draw.randrange(channels), text, gone)
