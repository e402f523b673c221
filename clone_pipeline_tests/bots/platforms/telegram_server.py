"""A local Telegram Bot API server, in a thread of its own.

Shapes: https://core.telegram.org/bots/api (Update, Message, Chat, User, MessageEntity,
ResponseParameters), as telegram.Update.de_json reads them. Updates stay until one of a higher
number is asked for; of two programs that ask at once the older is told 409. A route that no such
server has answers 404, and leaving the block fails the test.
"""

import asyncio
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from clone_pipeline_tests.bots.platforms.telegram_methods import BOT, TOKEN, BotApi
from clone_pipeline_tests.bots.platforms.telegram_shapes import Fault, Message, entities

__all__ = ["ANNE", "BOT", "DIRECT", "GROUP", "TOKEN", "TelegramServer", "running"]

ANNE = {"id": 1001, "is_bot": False, "first_name": "Anne", "last_name": "Kramer"}
DIRECT = {"id": 1001, "type": "private", "first_name": "Anne"}
GROUP = {"id": -1002003004, "type": "supergroup", "title": "Friends"}


@dataclass
class TelegramServer(BotApi):
    """`posted` holds what the bot sent, `calls` every call's method and parameters, in order."""

    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def say(
        self, text: str, *, chat: Message = GROUP, user: Message = ANNE, **more: Any
    ) -> Message:  # fmt: skip
        """Somebody writes; `more` are other fields of the message, such as reply_to_message."""
        message = self.message(chat, user, text=text, entities=entities(text), **more)
        self.update(message=message)
        return message

    def update(self, **fields: Any) -> int:
        """Any update, such as message= or edited_message=; its number."""
        with self.changed:
            self.last_update += 1
            self.updates[self.last_update] = {"update_id": self.last_update} | fields
        self.loop.call_soon_threadsafe(self.arrived.set)
        return self.last_update

    def remove(self, message: Message) -> None:
        """Its writer deletes it, of which bots are not told."""
        del self.messages[message["chat"]["id"], message["message_id"]]

    def fault(self, method: str, **fault: Any) -> None:
        """The next call of the method that has no fault yet meets this one."""
        self.faults.setdefault(method, deque()).append(Fault(**fault))

    def wait(self, happened: Callable[["TelegramServer"], bool], *, seconds: float = 10) -> None:
        with self.changed:
            assert self.changed.wait_for(lambda: happened(self), seconds), vars(self)

    def called(self, method: str) -> list[dict[str, str]]:
        return [parameters for name, parameters in self.calls if name == method]


@contextmanager
def running() -> Iterator[TelegramServer]:
    """The server, empty."""
    server = TelegramServer()
    thread = threading.Thread(target=server.loop.run_forever, daemon=True)
    thread.start()
    runner = asyncio.run_coroutine_threadsafe(_listen(server), server.loop).result(10)
    try:
        yield server
    finally:
        asyncio.run_coroutine_threadsafe(_stop(runner), server.loop).result(10)
        server.loop.call_soon_threadsafe(server.loop.stop)
        thread.join(10)
        server.loop.close()
    assert not server.unknown, f"asked for what no such server has: {server.unknown}"


async def _listen(server: TelegramServer) -> web.AppRunner:
    application = web.Application()
    application.router.add_route("*", "/bot{token}/{method}", server.answer)
    application.router.add_route("*", "/{path:.*}", server.astray)
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.01)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, backlog=64).start()
    server.port = runner.addresses[0][1]
    return runner


async def _stop(runner: web.AppRunner) -> None:
    await runner.cleanup()
    left = asyncio.all_tasks() - {asyncio.current_task()}
    for task in left:
        task.cancel()
    await asyncio.gather(*left, return_exceptions=True)
