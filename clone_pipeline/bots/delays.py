"""How long a bot waits before it sends, as a person would."""

import random
from typing import Annotated

from pydantic import Field, model_validator

from clone_pipeline.bots.heard import Platform
from clone_pipeline.settings import Settings

# Seconds: VTX waits 300 to 900 s on Reddit and 2 to 13 s in a chat.
REDDIT = (300.0, 900.0)
CHAT = (2.0, 13.0)
USUAL: dict[Platform, tuple[float, float]] = {"reddit": REDDIT, "terminal": (0.0, 0.0)}

Seconds = Annotated[float, Field(ge=0, le=604_800)]


class DelaySettings(Settings):
    """Between hearing and sending; what is left out is 300 to 900 on Reddit, 2 to 13 in chats."""

    min: Seconds | None = Field(None, description="shortest wait, in seconds; left out: as usual")
    max: Seconds | None = Field(None, description="longest wait, in seconds; left out: as usual")

    @model_validator(mode="after")
    def _in_order(self) -> "DelaySettings":
        if self.min is not None and self.max is not None and self.min > self.max:
            raise ValueError(f"min {self.min:g} is above max {self.max:g}; swap them")
        return self


def seconds(
    platform: Platform, *, min: float | None, max: float | None, draw: random.Random
) -> float:
    """A wait between the two; a bound that is None is the platform's usual one, or the other."""
    usual_min, usual_max = USUAL.get(platform, CHAT)
    low = min if min is not None else usual_min if max is None or usual_min <= max else max
    high = max if max is not None else usual_max if usual_max >= low else low
    return draw.uniform(low, high)
