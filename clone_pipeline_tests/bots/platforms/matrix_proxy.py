"""A small proxy in front of a homeserver: what a bot sends is kept, and things go wrong as planned.

All it answers is the homeserver's but for planned faults. A request that the homeserver does not
know fails the test.
"""

import asyncio
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

import aiohttp
from aiohttp import web
from yarl import URL

Json = dict[str, Any]
_SEND = re.compile(r"/_matrix/client/v3/rooms/([^/]+)/send/([^/]+)/([^/]+)")
_DROPPED = ("Host", "Content-Length", "Transfer-Encoding", "Connection", "Content-Encoding")


@dataclass
class Fault:
    """What happens to one request whose "METHOD /path" matches.

    `status` 0 cuts the connection, before the homeserver sees the request or `after` it took it.
    """

    match: str
    status: int = 0
    body: Json | str = ""
    after: bool = False


@dataclass
class Sent:
    """A PUT of an event that a homeserver took."""

    room: str
    kind: str
    transaction: str
    content: Json
    event_id: str


@dataclass
class MatrixProxy:
    """`sent` holds what was taken, `asked` every "METHOD /path", in order."""

    upstream: str
    port: int = 0
    sent: list[Sent] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    injected: dict[str, list[Any]] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def fault(self, match: str, **fault: Any) -> None:
        """One request that matches, and did not meet an earlier fault, meets this one."""
        self.faults.append(Fault(match, **fault))

    def inject(self, room: str, *events: Any) -> None:
        """The next sync that tells of this room tells these first."""
        self.injected.setdefault(room, []).extend(events)

    def count(self, match: str) -> int:
        return sum(re.search(match, each) is not None for each in self.asked)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Any request."""
        asked = f"{request.method} {request.path}"
        self.asked.append(asked)
        fault = next((each for each in self.faults if re.search(each.match, asked)), None)
        if fault:
            self.faults.remove(fault)
            if not fault.after:
                return _cut(request) if not fault.status else _refusal(fault)
        body = await request.read()
        status, headers, payload = await self._forward(request, body)
        self._note(request, body, status, payload)
        if fault:
            return _cut(request)
        return web.Response(status=status, body=payload, headers=headers)

    async def _forward(
        self, request: web.Request, body: bytes
    ) -> tuple[int, dict[str, str], bytes]:  # fmt: skip
        headers = {name: value for name, value in request.headers.items() if name not in _DROPPED}
        url = f"{self.upstream}{request.raw_path}"
        session: aiohttp.ClientSession = request.app[SESSION]
        async with session.request(
            request.method, URL(url, encoded=True), data=body, headers=headers
        ) as response:
            payload = await response.read()
            kept = {n: v for n, v in response.headers.items() if n not in _DROPPED}
            if request.path.endswith("/sync") and response.status == 200:
                payload = self._with_injected(payload)
            return response.status, kept, payload

    def _with_injected(self, payload: bytes) -> bytes:
        sync = json.loads(payload)
        for room, told in sync.get("rooms", {}).get("join", {}).items():
            if events := self.injected.pop(room, None):
                timeline = told["timeline"]
                timeline["events"] = [*events, *timeline["events"]]
        return json.dumps(sync).encode()

    def _note(self, request: web.Request, body: bytes, status: int, payload: bytes) -> None:
        answer = json.loads(payload or b"{}")
        if answer.get("errcode") == "M_UNRECOGNIZED":
            self.unknown.append(f"{request.method} {request.path}")
        found = _SEND.fullmatch(request.raw_path.partition("?")[0])
        if found and status == 200 and request.method == "PUT":
            room, kind, transaction = map(unquote, found.groups())
            content, event_id = json.loads(body), answer["event_id"]
            self.sent.append(Sent(room, kind, transaction, content, event_id))


SESSION: "web.AppKey[aiohttp.ClientSession]" = web.AppKey("session", aiohttp.ClientSession)


def _refusal(fault: Fault) -> web.Response:
    if isinstance(fault.body, str):
        return web.Response(status=fault.status, text=fault.body, content_type="text/html")
    return web.json_response(fault.body, status=fault.status)


def _cut(request: web.Request) -> web.Response:
    if request.transport:
        request.transport.abort()
    return web.Response()


@contextmanager
def running(upstream: str) -> Iterator[MatrixProxy]:
    """The proxy, in a thread of its own."""
    proxy, loop = MatrixProxy(upstream), asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    runner = asyncio.run_coroutine_threadsafe(_listen(proxy), loop).result(10)
    try:
        yield proxy
    finally:
        asyncio.run_coroutine_threadsafe(_stop(runner), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()
    assert not proxy.unknown, f"asked for what no homeserver has: {proxy.unknown}"


async def _listen(proxy: MatrixProxy) -> web.AppRunner:
    application = web.Application(client_max_size=10**7)
    application[SESSION] = aiohttp.ClientSession(auto_decompress=True)
    application.router.add_route("*", "/{path:.*}", proxy.answer)
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.01)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, backlog=64).start()
    proxy.port = runner.addresses[0][1]
    return runner


async def _stop(runner: web.AppRunner) -> None:
    await runner.cleanup()
    left = asyncio.all_tasks() - {asyncio.current_task()}
    for task in left:
        task.cancel()
    await asyncio.gather(*left, return_exceptions=True)
    await runner.app[SESSION].close()
