"""Votes on what followed accounts write, where their settings ask for them."""

import heapq
import logging
import random
import time
from typing import TYPE_CHECKING

from clone_pipeline.bots.platform_settings import VoteSettings

if TYPE_CHECKING:
    import praw

RULE = (
    "votes are configured, but Reddit's rules want each vote cast by a person "
    "(https://www.reddit.com/dev/api#POST_api_vote): Reddit may suspend the account"
)

log = logging.getLogger(__name__)


def wish(name: str, settings: VoteSettings, *, bot: str) -> tuple[int, float] | None:
    """1 or -1 and after how many seconds, None for no vote; the same at every call.

    Args:
        name: fullname of the submission or comment.
        settings: chances and waits.
        bot: whose vote; others' dice fall differently.
    """
    draw = random.Random(f"{bot}:{name}")
    up, down, share = draw.random(), draw.random(), draw.random()
    wait = settings.min + share * max(0.0, settings.max - settings.min)
    if up < settings.up:
        return 1, wait
    return (-1, wait) if down < settings.down else None


class Votes:
    """Votes that wait for their time; those that wait when the bot ends are not cast."""

    def __init__(self, bot: str) -> None:
        self._bot = bot
        self._waiting: list[tuple[float, str, int]] = []

    def consider(self, name: str, settings: VoteSettings | None) -> None:
        """Perhaps vote for that submission or comment, later."""
        if settings and (found := wish(name, settings, bot=self._bot)):
            direction, wait = found
            heapq.heappush(self._waiting, (time.monotonic() + wait, name, direction))

    def cast(self, reddit: "praw.Reddit") -> None:
        """Send the votes whose time has come; one that Reddit does not take is logged."""
        from praw.exceptions import PRAWException  # noqa: PLC0415
        from prawcore.exceptions import PrawcoreException  # noqa: PLC0415

        while self._waiting and self._waiting[0][0] <= time.monotonic():
            _, name, direction = heapq.heappop(self._waiting)
            comment = name.startswith("t1_")
            thing = reddit.comment(name[3:]) if comment else reddit.submission(name[3:])
            try:
                thing.upvote() if direction > 0 else thing.downvote()
            except (PRAWException, PrawcoreException) as error:
                log.warning("no vote for %s: %s", name, error)
