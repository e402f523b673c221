"""Which held items are to be looked up again, and which of them next."""

from dataclasses import dataclass
from datetime import datetime

from clone_pipeline.reddit.shelf import Shelf
from clone_pipeline.reddit.things import Thing

_WHERE = "subreddit = ? and gone is null and checked < ? and created >= ?"


@dataclass(frozen=True, slots=True)
class Due:
    """Of `subreddit`, last looked at before `checked_before`, made after `newer_than`."""

    subreddit: str
    checked_before: datetime
    newer_than: datetime | None

    def count(self, shelf: Shelf) -> int:
        """How many items."""
        query = f"select count(*) from items where {_WHERE}"
        return int(shelf.db.execute(query, self._values()).fetchone()[0])

    def first(self, shelf: Shelf, at_most: int) -> list[Thing]:
        """Those not looked at for longest.

        The order is stable: what was looked up together is looked up together again.
        """
        order = f"order by checked, created, item_id limit {at_most}"
        return shelf.select(f"{_WHERE} {order}", *self._values())

    def _values(self) -> tuple[str, float, float]:
        since = self.newer_than.timestamp() if self.newer_than else 0.0
        return self.subreddit.lower(), self.checked_before.timestamp(), since
