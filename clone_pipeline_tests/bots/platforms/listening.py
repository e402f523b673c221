"""A connector that runs for the length of a test, and what a lane would hand it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

from clone_pipeline.bots.connector import Connector, Ears, Saying
from clone_pipeline.bots.heard import Heard
from clone_pipeline.bots.items import Item, Key


@asynccontextmanager
async def listening(connector: Connector, ears: Ears) -> AsyncIterator["asyncio.Task[None]"]:
    """It listens until the block ends; its crash is raised there."""
    task = asyncio.create_task(connector.run(ears))
    try:
        yield task
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def until(happened: Callable[[], object], *, seconds: float = 30) -> None:
    """Wait for it without holding up the loop."""
    async with asyncio.timeout(seconds):
        while not happened():
            await asyncio.sleep(0.01)


def reply(heard: Heard, text: str, *, again: bool = False, as_reply: bool = True) -> Saying:
    return Saying(heard, text, Key.of(heard, "anna").nonce, as_reply=as_reply, again=again)


def sent(heard: Heard, text: str, sent_id: str | None) -> Item:
    """The queue's item, after it was sent or while it may have been."""
    key = Key.of(heard, "anna")
    return Item(
        key, "reply", "sent" if sent_id else "sending", heard, "mention", None, "", None, 1, text,
        "v1", key.nonce, sent_id, "", False,
    )  # fmt: skip
