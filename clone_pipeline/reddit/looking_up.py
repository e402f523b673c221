"""What Reddit shows of items by their ids, and whether it shows their subreddit at all.

`/api/info` (https://www.reddit.com/dev/api#GET_info) tells of 100 items a request, and leaves out
those of a subreddit that is private, banned or quarantined as if they had never been.
"""

from collections.abc import Collection

from clone_pipeline.reddit import things
from clone_pipeline.reddit.calls import Calls, Refused
from clone_pipeline.reddit.things import Thing
from clone_pipeline.settings import Fault, FaultyInput

BATCH = 100


class Hidden(FaultyInput):
    """Reddit does not show a subreddit, so that nothing missing of it is known to be deleted."""


def shown(
    calls: Calls, item_ids: Collection[str], *, opted_out: frozenset[str]
) -> dict[str, Thing]:
    """Those of these items, at most 100, that Reddit has something to tell of, by item_id."""
    answer = calls.get("api/info/", id=",".join(item_ids))
    read = {"t3": things.submission, "t1": things.comment}
    found = [read[c["kind"]](c["data"], opted_out=opted_out) for c in answer["data"]["children"]]
    return {thing.item_id: thing for thing in found}


def born(calls: Calls, subreddit: str) -> int:
    """When the subreddit was founded, in Unix seconds.

    Raises:
        Hidden: Reddit does not show it.
    """
    try:
        return int(calls.get(f"r/{subreddit}/about")["data"]["created_utc"])
    except Refused as error:
        fix = (
            "Nothing of it was erased. If it is private or banned for good, decide what becomes "
            "of what is held (docs/reddit.md); `skip: true` leaves it out."
        )
        found = f"a subreddit that Reddit does not show ({error.answer})"
        raise Hidden([Fault(f"reddit.subs.{subreddit}", found, fix)]) from error
