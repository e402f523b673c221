"""Sendings of which nobody knows what became of them: looked up until the platform tells."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from clone_pipeline.bots.items import Item, Key
from clone_pipeline.bots.patience import LONGEST
from clone_pipeline.bots.speaking import Speaker

# A request whose answer was lost may still be on its way.
FIRST_SECONDS = 5.0
GIVE_UP = timedelta(days=1)


@dataclass(slots=True)
class _Open:
    item: Item
    since: datetime
    next: datetime
    pause: float = FIRST_SECONDS


@dataclass(slots=True)
class Unsettled:
    """Asks the platform again and again, with longer pauses; after a day nobody will know."""

    speaker: Speaker
    _open: dict[Key, _Open] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self._open)

    def add(self, item: Item) -> None:
        """Look it up some seconds from now."""
        now = self.speaker.bot.now()
        next_time = now + timedelta(seconds=FIRST_SECONDS)
        self._open.setdefault(item.key, _Open(item, now, next_time))

    def __contains__(self, key: object) -> bool:
        return key in self._open

    async def look(self) -> bool:
        """Look up what it is time for; whether anything was found out."""
        now, found = self.speaker.bot.now(), False
        for key, each in list(self._open.items()):
            if each.next > now:
                continue
            item = self.speaker.bot.queue.get(key)
            if item is None or item.state != "sending" or await self.speaker.settle(item):
                del self._open[key]
                found = True
            elif now - each.since > GIVE_UP:
                self.speaker.give_up(item)
                del self._open[key]
            else:
                each.pause = min(each.pause * 2, LONGEST)
                each.next = self.speaker.bot.now() + timedelta(seconds=each.pause)
        return found
