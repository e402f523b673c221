"""The streams that a bot on Reddit listens to, each in a thread of its own."""

import logging
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from clone_pipeline.bots.limits import plain
from clone_pipeline.bots.platform_settings import FollowSettings
from clone_pipeline.bots.platforms.reddit_closed import closed
from clone_pipeline.bots.platforms.reddit_hearing import Hearing, whole
from clone_pipeline.bots.platforms.reddit_marks import Marks
from clone_pipeline.bots.platforms.reddit_tail import Tail
from clone_pipeline.bots.platforms.reddit_things import Note
from clone_pipeline.bots.platforms.reddit_votes import Votes
from clone_pipeline.bots.platforms.reddit_watched import Watched, leave_out_closed

if TYPE_CHECKING:
    import praw

PROXIMAL = 10  # last comments of a followed account, whose subreddits are watched too
_SOON = 1.0  # seconds between two looks while there is something new

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Streams:
    """What all streams of a bot share.

    Attributes:
        hearing: where it all goes.
        marks: how far the streams were read.
        watched: subreddits.
        follow: followed accounts by name.
        votes: of the bot.
        poll_seconds: longest pause between two looks at a stream.
        stop: set when they are to end.
        mark_read: what was heard in the inbox is marked as read.
    """

    hearing: Hearing
    marks: Marks
    watched: Watched
    follow: Mapping[str, FollowSettings]
    votes: Votes
    poll_seconds: float
    stop: threading.Event
    mark_read: bool = True
    _missing: set[str] = field(default_factory=set)

    def wanted(self, *, inbox: bool) -> "list[Callable[[praw.Reddit], None]]":
        """The streams that there are for these settings; each is for a thread."""
        near = any(each.proximal_frequency > 0 for each in self.follow.values())
        subs = [self.comments, self.submissions] if near or self.watched.names() else []
        followed = [self.followed] if self.follow else []
        return [*subs, *followed, *([self.inbox] if inbox else [])]

    def comments(self, reddit: "praw.Reddit") -> None:
        """Listen to the comments of all watched subreddits."""
        self._watch(reddit, "comments", lambda sub, limit: sub.comments(limit=limit))

    def submissions(self, reddit: "praw.Reddit") -> None:
        """Listen to their submissions."""
        self._watch(reddit, "submissions", lambda sub, limit: sub.new(limit=limit))

    def inbox(self, reddit: "praw.Reddit") -> None:
        """Listen to replies, mentions and private messages; they are read once they are heard."""
        tail, met = Tail("inbox", self.marks, fixed=True), dict[str, Any]()

        def listing(limit: int) -> Iterator[Any]:
            for thing in reddit.inbox.unread(limit=limit):
                met[getattr(thing, "fullname", "")] = thing
                yield thing

        def look() -> bool:
            met.clear()
            fresh = tail.look(listing, ["inbox"], place=lambda it: "inbox")
            self.hearing.take(reddit, whole(reddit, fresh))
            if fresh and self.mark_read:
                reddit.inbox.mark_read([met[it.name] for it in fresh])
            tail.done(["inbox"])
            return bool(fresh)

        self._repeat(look)

    def followed(self, reddit: "praw.Reddit") -> None:
        """Listen to what the followed accounts write, wherever; vote where that is wished for."""
        tails = {
            (name, kind): Tail(f"{kind} of accounts", self.marks)
            for name in self.follow
            for kind in ("comments", "submissions")
        }

        def look() -> bool:
            busy = False
            for (name, kind), tail in tails.items():
                busy = self._look_at(reddit, name, kind, tail) or busy
            self.votes.cast(reddit)
            return busy

        self._repeat(look)

    def _watch(
        self, reddit: "praw.Reddit", stream: str, listed: Callable[[Any, int], Iterable[Any]]
    ) -> None:
        from prawcore.exceptions import PrawcoreException  # noqa: PLC0415

        tail = Tail(stream, self.marks)

        def look() -> bool:
            if not (names := self.watched.names()):
                return False
            several = reddit.subreddit("+".join(names))
            try:
                fresh = tail.look(
                    lambda limit: listed(several, limit), names, place=lambda it: it.sub
                )
            except PrawcoreException as error:
                if closed(error) and leave_out_closed(reddit, self.watched, names, listed):
                    return True
                raise
            self.hearing.take(reddit, fresh)
            tail.done(names)
            return bool(fresh)

        self._repeat(look)

    def _look_at(self, reddit: "praw.Reddit", name: str, kind: str, tail: Tail) -> bool:
        from prawcore.exceptions import Forbidden, NotFound  # noqa: PLC0415

        settings = self.follow[name]
        account = reddit.redditor(plain(name))
        listed = account.comments if kind == "comments" else account.submissions
        near = kind == "comments" and settings.proximal_frequency > 0
        try:
            things = _Counted(listed.new)
            fresh: list[Note] = tail.look(things, [name], place=lambda it: name)
        except (Forbidden, NotFound):
            if name not in self._missing:
                log.warning("u/%s can't be followed: Reddit does not show it", plain(name))
            self._missing.add(name)
            return False
        if near:
            self.watched.near(name, things.subs)
        self.hearing.take(reddit, fresh)
        for it in fresh:
            self.votes.consider(it.name, settings.vote)
        tail.done([name])
        return bool(fresh)

    def _repeat(self, look: Callable[[], bool]) -> None:
        """Look again and again, the more seldom the less there is, until all streams are to end."""
        pause = _SOON
        while not self.stop.is_set():
            pause = _SOON if look() else min(2 * pause, self.poll_seconds)
            self.stop.wait(pause)


class _Counted:
    """A listing that keeps the subreddits of its first things."""

    def __init__(self, listing: Callable[..., Iterable[Any]]) -> None:
        self._listing = listing
        self.subs: list[str] = []

    def __call__(self, limit: int) -> Iterator[Any]:
        for number, thing in enumerate(self._listing(limit=limit)):
            if number < PROXIMAL:
                self.subs.append(str(getattr(thing, "subreddit", "")))
            yield thing
