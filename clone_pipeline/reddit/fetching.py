"""A day of a subreddit: listed, chosen, its trees fetched, and told as items."""

import time
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Literal
from zoneinfo import ZoneInfo

from clone_pipeline.records import RedditItem
from clone_pipeline.reddit import coverage, stubs
from clone_pipeline.reddit.calls import PATIENCE, Calls
from clone_pipeline.reddit.choosing import Rules, choose
from clone_pipeline.reddit.days import FIRST_DAY, ZONE, bounds, now_utc
from clone_pipeline.reddit.days import first_day as first_day
from clone_pipeline.reddit.listing import cover
from clone_pipeline.reddit.shelf import Shelf
from clone_pipeline.reddit.telling import items_of, record
from clone_pipeline.reddit.things import Thing
from clone_pipeline.reddit.trees import fetch_tree
from clone_pipeline.settings import Fault, FaultyInput

if TYPE_CHECKING:
    import praw

_WEEK = timedelta(days=7)
# A dump's comments are a whole tree if they go on for so many seconds behind the submission.
_TREE = 48 * 3600


@dataclass(frozen=True, slots=True)
class Fetched:
    """A day's items, not masked, and what was dropped: entered == len(items) + sum(dropped).

    Counted are items, submissions and comments alike, and each link to more comments that Reddit
    did not answer, as "not_shown". `requests` are those that were sent.
    """

    items: list[RedditItem]
    dropped: Counter[str]
    entered: int
    requests: int
    notes: list[str]


def fetch_day(
    shelf: Shelf, *, connect: Callable[[], "praw.Reddit"], subreddit: str, day: date,
    zone: ZoneInfo, type: Literal["new", "top"], limit: int | None, min_score: int | None,
    max_comments: int | None, filters: Sequence[str], opted_out: Sequence[str],
    progress: Callable[[int, int], None], clock: Callable[[], datetime] = now_utc,
    sleep: Callable[[float], None] = time.sleep, patience: float = PATIENCE,
) -> Fetched:  # fmt: skip
    """The threads of one day, with all their comments; asks Reddit for what the shelf lacks.

    The same call again gives the same items and counts and asks for nothing. A call that was cut
    short at whatever instant loses and repeats nothing that was finished.

    Args:
        shelf: what was fetched before, and what is fetched now.
        connect: gives a praw session; only called if a request is needed.
        subreddit: its name, without r/.
        day: when the submissions were made, in `zone`; it must be over.
        zone: the project's time zone.
        type: whether `limit` keeps the latest or the best-scored threads.
        limit: threads at most.
        min_score: lowest score of a thread, as it was when it was listed.
        max_comments: comments a thread at most.
        filters: what contains one of these, in whatever case, is dropped.
        opted_out: users of whom nothing is stored; what is held of them is erased.
        progress: told threads done and threads in all.
        clock: the time now.
        sleep: waits so many seconds.
        patience: seconds to wait in all for one request to be answered.

    Raises:
        FaultyInput: the day is not over or out of reach, credentials are missing or refused, the
            subreddit can't be read, or Reddit does not answer; what was fetched is kept.
    """
    now, span = clock(), bounds(day, zone)
    if now.timestamp() < span[1]:
        fix = "Fetch it once it is over."
        raise FaultyInput([Fault(f"reddit, {subreddit}, {day}", "a day that is not over", fix)])
    gone = frozenset(name.lower() for name in opted_out)
    shelf.forget(gone)
    shelf.note(ZONE, zone.key)
    shelf.note(FIRST_DAY, (now.astimezone(zone).date() - _WEEK).isoformat(), once=True)
    asker = _Asker(Calls(connect, sleep=sleep, patience=patience), now, gone)
    rules = Rules(type, limit, min_score, max_comments, tuple(f.lower() for f in filters))
    _list(shelf, asker, subreddit, span, bounds(now.astimezone(zone).date(), zone)[0])
    _fetch_trees(shelf, asker, subreddit, span, rules, progress)
    threads, _, reasons = _choice(shelf, subreddit, span, rules)
    kept, dropped = items_of(shelf, threads, reasons, rules)
    return Fetched(
        items=[record(thing, subreddit=subreddit, day=day) for thing in kept],
        dropped=dropped,
        entered=sum(_size(shelf, thread) for thread in threads),
        requests=asker.calls.made,
        notes=[] if threads else [f"r/{subreddit} has no thread of {day}"],
    )


def is_covered(shelf: Shelf, *, subreddit: str, day: date, zone: ZoneInfo) -> bool:
    """Whether the shelf holds all submissions of the day, so that none is to be listed."""
    return coverage.gap(shelf, subreddit, *bounds(day, zone)) is None


def forget(shelf: Shelf, *, opted_out: Collection[str]) -> set[str]:
    """Erase all that these users wrote, in any subreddit; asks Reddit for nothing.

    Returns:
        Ids of the threads of which something was erased, now or in a call that was cut short
        before `sweeping.written`; their tables are stale.
    """
    now = {thing.thread_id for thing in shelf.forget(opted_out)}
    earlier = shelf.db.execute(
        "select thread_id from stale where exists (select 1 from items"
        " where items.thread_id = stale.thread_id and gone = 'author_opted_out')"
    )
    return now | {thread for (thread,) in earlier}


@dataclass(frozen=True, slots=True)
class _Asker:
    calls: Calls
    now: datetime
    opted_out: frozenset[str]


def _list(shelf: Shelf, asker: _Asker, subreddit: str, span: tuple[int, int], newest: int) -> None:
    if coverage.gap(shelf, subreddit, *span) is None:
        return
    with shelf.alone():
        cover(
            shelf, asker.calls, subreddit=subreddit, start=span[0], end=span[1], newest=newest,
            checked=asker.now.timestamp(), opted_out=asker.opted_out,
        )  # fmt: skip


def _fetch_trees(
    shelf: Shelf, asker: _Asker, subreddit: str, span: tuple[int, int], rules: Rules,
    progress: Callable[[int, int], None],
) -> None:  # fmt: skip
    """Until every chosen thread has its tree: one that was edited may no longer be chosen."""
    done = 0
    while missing := _without_tree(shelf, _choice(shelf, subreddit, span, rules)[1]):
        total = done + len(missing)
        for thread in missing:
            with shelf.alone():
                fetch_tree(
                    shelf, asker.calls, thread,
                    checked=asker.now.timestamp(), opted_out=asker.opted_out,
                )  # fmt: skip
            done += 1
            progress(done, total)


def _size(shelf: Shelf, thread: Thing) -> int:
    return 1 + len(shelf.comments(thread.item_id)) + stubs.given_up(shelf, thread.item_id)


Choice = tuple[list[Thing], list[Thing], dict[str, str]]


def _choice(shelf: Shelf, subreddit: str, span: tuple[int, int], rules: Rules) -> Choice:
    """The day's submissions, those to use, and why the others are not."""
    threads = shelf.submissions(subreddit, start=span[0], end=span[1])
    vanished = sum(1 for t in threads if t.gone and stubs.state(shelf, t.item_id))
    return threads, *choose(threads, rules, vanished=vanished)


def _without_tree(shelf: Shelf, threads: Collection[Thing]) -> list[Thing]:
    return [
        thread
        for thread in threads
        if stubs.state(shelf, thread.item_id) != "complete" and not _is_dumped(shelf, thread)
    ]


def _is_dumped(shelf: Shelf, thread: Thing) -> bool:
    end = thread.created + _TREE
    return coverage.gap(shelf, thread.subreddit, thread.created, end, kind="comments") is None
