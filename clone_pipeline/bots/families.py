"""The three styles of rules: whose formula says how likely an answer is."""

from collections.abc import Callable, Mapping
from datetime import datetime

from clone_pipeline.bots import chances, hotshot, keywords, ssi
from clone_pipeline.bots.chances import Chance
from clone_pipeline.bots.heard import Heard
from clone_pipeline.bots.history import History
from clone_pipeline.bots.rule_settings import RuleSettings


def chance_of(heard: Heard, *, settings: RuleSettings, history: History, now: datetime) -> Chance:
    """How likely `heard`, which passed the gates, is answered, and by which rule.

    For certain if it is a direct message (in the style ssi by its own probability) or has one of
    `call_words`; else as `style` says.

    Args:
        heard: its times in UTC.
        settings: of the place where it was heard.
        history: when the bot last spoke there.
        now: UTC.
    """
    if keywords.first_hit([heard.title, heard.text], settings.call_words, match="word"):
        return chances.certainly(True, "called")
    if heard.kind == "direct" and settings.style != "ssi":
        return chances.certainly(True, "direct")
    return _STYLES[settings.style](heard, settings, history, now)


def _vtx(heard: Heard, settings: RuleSettings, history: History, now: datetime) -> Chance:
    if heard.kind in ("comment", "submission"):
        return chances.in_thread(
            heard,
            chance=settings.chance,
            followup_frequency=settings.followup_frequency,
            mention_self_frequency=settings.mention_self_frequency,
        )
    last = history.last_spoke
    return chances.in_chat(
        heard,
        elapsed=(now - last).total_seconds() if last else None,
        frequency=settings.frequency,
        max_frequency=settings.max_frequency,
        decay_rate=settings.decay_rate,
        active_chance=settings.active_chance,
        mention_self_frequency=settings.mention_self_frequency,
        mention_any_frequency=settings.mention_any_frequency,
        followup_frequency=settings.followup_frequency,
    )


def _hotshot(heard: Heard, settings: RuleSettings, history: History, now: datetime) -> Chance:
    submission = heard.kind == "submission"
    probability = hotshot.reply_probability(
        f"{heard.title} {heard.text}" if submission else heard.text,
        reply_chance=settings.reply_chance,
        trigger_words=settings.trigger_words,
        trigger_boost=settings.trigger_boost,
    )
    if submission:
        return hotshot.for_submission(
            heard,
            probability=probability,
            followup_only=settings.followup_only,
            linkpost_only=settings.linkpost_only,
            mention_self_frequency=settings.mention_self_frequency,
        )
    return hotshot.for_answer(
        heard,
        probability=probability,
        followup_only=settings.followup_only,
        force_top_reply=settings.force_top_reply,
        min_reply_score=settings.min_reply_score,
        mention_self_frequency=settings.mention_self_frequency,
        followup_frequency=settings.followup_frequency,
    )


def _ssi(heard: Heard, settings: RuleSettings, history: History, now: datetime) -> Chance:
    return ssi.chance(heard, now=now, **dict(settings.ssi))


_STYLES: Mapping[str, Callable[[Heard, RuleSettings, History, datetime], Chance]] = {
    "vtx": _vtx,
    "hotshot": _hotshot,
    "ssi": _ssi,
}
