"""A platform in this process, for tests of lanes: it stores what was sent, and fails as told."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from clone_pipeline.bots import opening
from clone_pipeline.bots.clock import Clock
from clone_pipeline.bots.connector import CannotTell, Ears, Refused, Saying
from clone_pipeline.bots.heard import Heard
from clone_pipeline.bots.items import Item
from clone_pipeline.bots.platform_settings import PlatformSettings

START = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)


class FastClock(Clock):
    """Time that passes `speed` times as fast, from `START` on."""

    def __init__(self, speed: float = 100.0) -> None:
        self.speed = speed
        self._began = datetime.now(UTC)

    def now(self) -> datetime:
        return START + self.speed * (datetime.now(UTC) - self._began)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds / self.speed)


class Stage:
    """A connector whose platform is a list; `plan` may raise for the n-th call of send."""

    def __init__(self) -> None:
        self.sent: list[Saying] = []
        self.nonces: dict[str, str] = {}
        self.edits: list[tuple[str, str]] = []
        self.profile: list[str] = []
        self.ears: Ears | None = None
        self.runs = 0
        self.calls = 0
        self.plan: Callable[[int, Saying], None] = lambda number, saying: None
        self.on_run: Callable[[int], None] = lambda number: None
        self.can_tell = True
        self.closed = False
        self.over = asyncio.Event()
        self.up = asyncio.Event()
        self.up.set()

    async def run(self, ears: Ears) -> None:
        self.ears = ears
        self.runs += 1
        self.on_run(self.runs)
        await self.over.wait()

    async def close(self) -> None:
        self.closed = True

    async def ready(self) -> None:
        await self.up.wait()

    async def send(self, saying: Saying) -> str:
        self.calls += 1
        self.plan(self.calls, saying)
        return self.store(saying)

    def store(self, saying: Saying) -> str:
        self.sent.append(saying)
        return self.nonces.setdefault(saying.nonce, f"sent-{len(self.sent)}")

    async def look_up(self, item: Item) -> str | None:
        if not self.can_tell:
            raise CannotTell
        return self.nonces.get(item.nonce or "")

    async def edit(self, item: Item, text: str) -> None:
        if item.sent_id is None:
            raise Refused("never sent")
        self.edits.append((item.sent_id, text))

    @asynccontextmanager
    async def typing(self, heard: Heard) -> AsyncIterator[None]:
        yield

    async def introduce(self, text: str) -> None:
        self.profile.append(text)

    @property
    def texts(self) -> list[str]:
        return [saying.text for saying in self.sent]


@contextmanager
def staged(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Stage]]:
    """Every platform that is joined in the block is a `Stage`, by bot and platform."""
    stages: dict[str, Stage] = {}

    def imported(platform: str) -> ModuleType:
        module = ModuleType(platform)

        def connector(settings: PlatformSettings, *, bot: str, folder: Path) -> Stage:
            return stages.setdefault(f"{bot} on {platform}", Stage())

        vars(module).update(connector=connector, skipped=lambda settings: None)
        return module

    with monkeypatch.context() as patched:
        patched.setattr(opening, "module_of", imported)
        yield stages


def said(number: int, text: str, *, author: str = "bob", **more: Any) -> Heard:
    """A message on Discord."""
    given: dict[str, Any] = {"channel": "garden", "to_us": True} | more
    when = START + timedelta(seconds=number)
    return Heard("discord", f"m{number}", author=author, text=text, heard=when, **given)
