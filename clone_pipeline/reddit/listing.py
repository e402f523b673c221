"""Listing a subreddit from the newest submission back, until a day is covered.

`/r/S/new` (https://www.reddit.com/dev/api#GET_new) gives 100 submissions a request and about
1000 in all (praw's ListingGenerator says the same). After an outage one walk closes the gap.
"""

from typing import Any

from clone_pipeline.reddit import coverage, looking_up, things
from clone_pipeline.reddit.calls import Calls, Refused
from clone_pipeline.reddit.coverage import Stretch
from clone_pipeline.reddit.shelf import Shelf
from clone_pipeline.settings import Fault, FaultyInput

PAGE = 100
_DAY = 86_400
# How Reddit answers for a subreddit that is private, banned or that never was.
_HIDDEN = frozenset({302, 403, 404})


class OutOfReach(FaultyInput):
    """A day that Reddit's listing no longer gives; only a dump can."""


def cover(
    shelf: Shelf, calls: Calls, *, subreddit: str, start: int, end: int, newest: int,
    checked: float, opted_out: frozenset[str],
) -> None:  # fmt: skip
    """Have the shelf hold every submission from `start` to before `end`.

    Each page is durable before the next is asked for, and a walk that was cut short goes on where
    it was.

    Args:
        shelf: where pages are put.
        calls: how Reddit is asked.
        subreddit: its name.
        start: Unix second.
        end: Unix second, at most `newest`.
        newest: what was created from this second on is left for another night, so that a thread
            has some hours to collect its score.
        checked: now, in Unix seconds.
        opted_out: user names in lower case.

    Raises:
        OutOfReach: the listing does not reach back so far.
        FaultyInput: the subreddit can't be read.
    """
    walked = False
    while (gap_end := coverage.gap(shelf, subreddit, start, end)) is not None:
        stretch = coverage.above(shelf, subreddit, gap_end)
        if stretch and stretch.ended:
            raise _out_of_reach(subreddit)
        page = _page(calls, subreddit, stretch.cursor if stretch else None)
        if stretch and not page["children"] and not walked:
            coverage.lose_cursor(shelf, subreddit, stretch)  # its submission is gone: start anew
            continue
        if not stretch and not page["children"]:
            _cover_before_birth(shelf, calls, subreddit, end)
            continue
        walked = True
        edge = stretch.low if stretch else newest
        found = [things.submission(c["data"], opted_out=opted_out) for c in page["children"]]
        oldest = min((thing.created for thing in found), default=edge)
        reached = Stretch(
            low=min(oldest + 1, edge),
            high=edge,
            cursor=found[-1].item_id if found else (stretch and stretch.cursor) or "t3_",
            ended=not page.get("after"),
        )
        if reached.ended and _is_whole(calls, subreddit, oldest, is_first=stretch is None):
            reached = Stretch(0, edge, reached.cursor, True)
        _keep(shelf, subreddit, [t for t in found if t.created < edge], reached, checked)


def _keep(
    shelf: Shelf, subreddit: str, found: list[things.Thing], reached: Stretch, checked: float
) -> None:
    with shelf.transaction():
        new = [t for t in found if not coverage.held(shelf, "submissions", subreddit, t.created)]
        shelf.add(new, checked=checked)
        coverage.add_listed(shelf, subreddit, reached)


def _page(calls: Calls, subreddit: str, after: str | None) -> Any:
    try:
        return calls.get(f"r/{subreddit}/new", limit=PAGE, after=after)["data"]
    except Refused as error:
        if error.status not in _HIDDEN:
            raise
        fix = (
            "Look whether the name is right and the subreddit is public; `skip: true` leaves it "
            "out and keeps what was fetched."
        )
        found = f"a subreddit that Reddit does not show ({error.answer})"
        raise FaultyInput([Fault(f"reddit.subs.{subreddit}", found, fix)]) from error


def _is_whole(calls: Calls, subreddit: str, oldest: int, *, is_first: bool) -> bool:
    """Whether the listing ended at the subreddit's first submission, not at its own bound."""
    if is_first:
        return True
    return oldest - looking_up.born(calls, subreddit) < _DAY


def _cover_before_birth(shelf: Shelf, calls: Calls, subreddit: str, end: int) -> None:
    """A listing without anything tells nothing, but that before the founding nothing was.

    Raises:
        FaultyInput: the subreddit was there before `end`.
    """
    born = looking_up.born(calls, subreddit)
    if born < end:
        fix = (
            "Run it again later; if there really is no thread, leave the subreddit out with "
            "`skip: true`."
        )
        raise FaultyInput([Fault(f"reddit.subs.{subreddit}", "a listing without any thread", fix)])
    with shelf.transaction():
        coverage.add_dumped(shelf, "submissions", subreddit, low=0, high=born)


def _out_of_reach(subreddit: str) -> OutOfReach:
    found = "a day that Reddit's listing no longer reaches (it ends after about 1000 threads)"
    fix = (
        "Put a dump that holds this day into raw_input/reddit/ (see docs/reddit.md), or set "
        "`reddit.since` to a later day."
    )
    return OutOfReach([Fault(f"reddit.subs.{subreddit}", found, fix)])
