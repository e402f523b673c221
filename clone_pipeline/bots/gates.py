"""The gates before any rule: what is never answered, and where nothing is ever said.

In their order, the first that closes decides:

1. ours
2. blocked: the service's accounts, block_users, allow_users, allow_dms; block_channels,
   allow_channels
3. stopped by its author
4. already answered
5. locked
6. deleted, or too old, or empty, or meant for another bot (ignored_starts)
7. negative keywords, filter
8. the loop guard: depth, other bots, loops of bots, repetition
9. limits: the user's, the channel's
10. quiet hours
"""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from clone_pipeline.bots import hours, keywords, limits, loops
from clone_pipeline.bots.heard import Heard
from clone_pipeline.bots.history import History
from clone_pipeline.bots.reasons import Reason
from clone_pipeline.bots.rule_settings import RuleSettings

# What Reddit writes where an author or a text was.
DELETED = frozenset({"[deleted]", "[removed]"})


def closed(heard: Heard, settings: RuleSettings, history: History, now: datetime) -> Reason | None:
    """Why `heard` is not answered, whatever the dice would say; None if every gate is open.

    Args:
        heard: its times in UTC.
        settings: of the place where it was heard.
        history: what the queue knows of it.
        now: aware.
    """
    direct = heard.kind == "direct"
    return (
        ("ours" if heard.ours else None)
        or limits.barred_user(
            heard,
            allow_users=settings.allow_users,
            block_users=settings.block_users,
            allow_dms=settings.allow_dms,
        )
        or limits.barred_channel(
            heard.channel,
            within=heard.within,
            direct=direct,
            allow_channels=settings.allow_channels,
            block_channels=settings.block_channels,
        )
        or ("stopped" if history.stopped else None)
        or ("already_answered" if history.answered else None)
        or ("locked" if heard.locked else None)
        or _nothing_there(heard, settings, history, now)
        or _unwanted(heard, settings)
        or _endless(heard, settings)
        or _full(settings, history)
        or _resting(heard, settings, now)
    )


def mute(channel: str, settings: RuleSettings, history: History, now: datetime) -> Reason | None:
    """Why nothing may be said in `channel` that answers nobody; None if something may.

    Of the gates those of the channel: blocked, its limit, quiet hours.
    """
    barred = limits.barred_channel(
        channel, allow_channels=settings.allow_channels, block_channels=settings.block_channels
    )
    full = limits.channel_full(
        history,
        channel_hour=settings.limits.channel_hour,
        channel_day=settings.limits.channel_day,
    )
    quiet = hours.quiet_until(now, settings.quiet_hours, zone=zone_of(settings))
    return barred or ("channel_limit" if full else None) or ("quiet_hours" if quiet else None)


def zone_of(settings: RuleSettings) -> ZoneInfo:
    """The time zone of quiet hours and of clock times for posts."""
    return ZoneInfo(settings.time_zone or "UTC")


def _nothing_there(
    heard: Heard, settings: RuleSettings, history: History, now: datetime
) -> Reason | None:
    if history.deleted or {heard.author, heard.text.strip()} & DELETED or not heard.author:
        return "deleted"
    addressed = heard.to_us or heard.parent_is_ours or heard.kind == "direct"
    oldest = None if addressed or settings.max_age is None else timedelta(hours=settings.max_age)
    if oldest is not None and now - heard.heard > oldest:
        return "too_old"
    if not (heard.text.strip() or heard.title.strip() or heard.images):
        return "empty"
    return "ignored_start" if heard.text.startswith(settings.ignored_starts) else None


def _unwanted(heard: Heard, settings: RuleSettings) -> Reason | None:
    texts = [heard.title, heard.text] if heard.kind == "submission" else [heard.text]
    own, match = settings.negative_keywords, settings.keyword_match
    usual = keywords.default_negative() if settings.default_negative_keywords else ()
    if keywords.first_hit(texts, own, match=match) or keywords.first_hit(
        texts, usual, match="word"
    ):
        return "negative_keyword"
    # VTX looks for a filter's terms in the submission, too, whose text is the oldest before.
    thread = [heard.title, *(said.text for said in heard.context[:1] if heard.kind == "comment")]
    filtered = keywords.first_hit([heard.text, *thread], settings.filter, match="substring")
    return "filter" if filtered else None


def _endless(heard: Heard, settings: RuleSettings) -> Reason | None:
    return loops.looping(
        heard,
        max_depth=settings.loops.max_depth,
        answer_bots=settings.loops.answer_bots,
        max_bot_turns=settings.loops.max_bot_turns,
        max_similarity=settings.loops.max_similarity,
    )


def _full(settings: RuleSettings, history: History) -> Reason | None:
    given = settings.limits
    if limits.user_full(history, user_hour=given.user_hour, user_day=given.user_day):
        return "user_limit"
    full = limits.channel_full(
        history, channel_hour=given.channel_hour, channel_day=given.channel_day
    )
    return "channel_limit" if full else None


def _resting(heard: Heard, settings: RuleSettings, now: datetime) -> Reason | None:
    """Quiet hours, but for one who addresses the bot and can be answered after them."""
    addressed = heard.to_us or heard.parent_is_ours or heard.kind == "direct"
    if addressed and settings.after_quiet_hours:
        return None
    quiet = hours.quiet_until(now, settings.quiet_hours, zone=zone_of(settings))
    return "quiet_hours" if quiet else None
