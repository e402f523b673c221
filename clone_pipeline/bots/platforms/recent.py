"""The last messages of each channel, for platforms that only tell what is new."""

import dataclasses
import threading
from collections import OrderedDict

from clone_pipeline.bots.heard import Said

_CHANNELS = 1000
_CHARACTERS = 4000  # of a text: no prompt shows more of what was said before


class Recent:
    """The last `most` messages of each of the last 1,000 channels; safe for threads.

    Args:
        most: messages of a channel.
        by_number: the ids are numbers that grow with time, and order the messages, whenever each
            was told; else they stand in the order of their telling.
    """

    def __init__(self, most: int = 100, *, by_number: bool = False) -> None:
        self.most, self._by_number = most, by_number
        self._channels: OrderedDict[str, OrderedDict[str, Said]] = OrderedDict()
        self._lock = threading.Lock()

    def __contains__(self, channel: str) -> bool:
        """Something was said there that is still known."""
        with self._lock:
            return channel in self._channels

    def add(self, channel: str, said: Said) -> None:
        """Put it in its place; a message that is there already keeps it."""
        with self._lock:
            lines = self._channels.setdefault(channel, OrderedDict())
            self._channels.move_to_end(channel)
            last = next(reversed(lines), said.message_id)
            lines[said.message_id] = dataclasses.replace(said, text=said.text[:_CHARACTERS])
            if self._by_number and int(said.message_id) < int(last):
                for known in sorted(lines, key=int):
                    lines.move_to_end(known)
            while len(lines) > self.most:
                lines.popitem(last=False)
            while len(self._channels) > _CHANNELS:
                self._channels.popitem(last=False)

    def get(self, channel: str, message_id: str) -> Said | None:
        """That message, None if it isn't known."""
        with self._lock:
            return self._channels.get(channel, OrderedDict()).get(message_id)

    def before(self, channel: str, message_id: str) -> tuple[Said, ...]:
        """What was said before that message, oldest first; all of it if that one isn't known."""
        with self._lock:
            found: list[Said] = []
            end = int(message_id) if self._by_number and message_id else None
            for known, said in self._channels.get(channel, {}).items():
                if known == message_id or (end is not None and int(known) > end):
                    break
                found.append(said)
            return tuple(found)

    def forget(self, channel: str, message_id: str) -> None:
        """It was deleted."""
        with self._lock:
            self._channels.get(channel, OrderedDict()).pop(message_id, None)

    def edit(self, channel: str, message_id: str, text: str) -> None:
        """Its writer changed it; nothing happens if it isn't known."""
        with self._lock:
            lines = self._channels.get(channel, OrderedDict())
            if said := lines.get(message_id):
                lines[message_id] = dataclasses.replace(said, text=text[:_CHARACTERS])
