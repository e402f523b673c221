"""The terminal as a platform: every line is a direct message, the end of input ends it."""

import asyncio
import logging
import sys
import threading
import unicodedata
import uuid
from collections.abc import AsyncIterator
from concurrent.futures import CancelledError
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from clone_pipeline.bots.connector import CannotTell, Ears, Refused, Saying
from clone_pipeline.bots.heard import Heard, Said
from clone_pipeline.bots.items import Item
from clone_pipeline.bots.platform_settings import TerminalSettings
from clone_pipeline.bots.platforms.recent import Recent

log = logging.getLogger(__name__)

WHO = "you"
_CHANNEL = "terminal"
_MOST_LINES = 100  # that are read ahead


def skipped(settings: TerminalSettings) -> str | None:
    """Never: there is nothing to set."""
    return None


def connector(settings: TerminalSettings, *, bot: str, folder: Path) -> "Terminal":
    """One bot in this terminal."""
    return Terminal(bot)


class Terminal:
    """Reads standard input and writes standard output."""

    def __init__(self, bot: str) -> None:
        self.bot = bot
        self.recent = Recent()

    async def run(self, ears: Ears) -> None:
        """Hear line after line, until the input ends."""
        lines: asyncio.Queue[str | None] = asyncio.Queue(_MOST_LINES)
        loop = asyncio.get_running_loop()

        def put(line: str | None) -> None:
            if not loop.is_closed():
                asyncio.run_coroutine_threadsafe(lines.put(line), loop).result()

        def read() -> None:
            with suppress(CancelledError):  # the loop ends
                try:
                    for line in sys.stdin.buffer:
                        put(line.decode(errors="replace"))
                except (OSError, ValueError) as error:
                    log.warning("The terminal's input can't be read: %s", error)
                put(None)

        threading.Thread(target=read, daemon=True, name="terminal").start()
        while (line := await lines.get()) is not None:
            if text := line.strip():
                said = Said(uuid.uuid4().hex, WHO, text)
                before = self.recent.before(_CHANNEL, said.message_id)
                self.recent.add(_CHANNEL, said)
                ears.hear(
                    Heard(
                        "terminal", said.message_id, _CHANNEL, WHO, text, datetime.now(UTC),
                        kind="direct", context=before, to_us=True,
                    )
                )  # fmt: skip

    async def close(self) -> None:
        """See `Connector`."""

    async def ready(self) -> None:
        """A terminal always is."""

    async def send(self, saying: Saying) -> str:
        """Write it."""
        sent_id = uuid.uuid4().hex
        self.recent.add(_CHANNEL, Said(sent_id, self.bot, saying.text, ours=True))
        sys.stdout.write(f"{self.bot}: {_shown(saying.text)}\n")
        sys.stdout.flush()
        return sent_id

    async def look_up(self, item: Item) -> str | None:
        """Nobody remembers what stood in a terminal."""
        raise CannotTell

    async def edit(self, item: Item, text: str) -> None:
        """What is written stays."""
        raise Refused("a terminal can't be changed")

    @asynccontextmanager
    async def typing(self, heard: Heard) -> AsyncIterator[None]:
        """Nothing is shown."""
        yield

    async def introduce(self, text: str) -> None:
        """A terminal has no profile."""


def _shown(text: str) -> str:
    """Without what a terminal obeys, or can't write."""
    return "".join(c for c in text if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs"))
