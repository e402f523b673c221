"""HotShotBot's posts: how often, when, with which flair."""

from collections.abc import Mapping, Sequence
from typing import Any

from clone_pipeline.bots.hours import DAYS
from clone_pipeline.interop.account import Account
from clone_pipeline.interop.paths import Path


def read(account: Account, bot: str, *, subs: Sequence[str]) -> None:
    """Take what is said of posts, for the first of the subreddits.

    Args:
        account: of the configuration.
        bot: the bot's key.
        subs: where it is.
    """
    reddit = ("bots", bot, "reddit")
    account.put(("post_flair",), (*reddit, "flair"), _text(account.get("post_flair")))
    account.put(("linkpost_share",), (*reddit, "image_share"), account.get("linkpost_share"))
    if account.get("linkpost_share"):
        account.changes(
            f"Image posts are made once bots.{bot}.reddit.images names an endpoint that draws."
        )
    account.leave(
        ("post_tries",), f"not taken: bots.{bot}.brain.attempts says how often the model is asked"
    )
    if account.get("post_textgen_model") is None:
        why = "not taken: posts need a post_textgen_model, which writes ssi-bot's tags"
        for key in ("post_frequency", "post_schedule"):
            _leave_or_took(account, key, why)
        return
    for sub in subs[:1]:
        _when(account, (*reddit, "subs", sub))


def _when(account: Account, place: Path) -> None:
    schedule = account.get("post_schedule")
    if _posts(schedule):
        account.put(("post_schedule",), (*place, "post_schedule"), _days(account, schedule))
        _leave_or_took(account, "post_frequency", "`post_schedule` says it")
        return
    account.took(("post_schedule",))
    hours = account.get("post_frequency")
    never = isinstance(hours, int | float) and hours <= 0
    account.put(("post_frequency",), (*place, "post_frequency"), 0.0 if never else hours)


def _leave_or_took(account: Account, key: str, why: str) -> None:
    """A key that means no post is as good as none."""
    if _posts(account.get(key)):
        account.leave((key,), why)
    else:
        account.took((key,))


def _days(account: Account, schedule: Any) -> Any:
    """Clock times by week day; a list without days, as in HotShotBot's example, is for each."""
    if isinstance(schedule, list):
        account.changes("post_schedule is a list without days: its times are for every day.")
        return {day: [_clock(each) for each in schedule] for day in DAYS}
    if not isinstance(schedule, Mapping):
        return schedule
    return {
        str(day).strip().lower()[:3]: [_clock(each) for each in times]
        if isinstance(times, list)
        else [_clock(times)]
        for day, times in schedule.items()
        if times not in (None, [])
    }


def _clock(time: Any) -> Any:
    """`09:30`; YAML reads 10:30 without quotes as the number 630."""
    if isinstance(time, int) and not isinstance(time, bool) and 0 <= time < 24 * 60:
        return f"{time // 60:02}:{time % 60:02}"
    if isinstance(time, str) and len(time) == 4 and time[1] == ":":
        return f"0{time}"
    return time


def _posts(value: Any) -> bool:
    """Whether a frequency or a schedule means any post at all."""
    if isinstance(value, bool) or value is None:
        return False
    return value > 0 if isinstance(value, int | float) else bool(value)


def _text(value: Any) -> Any:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value
