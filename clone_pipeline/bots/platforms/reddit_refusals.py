"""What Reddit's answers to a sending mean.

Codes: https://github.com/reddit-archive/reddit/blob/master/r2/r2/lib/errors.py; the sentence that
comes with each is Reddit's own.
"""

import re

from clone_pipeline.bots.connector import Gone, Refused, TryLater
from clone_pipeline.bots.platforms.reddit_closed import is_page
from clone_pipeline.bots.platforms.reddit_line import Busy, retry_after

# What is answered is deleted, locked or old, or the place is closed to the bot.
GONE = frozenset({
    "DELETED_COMMENT", "DELETED_LINK", "DELETED_THING", "THREAD_LOCKED", "COMMENT_LOCKED",
    "TOO_OLD", "COMMENT_UNREPLIABLE", "COMMENTER_BLOCKED_POSTER", "USER_BLOCKED",
    "USER_BLOCKED_MESSAGE", "USER_DOESNT_EXIST", "NOT_WHITELISTED_BY_USER_MESSAGE", "USER_MUTED",
    "SUBREDDIT_NOEXIST", "SUBREDDIT_NOTALLOWED", "SUBREDDIT_NOTALLOWED_BANNED",
    "BANNED_FROM_SUBREDDIT", "RESTRICTED_TO_PM", "TOO_MANY_COMMENTS",
})  # fmt: skip
# Reddit's own trouble: nobody knows what was taken.
_TROUBLE = frozenset({"SOMETHING_IS_BROKEN", "SERVER_ERROR", "INTERNAL_SERVER_ERROR"})
_QUOTA_SECONDS = 3600.0
_LATER_SECONDS = 60.0
_PAGE_SECONDS = 600.0

_BREAK = re.compile(r"(\d+) (millisecond|second|minute|hour)", re.IGNORECASE)
_UNITS = {"millisecond": 0.001, "second": 1.0, "minute": 60.0, "hour": 3600.0}


def meaning(error: Exception, *, wrote: bool) -> Exception:
    """What to raise for what praw raised: Gone, Refused, TryLater, or the error itself.

    The error itself means that nobody knows whether Reddit took it.

    Args:
        error: of praw, prawcore or `reddit_line`.
        wrote: the request that makes something new went out.
    """
    from praw.exceptions import ClientException, RedditAPIException  # noqa: PLC0415
    from prawcore import exceptions as core  # noqa: PLC0415

    told = " ".join(str(error).split())[:300]
    match error:
        case Refused() | TryLater():
            return error
        case RedditAPIException(items=[first, *_]):
            return _answered(str(first.error_type), str(first.message or ""), error)
        case core.TooManyRequests(response=response):
            return TryLater(told, seconds=retry_after(response.headers, _LATER_SECONDS))
        case core.RequestException(original_exception=Busy() as busy):
            return TryLater(str(busy), seconds=busy.seconds)
        case core.Forbidden() | core.NotFound() if is_page(error):
            return TryLater(f"Reddit's network refuses the bot: {told}", seconds=_PAGE_SECONDS)
        case core.Forbidden() | core.NotFound() | core.UnavailableForLegalReasons():
            return Gone(f"Reddit does not let the bot in there: {told}")
        case ClientException() | core.BadRequest() | core.TooLarge() | core.Redirect():
            return Refused(f"Reddit does not take it: {told}")
        case core.PrawcoreException() if not wrote:
            return TryLater(told, seconds=_LATER_SECONDS)
        case core.ResponseException(response=response) if 400 <= response.status_code < 500:
            return Refused(f"Reddit does not take it: {told}")
    return error


def break_seconds(sentence: str) -> float | None:
    """How long a "Take a break for 4 minutes before trying again." is; None if it does not tell."""
    found = _BREAK.search(sentence)
    return float(found[1]) * _UNITS[found[2].lower()] + 1.0 if found else None


def _answered(code: str, sentence: str, error: Exception) -> Exception:
    told = f"Reddit answers {code}" + (f": {sentence}" if sentence else "")
    if code == "RATELIMIT":
        return TryLater(told, seconds=break_seconds(sentence) or _LATER_SECONDS)
    if code == "QUOTA_FILLED":
        return TryLater(told, seconds=_QUOTA_SECONDS)
    if code in _TROUBLE:
        return error
    return Gone(told) if code in GONE else Refused(told)
