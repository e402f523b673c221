"""The bot's account on Reddit: a session for each thread, and one for all that it sends."""

import os
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from clone_pipeline.bots.connector import CannotTell, Saying
from clone_pipeline.bots.items import Item
from clone_pipeline.bots.platform_settings import RedditPlatform
from clone_pipeline.bots.platforms import reddit_editing as editing
from clone_pipeline.bots.platforms import reddit_sending as sending
from clone_pipeline.bots.platforms import reddit_there as there
from clone_pipeline.bots.platforms.reddit_line import Line, Pace
from clone_pipeline.bots.platforms.reddit_parts import NotThereYet, parts_of
from clone_pipeline.bots.platforms.reddit_refusals import meaning
from clone_pipeline.reddit.session import connect

if TYPE_CHECKING:
    import praw

T = TypeVar("T")

_SENDING_PATIENCE = 20.0  # seconds that a sending waits for the account's pace, then it is later


class Account:
    """Blocks; its methods are for threads. praw is no good for several threads at once.

    Args:
        settings: names of the variables with the credentials.
    """

    def __init__(self, settings: RedditPlatform) -> None:
        self._settings = settings
        self.me = os.environ.get(settings.username_env, "")
        self._pace = Pace()
        self._sending = threading.Lock()
        self._session: tuple[praw.Reddit, Line] | None = None
        self._closing = threading.Event()

    def close(self) -> None:
        """What waits for a sending ends now; nothing more is sent."""
        self._closing.set()

    def open(
        self, stop: threading.Event, *, patience: float = float("inf")
    ) -> "tuple[praw.Reddit, Line]":
        """A session for one thread, and its line; nothing is sent before the first request.

        Args:
            stop: when it is set, requests and waits end with `reddit_line.Stopped`.
            patience: longest wait for the account's pace, in seconds.

        Raises:
            FaultyInput: variables are not set.
        """
        line, given = Line(self._pace, stop, patience=patience), self._settings
        reddit = connect(
            client_id_env=given.client_id_env, client_secret_env=given.client_secret_env,
            username_env=given.username_env, password_env=given.password_env, http=line,
        )  # fmt: skip
        reddit.config.ratelimit_seconds = -1  # praw never sleeps at "take a break"
        return reddit, line

    def say(self, saying: Saying) -> str:
        """See `connector.Connector.send`: a post is what has a title."""

        def send(reddit: "praw.Reddit", line: Line) -> str:
            if saying.title:
                flair = self._settings.flair
                return sending.post(reddit, line, saying, me=self.me, flair=flair)
            return sending.reply(reddit, line, saying, me=self.me)

        return self._asked(send)

    def find(self, item: Item) -> str | None:
        """See `connector.Connector.look_up`; of an answer in parts all must be there.

        Raises:
            CannotTell: an image post is not there, which Reddit may still be processing.
        """
        text = item.text or "-"

        def look(reddit: "praw.Reddit", line: Line) -> str | None:
            if item.task == "post" and item.heard.kind == "submission":
                return self._find_post(reddit, line, item)
            parts = parts_of(text)
            names = there.answers(reddit, item.heard, parts, me=self.me, deep=True)
            return names[0] if names and len(names) >= len(parts) else None

        return self._asked(look)

    def edit(self, item: Item, text: str) -> None:
        """See `connector.Connector.edit`; of a post the body, titles stay."""
        self._asked(lambda reddit, line: editing.edit(reddit, item, text, me=self.me))

    def introduce(self, text: str) -> None:
        """See `connector.Connector.introduce`: below what the profile says."""
        self._asked(lambda reddit, line: editing.introduce(reddit, text))

    def _find_post(self, reddit: "praw.Reddit", line: Line, item: Item) -> str | None:
        title, _, body = (item.text or "-").partition("\n\n")
        heard, rest = item.heard, parts_of(body, post=True)[1:]
        try:
            name = sending.appeared(reddit, line, heard, title, me=self.me, patient=heard.is_link)
        except NotThereYet as error:
            if heard.is_link:
                raise CannotTell(str(error)) from None
            return None
        there_too = there.below(reddit, name, rest, me=self.me, since=heard.heard) if rest else []
        return name if len(there_too) == len(rest) else None

    def _asked(self, what: "Callable[[praw.Reddit, Line], T]") -> T:
        """Do it in the session for sending, with errors that say what became of it."""
        from praw.exceptions import PRAWException  # noqa: PLC0415
        from prawcore.exceptions import PrawcoreException  # noqa: PLC0415

        with self._sending:
            if self._session is None:
                self._session = self.open(self._closing, patience=_SENDING_PATIENCE)
            reddit, line = self._session
            line.wrote = False
            try:
                return what(reddit, line)
            except (PRAWException, PrawcoreException) as error:
                meant = meaning(error, wrote=line.wrote)
                if meant is error:
                    raise
                raise meant from None
            except StopIteration as error:  # which no future takes: who waits would for ever
                raise RuntimeError("praw found nothing where it must be") from error
