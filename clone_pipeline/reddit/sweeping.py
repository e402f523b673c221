"""Looking held items up again: what was deleted at Reddit is erased here, edits are taken over.

Reddit asks to remove deleted content and recommends to do so within 48 hours
(https://support.reddithelp.com/hc/en-us/articles/16160319875092-Reddit-Data-API-Wiki).
`/api/info` (https://www.reddit.com/dev/api#GET_info) tells of 100 items a request.
"""

import dataclasses
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from clone_pipeline.reddit import things
from clone_pipeline.reddit.calls import PATIENCE, Calls
from clone_pipeline.reddit.fetching import ZONE, now_utc
from clone_pipeline.reddit.shelf import Shelf
from clone_pipeline.reddit.things import Thing

if TYPE_CHECKING:
    import praw

BATCH = 100
# What was looked at so lately is left for the next night; a sweep that was cut short goes on.
_FRESH = timedelta(hours=20)


@dataclass(frozen=True, slots=True)
class Swept:
    """What a sweep did; `days` are those whose tables are to be written again, see `written`."""

    days: set[date]
    deleted: int
    edited: int
    requests: int


def sweep(
    shelf: Shelf, *, connect: Callable[[], "praw.Reddit"], subreddit: str,
    opted_out: Sequence[str], newer_than: datetime | None,
    progress: Callable[[int, int], None], clock: Callable[[], datetime] = now_utc,
    sleep: Callable[[float], None] = time.sleep, patience: float = PATIENCE,
) -> Swept:  # fmt: skip
    """Look all held items of a subreddit up that were not looked at for 20 hours.

    Each answer is worked in before the next request. A batch of which Reddit shows nothing at all
    (an outage, a subreddit that went private) is only erased if the next sweep meets the same.

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

    Returns:
        What was done now, and the days (in the zone of the last fetch) that changed, now or
        earlier, and whose tables were not `written` since.
    """
    gone = frozenset(name.lower() for name in opted_out)
    erased = [t for t in shelf.forget(gone) if t.subreddit == subreddit.lower()]
    deleted, edited = len(erased), 0
    calls = Calls(connect, sleep=sleep, patience=patience)
    with shelf.alone():
        due = _due(shelf, subreddit, clock(), newer_than)
        for place in range(0, len(due), BATCH):
            batch = due[place : place + BATCH]
            shown = _shown(calls, batch, gone)
            with shelf.transaction():
                lost, renewed = _work_in(shelf, batch, shown, checked=clock().timestamp())
            deleted, edited = deleted + lost, edited + renewed
            progress(place + len(batch), len(due))
    return Swept(set(_stale(shelf, subreddit).values()), deleted, edited, calls.made)


def written(shelf: Shelf, *, subreddit: str, days: Collection[date]) -> None:
    """Tell the shelf that the tables of these days are on the disk, as `fetch_day` gave them.

    Until then every sweep names a day that changed, so that no kill leaves a stale table.
    """
    done = [i for i, day in _stale(shelf, subreddit).items() if day in days]
    with shelf.transaction():
        shelf.db.executemany("delete from stale where thread_id = ?", [(i,) for i in done])


def _due(shelf: Shelf, subreddit: str, now: datetime, newer_than: datetime | None) -> list[Thing]:
    """What is to be looked up, in a stable order, so that what changes together is together."""
    since = newer_than.timestamp() if newer_than else 0
    where = "subreddit = ? and gone is null and checked < ? and created >= ?"
    before = (now - _FRESH).timestamp()
    return shelf.select(f"{where} order by created, item_id", subreddit.lower(), before, since)


def _shown(calls: Calls, batch: Sequence[Thing], gone: frozenset[str]) -> dict[str, Thing]:
    answer = calls.get("api/info/", id=",".join(thing.item_id for thing in batch))
    read = {"t3": things.submission, "t1": things.comment}
    found = [read[c["kind"]](c["data"], opted_out=gone) for c in answer["data"]["children"]]
    return {thing.item_id: thing for thing in found}


def _work_in(
    shelf: Shelf, batch: Sequence[Thing], shown: Mapping[str, Thing], *, checked: float
) -> tuple[int, int]:
    """How many were erased and how many renewed."""
    lost = renewed = 0
    missing_is_gone = bool(shown) or _missed_before(shelf, batch)
    for thing in batch:
        now = shown.get(thing.item_id)
        reason = now.gone if now else ("deleted" if missing_is_gone else None)
        if reason:
            shelf.erase(thing, reason)
            lost += 1
        elif now and (now.title, now.text) != (thing.title, thing.text):
            shelf.replace(
                dataclasses.replace(thing, title=now.title, text=now.text, edited=now.edited)
            )
            renewed += 1
    ids = [thing.item_id for thing in batch]
    shelf.touch(ids, checked=checked)
    misses = 0 if shown else 1
    shelf.db.executemany(
        "update items set misses = ? where item_id = ?", [(misses, i) for i in ids]
    )
    return lost, renewed


def _missed_before(shelf: Shelf, batch: Sequence[Thing]) -> bool:
    marks = ",".join("?" * len(batch))
    row = shelf.db.execute(
        f"select min(misses) from items where item_id in ({marks})", [t.item_id for t in batch]
    ).fetchone()
    return bool(row[0])


def _stale(shelf: Shelf, subreddit: str) -> dict[str, date]:
    """Threads that changed since their table was written, with the table's day."""
    zone = ZoneInfo(shelf.fact(ZONE) or "UTC")
    heads = shelf.select(
        "item_id in (select thread_id from stale where subreddit = ?)", subreddit.lower()
    )
    return {
        t.item_id: datetime.fromtimestamp(t.created, UTC).astimezone(zone).date() for t in heads
    }
