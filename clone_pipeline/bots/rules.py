"""When to speak: the gates in their order (`gates`), then the rules of the chosen style.

Everything here is a function of what it is handed; `draw` is the only source of chance.
"""

import random
from datetime import UTC, datetime

from clone_pipeline.bots import chances, delays, hours
from clone_pipeline.bots.chances import Chance
from clone_pipeline.bots.families import chance_of
from clone_pipeline.bots.gates import closed, mute, zone_of
from clone_pipeline.bots.heard import Decision, Heard
from clone_pipeline.bots.history import History
from clone_pipeline.bots.reasons import REASONS, Reason
from clone_pipeline.bots.rule_settings import RuleSettings
from clone_pipeline.bots.schedule import next_post

__all__ = ["REASONS", "decide", "may_post", "mute", "volunteer"]


def decide(
    heard: Heard, *, settings: RuleSettings, history: History, now: datetime, draw: random.Random
) -> Decision:
    """Whether to answer `heard`, why, and after how many seconds.

    With `Decision.ranked` set, `speak` holds only if the reply ranker's score for
    `hotshot.ranker_input(heard)` reaches it. Where no ranker is there, hand in settings with
    `min_reply_score=None`.

    Args:
        heard: its times in UTC.
        settings: of the place where it was heard.
        history: what the queue knows of the message, its author and its channel.
        now: aware.
        draw: the source of chance; the same draws give the same decision.

    Raises:
        ValueError: `now` has no time zone.
    """
    moment = _utc(now)
    if reason := closed(heard, settings, history, moment):
        return Decision(speak=False, reason=reason)
    chance = chance_of(heard, settings=settings, history=history, now=moment)
    return _rolled(chance, heard, settings, moment, draw)


def volunteer(
    channel: str,
    *,
    settings: RuleSettings,
    history: History,
    seconds: float,
    now: datetime,
    draw: random.Random,
) -> Decision:
    """Whether to say something in `channel` that nobody asked for.

    Args:
        channel: as in `Heard.channel`; no direct messages.
        settings: of that channel.
        history: of that channel; what it says of an author is not looked at.
        seconds: since this was asked last; VTX's die is rolled once for each.
        now: aware.
        draw: the source of chance.
    """
    if reason := mute(channel, settings, history, _utc(now)):
        return Decision(speak=False, reason=reason)
    if history.unanswered >= settings.loops.max_unanswered:
        return Decision(speak=False, reason="monologue")
    probability = chances.remark_chance(seconds, passive_chance=settings.passive_chance)
    speaks = draw.random() < probability
    return Decision(speak=speaks, reason="passive_chance", probability=probability)


def may_post(channel: str, *, settings: RuleSettings, history: History, now: datetime) -> Decision:
    """Whether a post of the bot's own is due in `channel`; one that waits is enough."""
    moment = _utc(now)
    due = next_post(
        now=moment,
        last_post=history.last_post,
        post_frequency=settings.post_frequency,
        post_schedule=settings.post_schedule,
        zone=zone_of(settings),
    )
    reason: Reason | None = "no_posts" if due is None else None
    reason = reason or mute(channel, settings, history, moment)
    reason = reason or ("post_waiting" if history.post_waiting else None)
    reason = reason or ("post_not_due" if due and due > moment else None)
    return Decision(speak=reason is None, reason=reason or "post_due")


def _rolled(
    chance: Chance, heard: Heard, settings: RuleSettings, now: datetime, draw: random.Random
) -> Decision:
    speaks = chance.probability > 0 if chance.certain else draw.random() < chance.probability
    probability = None if chance.certain else chance.probability
    if not speaks:
        return Decision(speak=False, reason=chance.reason, probability=probability)
    given = settings.delay
    wait = delays.seconds(heard.platform, min=given.min, max=given.max, draw=draw)
    return Decision(
        speak=True,
        reason=chance.reason,
        probability=probability,
        delay=hours.awake_delay(now, wait, settings.quiet_hours, zone=zone_of(settings)),
        speaker=chance.speaker,
        ranked=chance.ranked,
    )


def _utc(now: datetime) -> datetime:
    if now.tzinfo is None:
        raise ValueError("now has no time zone")
    return now.astimezone(UTC)
