"""A local Discord, REST v10 and gateway, in a thread of its own; discord.py connects unpatched.

Routes and shapes: https://discord.com/developers/docs; see discord_rest.py, discord_gateway.py and
discord_shapes.py. A route that is none of Discord's, or a payload that no client sends, fails the
test when the block is left.
"""

import asyncio
import random
import threading
from collections import Counter, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Literal, TypeVar

from aiohttp import web

from clone_pipeline_tests.bots.platforms import discord_shapes as shapes
from clone_pipeline_tests.bots.platforms.discord_gateway import Gateway
from clone_pipeline_tests.bots.platforms.discord_messages import Refusal, as_json
from clone_pipeline_tests.bots.platforms.discord_people import People
from clone_pipeline_tests.bots.platforms.discord_rest import Handler, Rest
from clone_pipeline_tests.bots.platforms.discord_world import Posted, World

Fault = Literal["429", "429 for long", "500", "503", "cut before", "cut after"]
T = TypeVar("T")
BASE = "/api/v10"


@dataclass
class Faults:
    """What goes wrong with requests that create messages, unless `everywhere`.

    Attributes:
        plan: the next faults, in order; None is a request that goes well.
        rates: {fault: share} of the requests that the plan says nothing of, drawn by `seed`.
        seen: how often each was.
    """

    plan: deque[Fault | None] = field(default_factory=deque)
    rates: dict[Fault, float] = field(default_factory=dict)
    seed: int = 0
    everywhere: bool = False
    retry_after: float = 0.05
    seen: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self._draw = random.Random(self.seed)

    def next(self, *, creates: bool) -> Fault | None:
        if not (creates or self.everywhere):
            return None
        if self.plan:
            return self.plan.popleft()
        draw = self._draw.random()
        for fault, share in self.rates.items():
            draw -= share
            if draw < 0:
                return fault
        return None


class DiscordServer(People):
    """`posted` holds every message that a bot had created or edited, in order.

    Methods of `People` inject what users do; all may be called from any thread but the server's.
    """

    def __init__(self, *, token: str, name: str) -> None:
        self.world = World()
        self.rest, self.gateway = Rest(self.world), Gateway(self.world)
        self.faults = Faults()
        self.requests: Counter[str] = Counter()
        self.unknown: list[str] = []
        self.port = 0
        self.loop = asyncio.new_event_loop()
        self.token = token
        self.bot = self.world.account(token, "770000000000000001", name).user["id"]

    @property
    def url(self) -> str:
        """For `api_url`."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def posted(self) -> list[Posted]:
        return self.do(lambda: list(self.world.posted))

    def do(self, what: Callable[[], T]) -> T:
        """Call it in the server's thread."""

        async def call() -> T:
            return what()

        return asyncio.run_coroutine_threadsafe(call(), self.loop).result(10)

    def drop(
        self, code: int | None = None, *, meanwhile: Callable[[], object] = lambda: None
    ) -> None:
        """Break the gateway's connections, or close them with a code; the sessions stay.

        What happens `meanwhile`, in the server's thread, is only told to who resumes.
        """
        dropped = self.gateway.drop(code, meanwhile)
        asyncio.run_coroutine_threadsafe(dropped, self.loop).result(10)

    def application(self) -> web.Application:
        application = web.Application(client_max_size=1 << 26)
        for method, path, handler in self.rest.routes():
            application.router.add_route(method, BASE + path, self._answered(handler, path))
        application.router.add_get("/attachments/{name}", self._file)
        application.router.add_get("/gateway/", self.gateway.handle)
        application.router.add_route("*", "/{path:.*}", self._unknown)
        return application

    def _answered(self, handler: Handler, path: str) -> Handler:
        async def answer(request: web.Request) -> web.Response:
            self.requests[f"{request.method} {path}"] += 1
            creates = request.method == "POST" and path.endswith("/messages")
            fault = self.faults.next(creates=creates)
            self.faults.seen[fault or "none"] += 1
            if fault in ("cut before", "429", "429 for long", "500", "503"):
                return self._failed(request, fault)
            try:
                response = await handler(request)
            except Refusal as error:
                return as_json(error.body, status=error.status)
            if fault == "cut after" and request.transport:
                request.transport.abort()
            response.headers.update(_limits(path))
            return response

        return answer

    def _failed(self, request: web.Request, fault: str) -> web.Response:
        if fault == "cut before" and request.transport:
            request.transport.abort()
            return web.Response()
        if fault in ("500", "503"):
            return web.Response(status=int(fault), text="upstream connect error")
        seconds = 60.0 if fault == "429 for long" else self.faults.retry_after
        # https://discord.com/developers/docs/topics/rate-limits
        said = {"message": "You are being rate limited.", "retry_after": seconds, "global": False}
        headers = {
            "Via": "1.1 google", "Retry-After": str(int(seconds) + 1), "X-RateLimit-Scope": "user",
            "X-RateLimit-Limit": "5", "X-RateLimit-Remaining": "0",
            "X-RateLimit-Reset-After": str(seconds),
        }  # fmt: skip
        return as_json(said, status=429, headers=headers)

    async def _file(self, request: web.Request) -> web.Response:
        found = self.rest.files.get(request.match_info["name"])
        return web.Response(status=404) if found is None else web.Response(body=found)

    async def _unknown(self, request: web.Request) -> web.Response:
        self.unknown.append(f"{request.method} {request.path}")
        return as_json(shapes.refusal(0, "404: Not Found"), status=404)


def _limits(path: str) -> dict[str, str]:
    return {
        "X-RateLimit-Bucket": f"{abs(hash(path)):x}", "X-RateLimit-Limit": "1000",
        "X-RateLimit-Remaining": "999", "X-RateLimit-Reset-After": "0.1",
    }  # fmt: skip


@contextmanager
def running(*, token: str = "secret-token", name: str = "Garden Bot") -> Iterator[DiscordServer]:
    """The server with one bot; more by `world.account`."""
    server = DiscordServer(token=token, name=name)
    thread = threading.Thread(target=server.loop.run_forever, daemon=True)
    thread.start()
    runner = asyncio.run_coroutine_threadsafe(_listen(server), server.loop).result(10)
    try:
        yield server
    finally:
        asyncio.run_coroutine_threadsafe(runner.cleanup(), server.loop).result(10)
        server.loop.call_soon_threadsafe(server.loop.stop)
        thread.join(10)
        server.loop.close()
    assert not server.unknown, f"asked for what Discord has not: {server.unknown}"
    assert not server.gateway.refused, f"sent what no client sends: {server.gateway.refused}"


async def _listen(server: DiscordServer) -> web.AppRunner:
    runner = web.AppRunner(server.application(), access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, backlog=64).start()
    server.port = runner.addresses[0][1]
    server.rest.gateway_url = server.gateway.url = f"ws://127.0.0.1:{server.port}/gateway/"
    return runner
