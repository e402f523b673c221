"""A lane with a scripted platform and a real model server, for as long as a block lasts."""

import asyncio
import dataclasses
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from clone_pipeline.bots.items import Item, Key
from clone_pipeline.bots.lane import Lane
from clone_pipeline.bots.opening import files, lanes_of, open_bot
from clone_pipeline.bots.plan import Plan
from clone_pipeline.bots.queue import Queue
from clone_pipeline.bots.settings import BotSettings
from clone_pipeline_tests.bots.scripted import FastClock, Stage

RULES = {"mention_self_frequency": 1.0, "delay": {"min": 0, "max": 0}, "reply_frequency": 1.0}
VOICES = {"anna": {"name": "Anna"}, "ben": {"name": "Ben"}}


def plan(folder: Path, url: str, **settings: Any) -> Plan:
    given: dict[str, Any] = {
        "persona": "anna", "voices": VOICES, "rules": RULES, "discord": {},
        "brain": {"model": {"base_url": url, "model": "m", "tries": 1}},
        "honesty": {"first_message": ""},
    }  # fmt: skip
    bot = BotSettings.model_validate(given | settings)
    return Plan(private=folder / ".private", models=folder / "models", bots={"robo": bot}, seed=1)


@dataclasses.dataclass
class Scene:
    lane: Lane
    stage: Stage
    queue: Queue

    def item(self, number: int) -> Item:
        found = self.queue.get(Key("discord", "robo", f"m{number}"))
        assert found
        return found

    async def until(self, happened: Callable[[], object], *, seconds: float = 8.0) -> None:
        async with asyncio.timeout(seconds):
            while not happened():
                await asyncio.sleep(0.005)

    async def ended(self, number: int) -> Item:
        try:
            await self.until(lambda: self.item(number).state in ("sent", "failed", "silent"))
        except TimeoutError:
            pytest.fail(f"still {self.item(number)}")
        return self.item(number)


@asynccontextmanager
async def opened(
    given: Plan, stages: dict[str, Stage], *, speed: float = 100.0, platform: str = "discord"
) -> AsyncIterator[Scene]:
    clock = FastClock(speed)
    with files(given) as (file, purse):
        async with open_bot("robo", given, file=file, purse_file=purse, clock=clock) as bot:
            (lane,) = lanes_of(bot, given)
            task = asyncio.ensure_future(lane.run())
            scene = Scene(lane, stages[f"robo on {platform}"], bot.queue)
            await scene.until(lambda: scene.stage.ears is not None)
            try:
                yield scene
            finally:
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)


def play(
    given: Plan, stages: dict[str, Stage], acted: Callable[[Scene], Awaitable[None]], **more: Any
) -> None:
    async def main() -> None:
        async with opened(given, stages, **more) as scene:
            await acted(scene)

    asyncio.run(main())
