"""A day's things on the shelf as items, with what is dropped counted."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime

from clone_pipeline.records import RedditItem
from clone_pipeline.reddit import stubs
from clone_pipeline.reddit.choosing import Rules, cut
from clone_pipeline.reddit.shelf import Shelf
from clone_pipeline.reddit.things import Thing


def items_of(
    shelf: Shelf, threads: Sequence[Thing], reasons: Mapping[str, str], rules: Rules
) -> tuple[list[Thing], Counter[str]]:
    """What of these threads is used, and how many things are dropped for which reason.

    Every thing that the shelf holds of them is in one or the other. Comments below a submission
    that is gone are dropped as "thread_gone": without it they answer nothing. Links to more that
    Reddit did not answer count as a thing each, dropped as "not_shown".

    Args:
        shelf: gives the comments.
        threads: all submissions of a day.
        reasons: why a thread is not used, by item_id.
        rules: which comments are used.

    Returns:
        Threads in their order, each followed by its comments, the oldest first.
    """
    kept: list[Thing] = []
    dropped: Counter[str] = Counter()
    for thread in threads:
        comments = shelf.comments(thread.item_id)
        dropped["not_shown"] += stubs.given_up(shelf, thread.item_id)
        if reason := reasons.get(thread.item_id):
            dropped[reason] += 1
            unused = "thread_gone" if thread.gone else reason
            dropped.update(comment.gone or unused for comment in comments)
            continue
        used, lost = cut(comments, rules)
        kept += [thread, *used]
        dropped += lost
    return kept, +dropped


def record(thing: Thing, *, subreddit: str, day: date) -> RedditItem:
    """The thing as a row, not masked; `subreddit` is spelt as in the settings."""
    return RedditItem(
        item_id=thing.item_id,
        thread_id=thing.thread_id,
        parent_id=thing.parent_id,
        subreddit=subreddit,
        day=day,
        author=thing.author,
        created=datetime.fromtimestamp(thing.created, UTC),
        edited=None if thing.edited is None else datetime.fromtimestamp(thing.edited, UTC),
        score=thing.score,
        title=thing.title,
        text=thing.text,
        url=thing.url,
        permalink=thing.permalink,
    )
