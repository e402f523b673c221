"""The time, and waiting for it: handed to all that waits, so that tests can run it faster."""

import asyncio
from datetime import UTC, datetime


class Clock:
    """The machine's own time."""

    def now(self) -> datetime:
        """The present (UTC)."""
        return datetime.now(UTC)

    async def sleep(self, seconds: float) -> None:
        """Wait so long."""
        await asyncio.sleep(seconds)

    async def wait(self, event: asyncio.Event, seconds: float) -> None:
        """Wait until the event is set, at most so long; the event is cleared."""
        waiting = [asyncio.ensure_future(event.wait()), asyncio.ensure_future(self.sleep(seconds))]
        try:
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for each in waiting:
                each.cancel()
        event.clear()
