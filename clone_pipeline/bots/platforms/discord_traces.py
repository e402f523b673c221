"""What a bot on Discord remembers over restarts: how far it heard, and who wrote to it directly."""

import json
import logging
import time
from datetime import timedelta
from pathlib import Path

import discord

log = logging.getLogger(__name__)

# Who was not heard for longer than this is no longer answered.
LONGEST_ABSENCE = timedelta(minutes=30)
# Messages of several channels come out of order; what is known is not heard twice.
OVERLAP = timedelta(minutes=1)
_SAVE_SECONDS = 5.0
_DIRECTS = 20


class Traces:
    """The newest message's id, and the last 20 channels of direct messages; in a file.

    What was missed is read while new messages move the newest id on: until it is all heard, the
    file keeps where the gap begins.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._saved = 0.0
        self._seen, self._gap, self._directs = _read(file)

    @property
    def directs(self) -> tuple[int, ...]:
        """Channels of direct messages, the latest last."""
        return tuple(self._directs)

    def heard(self, message: discord.Message, *, direct: bool) -> None:
        """The bot is up to this message."""
        self._seen = max(self._seen, message.id)
        if direct and self._directs[-1:] != [message.channel.id]:
            others = [each for each in self._directs if each != message.channel.id]
            self._directs = [*others, message.channel.id][-_DIRECTS:]
        if time.monotonic() - self._saved > _SAVE_SECONDS:
            self.save()

    def begin(self) -> int | None:
        """The id after which messages may have been missed; None if the bot was never here."""
        if not self._seen:
            return None
        seen = discord.utils.time_snowflake(discord.utils.snowflake_time(self._seen) - OVERLAP)
        oldest = discord.utils.time_snowflake(discord.utils.utcnow() - LONGEST_ABSENCE)
        self._gap = max(min(seen, self._gap or seen), oldest)
        return self._gap

    def caught_up(self) -> None:
        """All that was missed is heard."""
        self._gap = 0
        self.save()

    def save(self) -> None:
        """Keep it; not flushed to the disk, which may take seconds: a lost minute is looked up."""
        if not self._seen:
            return
        self._saved = time.monotonic()
        self._file.parent.mkdir(parents=True, exist_ok=True)
        part = self._file.with_name(f".{self._file.name}.part")
        kept = {"seen": self._seen, "gap": self._gap, "directs": self._directs}
        part.write_text(json.dumps(kept))
        part.replace(self._file)


def _read(file: Path) -> tuple[int, int, list[int]]:
    if not file.exists():
        return 0, 0, []
    try:
        kept = json.loads(file.read_text(encoding="utf-8"))
        directs = [int(each) for each in kept["directs"]]
        return int(kept["seen"]), int(kept.get("gap", 0)), directs
    except (ValueError, KeyError, TypeError, AttributeError):
        log.warning("%s can't be read: what was said meanwhile is not heard", file)
        return 0, 0, []
