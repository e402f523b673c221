"""Discord's gateway, v10: https://discord.com/developers/docs/topics/gateway."""

import asyncio
import zlib
from collections.abc import Callable
from socket import SHUT_RDWR
from typing import Any

import orjson
import zstandard
from aiohttp import WSMsgType, web

from clone_pipeline_tests.bots.platforms import discord_shapes as shapes
from clone_pipeline_tests.bots.platforms.discord_shapes import Body
from clone_pipeline_tests.bots.platforms.discord_world import CONTENT, Session, World

DISPATCH, HEARTBEAT, IDENTIFY, PRESENCE, VOICE, RESUME, RECONNECT = 0, 1, 2, 3, 4, 6, 7
MEMBERS, INVALID_SESSION, HELLO, ACK = 8, 9, 10, 11
_SENT_BY_CLIENTS = {PRESENCE, VOICE, MEMBERS}

Packer = Callable[[bytes], bytes | str]


class Gateway:
    """Sessions outlive connections; `connections` holds the sockets that are open.

    Attributes:
        content_allowed: the application may read messages' texts, else it is closed with 4014.
        identified: IDENTIFY payloads; `resumed` RESUME payloads; `compressed` the ways asked for.
        refused: what no client should send.
    """

    def __init__(self, world: World) -> None:
        self.world = world
        self.content_allowed = True
        self.heartbeat_ms = 41_250
        self.url = ""
        self.connections: list[tuple[web.WebSocketResponse, asyncio.Queue[Any]]] = []
        self.identified: list[Body] = []
        self.resumed: list[Body] = []
        self.compressed: list[str] = []
        self.refused: list[str] = []

    async def handle(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(max_msg_size=0, autoping=True)
        await socket.prepare(request)
        if request.query.get("v") != "10" or request.query.get("encoding") != "json":
            self.refused.append(str(request.query_string))
        how = request.query.get("compress", "")
        self.compressed.append(how)
        queue: asyncio.Queue[Any] = asyncio.Queue()
        queue.put_nowait({"op": HELLO, "d": {"heartbeat_interval": self.heartbeat_ms}, "s": None})
        writer = asyncio.create_task(_write(socket, queue, _packer(how)))
        self.connections.append((socket, queue))
        try:
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    await self._take(socket, queue, orjson.loads(message.data))
        finally:
            writer.cancel()
            self.connections = [each for each in self.connections if each[0] is not socket]
            for session in self.world.sessions.values():
                if session.out is queue:
                    session.out = None
        return socket

    def send(self, payload: Any) -> None:
        """Put a payload as it is on all open connections."""
        for _, queue in self.connections:
            queue.put_nowait(payload)

    async def drop(self, code: int | None, meanwhile: Callable[[], object]) -> None:
        """Close all connections, without a code they just break; `meanwhile` nobody is told."""
        for session in self.world.sessions.values():
            session.out = None
        meanwhile()
        for socket, _ in list(self.connections):
            if code is None:
                socket.get_extra_info("socket").shutdown(SHUT_RDWR)
            else:
                await socket.close(code=code)

    async def _take(
        self, socket: web.WebSocketResponse, queue: "asyncio.Queue[Any]", payload: Body
    ) -> None:
        op, data = payload["op"], payload.get("d")
        if op == HEARTBEAT:
            queue.put_nowait({"op": ACK, "d": None})
        elif op == IDENTIFY:
            await self._identify(socket, queue, data)
        elif op == RESUME:
            self._resume(queue, data)
        elif op not in _SENT_BY_CLIENTS:
            self.refused.append(f"op {op}")

    async def _identify(
        self, socket: web.WebSocketResponse, queue: "asyncio.Queue[Any]", data: Any
    ) -> None:
        self.identified.append(data)
        account = self.world.accounts.get(data["token"])
        if account is None:
            await socket.close(code=4004, message=b"Authentication failed.")
            return
        if data["intents"] & CONTENT and not self.content_allowed:
            await socket.close(code=4014, message=b"Disallowed intent(s).")
            return
        session = Session(account, shapes.snowflake(), data["intents"], out=queue)
        others = self.world.sessions.values()
        self.world.sessions = {s.identity: s for s in others if s.out or s.account is not account}
        self.world.sessions[session.identity] = session
        guilds = [{"id": each, "unavailable": True} for each in self.world.guilds]
        application = {"id": account.user["id"], "flags": 1 << 18}
        ready = {
            "v": 10, "user": account.user, "guilds": guilds, "session_id": session.identity,
            "resume_gateway_url": self.url, "shard": [0, 1], "application": application,
            "session_type": "normal", "private_channels": [], "relationships": [],
        }  # fmt: skip
        self.world.dispatch(session, "READY", ready)
        for guild in self.world.guilds.values():
            self.world.dispatch(session, "GUILD_CREATE", guild)

    def _resume(self, queue: "asyncio.Queue[Any]", data: Any) -> None:
        self.resumed.append(data)
        session = self.world.sessions.get(data["session_id"] or "")
        if session is None or session.account.token != data["token"]:
            queue.put_nowait({"op": INVALID_SESSION, "d": False})
            return
        for payload in session.log:
            if payload["s"] > (data["seq"] or 0):
                queue.put_nowait(payload)
        session.out = queue
        self.world.dispatch(session, "RESUMED", {"_trace": ["local"]})


async def _write(socket: web.WebSocketResponse, queue: "asyncio.Queue[Any]", pack: Packer) -> None:
    while True:
        payload = await queue.get()
        raw = pack(payload if isinstance(payload, bytes) else orjson.dumps(payload))
        if socket.closed:
            return
        try:
            await (socket.send_str(raw) if isinstance(raw, str) else socket.send_bytes(raw))
        except ConnectionError:
            return


def _packer(how: str) -> Packer:
    """.../topics/gateway#transport-compression: one stream a connection, flushed a payload."""
    if how == "zlib-stream":
        deflate = zlib.compressobj()
        return lambda raw: deflate.compress(raw) + deflate.flush(zlib.Z_SYNC_FLUSH)
    if how == "zstd-stream":
        stream = zstandard.ZstdCompressor().compressobj()
        end = zstandard.COMPRESSOBJ_FLUSH_BLOCK
        return lambda raw: stream.compress(raw) + stream.flush(end)
    return lambda raw: raw.decode()
