"""A bot on Reddit, by praw: it listens to subreddits, its inbox and accounts that agreed to it."""

import asyncio
import importlib.util
import logging
import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from clone_pipeline.bots.connector import Connector, Ears, Saying
from clone_pipeline.bots.heard import Heard
from clone_pipeline.bots.items import Item
from clone_pipeline.bots.platform_settings import RedditPlatform
from clone_pipeline.bots.platforms.reddit_ancestors import Known
from clone_pipeline.bots.platforms.reddit_hearing import Hearing
from clone_pipeline.bots.platforms.reddit_marks import Marks
from clone_pipeline.bots.platforms.reddit_streams import Streams
from clone_pipeline.bots.platforms.reddit_votes import RULE, Votes
from clone_pipeline.bots.platforms.reddit_watched import Watched

if TYPE_CHECKING:
    import praw

    from clone_pipeline.bots.platforms.reddit_account import Account

Stream = Callable[["praw.Reddit"], None]

log = logging.getLogger(__name__)


def skipped(settings: RedditPlatform) -> str | None:
    """Why the bot can't be on Reddit, None if it can; nothing is sent."""
    if importlib.util.find_spec("praw") is None:
        return "praw is not installed: pip install 'clone-pipeline[bots]'"
    names = (
        settings.client_id_env, settings.client_secret_env, settings.username_env,
        settings.password_env,
    )  # fmt: skip
    unset = [name for name in names if not os.environ.get(name)]
    return f"unset: {', '.join(unset)} (docs/reddit.md)" if unset else None


def connector(settings: RedditPlatform, *, bot: str, folder: Path) -> Connector:
    """The bot's line to Reddit.

    Args:
        settings: what it watches, and the names of the variables with its credentials.
        bot: its name in the project.
        folder: for what must survive a restart.
    """
    from clone_pipeline.bots.platforms.reddit_account import Account  # noqa: PLC0415

    return RedditConnector(settings, account=Account(settings), bot=bot, folder=folder)


class RedditConnector(Connector):
    """See `connector.Connector`; a thread for each stream, sendings one after the other."""

    def __init__(
        self, settings: RedditPlatform, *, account: "Account", bot: str, folder: Path
    ) -> None:
        self._settings, self._account, self._bot = settings, account, bot
        self._file = folder / f"reddit-{bot}.json"
        self._known = Known()

    async def run(self, ears: Ears) -> None:
        """See `connector.Connector`; no thread outlives it."""
        stop = threading.Event()
        marks = Marks(self._file, account=self._account.me)
        hearing = Hearing(self._account.me, ears, self._known)
        streams = self._streams(hearing, marks, stop)
        wanted = streams.wanted(inbox=self._settings.inbox)
        if not wanted:  # it only posts
            await asyncio.Event().wait()
        pool = ThreadPoolExecutor(len(wanted), thread_name_prefix=f"reddit-{self._bot}")
        loop = asyncio.get_running_loop()
        try:
            if not marks.imported:
                await loop.run_in_executor(pool, self._listen, hearing.import_own, stop)
                marks.set_imported()
            ended = [loop.run_in_executor(pool, self._listen, each, stop) for each in wanted]
            done, _ = await asyncio.wait(ended, return_when=asyncio.FIRST_COMPLETED)
            for each in done:
                each.result()
            raise ConnectionError("a stream of Reddit ended")
        finally:
            stop.set()
            await asyncio.to_thread(pool.shutdown)

    async def close(self) -> None:
        """See `connector.Connector`: a sending that waits ends, and nobody knows of it."""
        self._account.close()

    async def ready(self) -> None:
        """Each sending has a session of its own: there is nothing to wait for."""

    async def send(self, saying: Saying) -> str:
        """See `connector.Connector`."""
        return await asyncio.to_thread(self._account.say, saying)

    async def look_up(self, item: Item) -> str | None:
        """See `connector.Connector`."""
        return await asyncio.to_thread(self._account.find, item)

    async def edit(self, item: Item, text: str) -> None:
        """See `connector.Connector`."""
        await asyncio.to_thread(self._account.edit, item, text)

    def typing(self, heard: Heard) -> AbstractAsyncContextManager[None]:
        """Nothing: Reddit does not show who writes."""
        return nullcontext()

    async def introduce(self, text: str) -> None:
        """See `connector.Connector`."""
        await asyncio.to_thread(self._account.introduce, text)

    def _streams(self, hearing: Hearing, marks: Marks, stop: threading.Event) -> Streams:
        given = self._settings
        if any(each.vote for each in given.follow.values()):
            log.warning("%s: %s", self._bot, RULE)
        return Streams(
            hearing=hearing, marks=marks, watched=Watched(given.subs), follow=given.follow,
            votes=Votes(self._bot), poll_seconds=given.poll_seconds, stop=stop,
            mark_read=given.mark_read,
        )  # fmt: skip

    def _listen(self, stream: Stream, stop: threading.Event) -> None:
        """In a thread: until it is told to end, or something can't be mended."""
        from prawcore.exceptions import PrawcoreException  # noqa: PLC0415

        reddit, line = self._account.open(stop)
        try:
            stream(reddit)
        except PrawcoreException:
            if not stop.is_set():
                raise
        finally:
            line.close()
