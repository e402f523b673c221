"""Time that passes faster than the machine's and goes on over restarts."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from clone_pipeline.bots.clock import Clock

SHORTEST = 0.02  # real seconds: what is asked every second is not to be asked all the time


@dataclass(frozen=True)
class SpedClock(Clock):
    """It is `anchor` at the machine's time `began`, and `speed` times as fast from then on."""

    anchor: datetime
    began: datetime
    speed: float

    def now(self) -> datetime:
        return self.anchor + self.speed * (datetime.now(UTC) - self.began)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(max(seconds / self.speed, SHORTEST) if seconds > 0 else 0)

    @property
    def zone(self) -> str:
        """A time zone where no midnight comes within nineteen hours."""
        ahead = (4 - self.anchor.hour + 11) % 24 - 11
        return f"Etc/GMT{-ahead:+d}"


def clock(speed: float) -> SpedClock:
    """From now on; it starts in the past, so that it is never ahead of what platforms tell."""
    began = datetime.now(UTC)
    return SpedClock(began - timedelta(hours=12), began, speed)
