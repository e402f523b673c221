"""The subreddits that a bot watches, less those that are closed to it."""

import logging
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from clone_pipeline.bots.limits import plain
from clone_pipeline.bots.platforms.reddit_closed import closed

if TYPE_CHECKING:
    import praw

CLOSED_SECONDS = 3600.0  # so long a closed subreddit is not asked for again

log = logging.getLogger(__name__)


class Watched:
    """The subreddits that are watched: those of the settings, and where followed accounts write."""

    def __init__(self, subs: Iterable[str]) -> None:
        self._subs = [plain(name) for name in subs]
        self._near: dict[str, list[str]] = {}
        self._closed: dict[str, float] = {}
        self._lock = threading.Lock()

    def names(self) -> list[str]:
        """All of them that are not known to be closed, without r/, in lower case."""
        with self._lock:
            near = [name for names in self._near.values() for name in names]
            known = dict.fromkeys([*self._subs, *near])
            return [name for name in known if time.monotonic() >= self._closed.get(name, 0.0)]

    def near(self, account: str, subs: Iterable[str]) -> None:
        """That account lately wrote there; profiles (u_NAME) are left out."""
        names = [plain(name) for name in subs]
        with self._lock:
            self._near[account] = [name for name in names if not name.startswith("u_")]

    def close(self, name: str) -> None:
        """Reddit does not let the bot in there: it is left out for an hour."""
        with self._lock:
            if name not in self._closed:
                log.warning("r/%s can't be read: Reddit does not let the bot in there", name)
            self._closed[name] = time.monotonic() + CLOSED_SECONDS


def leave_out_closed(
    reddit: "praw.Reddit", watched: Watched, names: Sequence[str],
    listed: Callable[[Any, int], Iterable[Any]],
) -> bool:  # fmt: skip
    """Close those of the subreddits that Reddit refuses; False if all of them are still watched.

    Reddit refuses a listing of several subreddits as a whole where one of them is closed, and does
    not say which: each is asked for by itself.
    """
    from prawcore.exceptions import PrawcoreException  # noqa: PLC0415

    for name in watched.names():
        try:
            next(iter(listed(reddit.subreddit(name), 1)), None)
        except PrawcoreException as error:
            if not closed(error):
                raise
            watched.close(name)
    return not set(names) <= set(watched.names())  # another stream may have found it first
