"""A homeserver, somebody who writes, a bot that hears: what each test of Matrix begins with."""

import asyncio
import dataclasses
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from clone_pipeline.bots.connector import Connector
from clone_pipeline.bots.heard import Heard
from clone_pipeline.bots.platform_settings import MatrixPlatform
from clone_pipeline.bots.platforms import matrix
from clone_pipeline_tests.bots.platforms import matrix_proxy
from clone_pipeline_tests.bots.platforms.ears import FakeEars
from clone_pipeline_tests.bots.platforms.listening import listening, until
from clone_pipeline_tests.bots.platforms.matrix_proxy import MatrixProxy
from clone_pipeline_tests.bots.platforms.synapse import PASSWORD, Synapse, User


@dataclass
class World:
    """`anna` is the bot's account; `anne` and `ben` are people."""

    synapse: Synapse
    proxy: MatrixProxy
    anne: User
    ben: User
    anna: User
    folder: Path

    @property
    def session(self) -> dict[str, Any]:
        """What the bot keeps of its login."""
        path = self.folder / "matrix-anna.json"
        return json.loads(path.read_text()) if path.exists() else {"since": "", "token": ""}

    def connector(self, **settings: Any) -> Connector:
        chosen = MatrixPlatform(homeserver=self.proxy.url, **settings)
        return matrix.connector(chosen, bot="anna", folder=self.folder)

    @asynccontextmanager
    async def life(self, ears: FakeEars, **settings: Any) -> AsyncIterator[Connector]:
        """The bot listens, and has heard all that was said before this block."""
        connector = self.connector(**settings)
        before = self.proxy.count("GET .*/sync")
        async with listening(connector, ears) as task:
            await until(lambda: task.done() or self.proxy.count("GET .*/sync") > before + 1)
            yield connector

    def hear(self, say: Any, *, count: int = 1, **settings: Any) -> list[Heard]:
        """What the bot hears of what `say()`, called while it listens, says."""
        ears = FakeEars()

        async def live() -> None:
            async with self.life(ears, **settings):
                await asyncio.to_thread(say)
                await until(lambda: len(ears.heard) >= count)

        asyncio.run(live())
        return ears.heard


@contextmanager
def world_of(
    synapse: Synapse, people: tuple[User, User], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[World]:
    """With a new account for the bot."""
    with matrix_proxy.running(f"http://127.0.0.1:{synapse.port}") as proxy:
        anna = synapse.user("anna", "Anna")
        monkeypatch.setenv("MATRIXUSER", anna.id)
        monkeypatch.setenv("MATRIXPASSWORD", PASSWORD)
        yield World(synapse, proxy, *people, anna, folder)


def group(world: World) -> str:
    """A room of Anne, Ben and the bot."""
    return world.anne.room(world.anna, world.ben)


Then = Callable[[Connector, Heard], Awaitable[Any]]


def after_a_message(world: World, then: Then, *, content: Any = None, **settings: Any) -> Any:
    """Anne writes in a room of three, and then that happens; what it gives."""
    ears, room = FakeEars(), world.anne.room(world.anna, world.ben)

    async def live() -> Any:
        async with world.life(ears, **settings) as connector:
            await asyncio.to_thread(world.anne.say, room, "Anna?", **(content or {}))
            await until(lambda: ears.heard)
            return await then(connector, ears.heard[0])

    return asyncio.run(live())


def said_by_us(world: World, room: str) -> list[str]:
    """Bodies of what the bot's account has in the room, oldest first."""
    events = [event for event in world.anne.messages(room) if event["sender"] == world.anna.id]
    return [event["content"]["body"] for event in events][::-1]


def elsewhere_in(heard: Heard) -> Heard:
    """A remark in the room of `heard` that answers nothing."""
    return dataclasses.replace(heard, message_id="musing 1")
