"""Looking held items up again: what was deleted at Reddit is erased here, edits are taken over.

Reddit asks to remove deleted content and recommends to do so within 48 hours
(https://support.reddithelp.com/hc/en-us/articles/16160319875092-Reddit-Data-API-Wiki).
"""

import dataclasses
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from clone_pipeline.reddit import looking_up
from clone_pipeline.reddit.calls import PATIENCE, Calls
from clone_pipeline.reddit.days import ZONE, now_utc
from clone_pipeline.reddit.due import Due
from clone_pipeline.reddit.shelf import Shelf
from clone_pipeline.reddit.things import Thing

if TYPE_CHECKING:
    import praw

# What was looked at so lately is left for the next night; a sweep that was cut short goes on.
_FRESH = timedelta(hours=20)
# An hour, at the 100 a minute that Reddit allows.
_MOST_REQUESTS = 6000


@dataclass(frozen=True, slots=True)
class Swept:
    """What a sweep did.

    Attributes:
        threads: those that changed, now or earlier, and whose tables are not `written` since.
        days: of these threads, in the zone of the last fetch.
        deleted: items erased now.
        edited: items renewed now.
        requests: that were sent.
        notes: what the user should know.
    """

    threads: set[str]
    days: set[date]
    deleted: int
    edited: int
    requests: int
    notes: list[str]


def sweep(
    shelf: Shelf, *, connect: Callable[[], "praw.Reddit"], subreddit: str,
    opted_out: Sequence[str], newer_than: datetime | None,
    progress: Callable[[int, int], None], clock: Callable[[], datetime] = now_utc,
    sleep: Callable[[float], None] = time.sleep, patience: float = PATIENCE,
) -> Swept:  # fmt: skip
    """Look up what is held of a subreddit and was not looked at for 20 hours; 600,000 items.

    What was not looked at for longest comes first, and what is beyond the bound first the next
    time. Each answer is worked in before the next request, and others may ask Reddit in between.
    A batch of which Reddit shows nothing at all (an outage, a subreddit that went private) is only
    erased if the next sweep meets the same, and Reddit shows the subreddit then.

    Args:
        shelf: what is held.
        connect: gives a praw session; only called if there is something to look up.
        subreddit: its name, without r/.
        opted_out: users whose items are erased, without asking.
        newer_than: only items that were made after this; None: all.
        progress: told items done and items in all.
        clock: the time now.
        sleep: waits so many seconds.
        patience: seconds to wait in all for one request to be answered.

    Raises:
        Hidden: Reddit does not show the subreddit any more.
        FaultyInput: it refuses or does not answer. What was done before stays done.
    """
    gone = frozenset(name.lower() for name in opted_out)
    forgotten = [thing for thing in shelf.forget(gone) if thing.subreddit == subreddit.lower()]
    changed = {thing.thread_id for thing in forgotten}
    deleted, edited = len(forgotten), 0
    calls = Calls(connect, sleep=sleep, patience=patience)
    due = Due(subreddit, checked_before=clock() - _FRESH, newer_than=newer_than)
    done, total = 0, due.count(shelf)
    while calls.made < _MOST_REQUESTS:
        with shelf.alone():
            if not (batch := due.first(shelf, looking_up.BATCH)):
                break
            lost, renewed = _look_up(shelf, calls, batch, gone, clock)
        changed |= {thing.thread_id for thing in [*lost, *renewed]}
        deleted, edited, done = deleted + len(lost), edited + len(renewed), done + len(batch)
        progress(done, max(total, done))
    stale = _stale(shelf, subreddit, changed)
    days = {day for day in stale.values() if day}
    notes = _notes(subreddit, due.count(shelf))
    return Swept(set(stale), days, deleted, edited, calls.made, notes)


def written(shelf: Shelf, *, threads: Collection[str]) -> None:
    """Tell the shelf that the tables of these threads are on the disk, as `fetch_day` gave them.

    Until then every sweep names a thread that changed, so that no kill leaves a stale table.
    """
    with shelf.transaction():
        shelf.db.executemany("delete from stale where thread_id = ?", [(i,) for i in threads])


def _look_up(
    shelf: Shelf, calls: Calls, batch: Sequence[Thing], gone: frozenset[str],
    clock: Callable[[], datetime],
) -> tuple[list[Thing], list[Thing]]:  # fmt: skip
    """What was erased and what was renewed, as it was."""
    ids = [thing.item_id for thing in batch]
    shown = looking_up.shown(calls, ids, opted_out=gone)
    missing = set(ids) - set(shown)
    if not shown:
        missing = _missed_before(shelf, ids)
        if missing:
            looking_up.born(calls, batch[0].subreddit)
    with shelf.transaction():
        return _work_in(shelf, batch, shown, missing, checked=clock().timestamp())


def _work_in(
    shelf: Shelf, batch: Sequence[Thing], shown: Mapping[str, Thing], missing: Collection[str], *,
    checked: float,
) -> tuple[list[Thing], list[Thing]]:  # fmt: skip
    lost: list[Thing] = []
    renewed: list[Thing] = []
    for thing in batch:
        now = shown.get(thing.item_id)
        reason = now.gone if now else ("deleted" if thing.item_id in missing else None)
        if reason:
            shelf.erase(thing, reason)
            lost.append(thing)
        elif now and (now.title, now.text) != (thing.title, thing.text):
            shelf.replace(
                dataclasses.replace(thing, title=now.title, text=now.text, edited=now.edited)
            )
            renewed.append(thing)
    ids = [thing.item_id for thing in batch]
    shelf.touch(ids, checked=checked)
    misses = 0 if shown else 1
    shelf.db.executemany(
        "update items set misses = ? where item_id = ?", [(misses, i) for i in ids]
    )
    return lost, renewed


def _missed_before(shelf: Shelf, ids: Sequence[str]) -> set[str]:
    marks = ",".join("?" * len(ids))
    rows = shelf.db.execute(
        f"select item_id from items where item_id in ({marks}) and misses > 0", ids
    )
    return {row[0] for row in rows}


def _stale(shelf: Shelf, subreddit: str, changed: Collection[str]) -> dict[str, date | None]:
    """Threads that changed since their table was written, with the table's day if it is known.

    `changed` are those that this sweep changed, also if a run beside it wrote their tables.
    """
    zone = ZoneInfo(shelf.fact(ZONE) or "UTC")
    rows = shelf.db.execute(
        "select stale.thread_id, items.created from stale"
        " left join items on item_id = stale.thread_id where stale.subreddit = ?",
        (subreddit.lower(),),
    )
    return dict.fromkeys(changed) | {
        thread: None
        if created is None
        else datetime.fromtimestamp(created, UTC).astimezone(zone).date()
        for thread, created in rows
    }


def _notes(subreddit: str, left: int) -> list[str]:
    if not left:
        return []
    return [
        f"r/{subreddit}: {left:,} held items were not looked up this night, as {_MOST_REQUESTS:,} "
        "requests were sent; they come first the next time"
    ]
