"""What is new in a listing of Reddit, since the last look or since before an outage."""

import logging
from collections import OrderedDict
from collections.abc import Callable, Iterable
from typing import Any

from clone_pipeline.bots.platforms.reddit_ancestors import readable
from clone_pipeline.bots.platforms.reddit_marks import Marks
from clone_pipeline.bots.platforms.reddit_things import Note

PAGE, LISTING_END = 100, 1000  # https://www.reddit.com/dev/api#listings
_MOST_SEEN = 5000
_AFTER = 0.5  # seconds; Reddit's times are whole ones

log = logging.getLogger(__name__)


class Tail:
    """The end of one listing, newest first, that is looked at again and again.

    What was in a place before it was first watched is passed over; what was written while the bot
    was down is given as far as Reddit lists it. praw's stream asks for what follows the newest
    item, and gets nothing once that one is deleted; here each look reads the first page, and
    further ones while all of it is new.

    Args:
        stream: its name in the marks.
        marks: how far it was read in earlier lives.
        fixed: a mark stays where the first start put it, and counts at every look.
    """

    def __init__(self, stream: str, marks: Marks, *, fixed: bool = False) -> None:
        self._stream, self._marks, self._fixed = stream, marks, fixed
        self._seen: OrderedDict[str, None] = OrderedDict()
        self._watched: set[str] = set()
        self._newest = 0.0

    def look(
        self, listing: Callable[[int], Iterable[Any]], places: Iterable[str], *,
        place: Callable[[Note], str],
    ) -> list[Note]:  # fmt: skip
        """What is new, oldest first; `done` keeps that it was heard.

        Args:
            listing: gives at most so many things, newest first.
            places: that are watched.
            place: where each was written, as the marks name it.
        """
        fresh: list[Note] = []
        since = None if self._watched else self._since(places)
        new_here = not self._watched and since is None
        met, number = new_here, 0
        for number, thing in enumerate(listing(PAGE if new_here else LISTING_END), start=1):
            for it in readable([thing]):
                met = met or (since is not None and it.created.timestamp() < since)
                met = met or it.name in self._seen
                if it.name not in self._seen:
                    fresh.append(it)
            if met and number >= PAGE:
                break
        if number >= LISTING_END and not met:
            log.warning("%s: there is more than Reddit lists; the oldest are lost", self._stream)
        for it in fresh:
            self._see(it)
        return [it for it in reversed(fresh) if self._is_new(it, place(it).casefold())]

    def done(self, places: Iterable[str]) -> None:
        """All that `look` gave of these places was heard; from now on they are watched."""
        names = {place.casefold() for place in places}
        first = {name for name in names if self._marks.of(self._stream, name) is None}
        self._marks.read(self._stream, first, until=self._newest + _AFTER)
        if not self._fixed:
            self._marks.read(self._stream, names - first, until=self._newest)
        self._watched |= names

    def _since(self, places: Iterable[str]) -> float | None:
        """Up to when all of these places that were watched before were read."""
        marks = [self._marks.of(self._stream, each) for each in places]
        return min((mark for mark in marks if mark is not None), default=None)

    def _is_new(self, it: Note, place: str) -> bool:
        if place in self._watched and not self._fixed:
            return True
        mark = self._marks.of(self._stream, place)
        return mark is not None and it.created.timestamp() >= mark

    def _see(self, it: Note) -> None:
        self._newest = max(self._newest, it.created.timestamp())
        self._seen[it.name] = None
        if len(self._seen) > _MOST_SEEN:
            self._seen.popitem(last=False)
