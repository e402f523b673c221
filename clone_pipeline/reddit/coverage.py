"""Which stretches of time the shelf holds whole: `low` to before `high`, in Unix seconds.

A stretch that a listing made has a cursor, the fullname from which the listing goes on towards
older submissions, and has `ended` if the listing gave no more. A dump's has neither.
"""

from dataclasses import dataclass
from typing import Literal

from clone_pipeline.reddit.shelf import Shelf

Kind = Literal["submissions", "comments"]


@dataclass(frozen=True, slots=True)
class Stretch:
    """Submissions or comments of one subreddit are all there from `low` to before `high`."""

    low: int
    high: int
    cursor: str | None
    ended: bool


def held(shelf: Shelf, kind: Kind, subreddit: str, second: int) -> bool:
    """Whether all that was created in this second is on the shelf."""
    return any(s.low <= second < s.high for s in _stretches(shelf, kind, subreddit))


def gap(
    shelf: Shelf, subreddit: str, start: int, end: int, *, kind: Kind = "submissions"
) -> int | None:
    """Where the newest gap between `start` and `end` ends; None if all is there."""
    stretches = _stretches(shelf, kind, subreddit)
    while end > start:
        lows = [s.low for s in stretches if s.low < end <= s.high]
        if not lows:
            return end
        end = min(lows)
    return None


def above(shelf: Shelf, subreddit: str, second: int) -> Stretch | None:
    """The nearest listed stretch that lies wholly at or after `second`."""
    listed = _stretches(shelf, "submissions", subreddit)
    return min(
        (s for s in listed if s.low >= second and s.cursor), key=lambda s: s.low, default=None
    )


def add_listed(shelf: Shelf, subreddit: str, new: Stretch) -> None:
    """Note a listed stretch, joined with the listed ones that it meets; call in a transaction."""
    listed = [s for s in _stretches(shelf, "submissions", subreddit) if s.cursor]
    met = [s for s in listed if s.low <= new.high and s.high >= new.low]
    oldest = min([new, *met], key=lambda s: s.low)
    for stretch in met:
        remove(shelf, subreddit, stretch)
    high = max(s.high for s in [new, *met])
    _put(shelf, "submissions", subreddit, Stretch(oldest.low, high, oldest.cursor, oldest.ended))


def add_dumped(shelf: Shelf, kind: Kind, subreddit: str, *, low: int, high: int) -> None:
    """Note that a dump holds all of a stretch; call in a transaction."""
    _put(shelf, kind, subreddit, Stretch(low, high, None, False))


def lose_cursor(shelf: Shelf, subreddit: str, stretch: Stretch) -> None:
    """The listing can't go on from here any more; what it gave stays."""
    with shelf.transaction():
        remove(shelf, subreddit, stretch)
        _put(
            shelf, "submissions", subreddit, Stretch(stretch.low, stretch.high, None, stretch.ended)
        )


def remove(shelf: Shelf, subreddit: str, stretch: Stretch) -> None:
    """Take a listed stretch away; call in a transaction."""
    shelf.db.execute(
        "delete from stretches where kind = 'submissions' and subreddit = ? and low = ?"
        " and high = ? and cursor is ?",
        (subreddit.lower(), stretch.low, stretch.high, stretch.cursor),
    )


def _put(shelf: Shelf, kind: Kind, subreddit: str, s: Stretch) -> None:
    row = (kind, subreddit.lower(), s.low, s.high, s.cursor, s.ended)
    shelf.db.execute("insert into stretches values (?, ?, ?, ?, ?, ?)", row)


def _stretches(shelf: Shelf, kind: Kind, subreddit: str) -> list[Stretch]:
    rows = shelf.db.execute(
        "select low, high, cursor, ended from stretches where kind = ? and subreddit = ?",
        (kind, subreddit.lower()),
    )
    return [Stretch(low, high, cursor, bool(ended)) for low, high, cursor, ended in rows]
