"""A local server that speaks Cohere's chat, version 1: https://docs.cohere.com/reference/chat-v1.

A body that the documentation does not allow is answered with a 400, as Cohere does.
"""

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import orjson
from aiohttp import web

Body = dict[str, Any]

_KEYS = {
    "message", "model", "preamble", "chat_history", "temperature", "p", "max_tokens",
    "stop_sequences", "seed", "stream", "response_format",
}  # fmt: skip


class CohereServer:
    """Keeps the bodies that came; `answer` gives the reply's fields, or a status and a body."""

    def __init__(self, answer: Callable[[Body], Body | tuple[int, Body]]) -> None:
        self.answer, self.bodies, self.port = answer, list[Body](), 0

    @property
    def base_url(self) -> str:
        """What stands for https://api.cohere.com/v1."""
        return f"http://127.0.0.1:{self.port}/v1"

    async def chat(self, request: web.Request) -> web.Response:
        """POST /v1/chat."""
        body = orjson.loads(await request.read())
        self.bodies.append(body)
        if fault := fault_of(body):
            return web.json_response({"message": fault}, status=400)
        answer = self.answer(body)
        status, fields = answer if isinstance(answer, tuple) else (200, answer)
        return web.json_response(fields, status=status)


def fault_of(body: Body) -> str:
    """What the API's validation says; empty if nothing is wrong."""
    if unknown := body.keys() - _KEYS:
        return f"invalid request: unknown field: parameter '{min(unknown)}' is not a valid field"
    if not isinstance(body.get("message"), str):
        return "invalid request: message must be a string"
    if len(body.get("stop_sequences", ())) > 5:
        return "invalid request: stop_sequences must have at most 5 elements"
    roles = {turn["role"] for turn in body.get("chat_history", ())}
    if not roles <= {"USER", "CHATBOT", "SYSTEM", "TOOL"}:
        return "invalid request: valid roles are USER, CHATBOT, SYSTEM and TOOL"
    return ""


def reply(text: str, reason: str = "COMPLETE") -> Body:
    """A reply as the documentation shows it."""
    meta = {
        "api_version": {"version": "1"},
        "billed_units": {"input_tokens": 7, "output_tokens": 5},
        "tokens": {"input_tokens": 70, "output_tokens": 6},
    }
    return {
        "response_id": "r", "text": text, "generation_id": "g", "chat_history": [],
        "finish_reason": reason, "meta": meta,
    }  # fmt: skip


@contextmanager
def running_cohere(answer: Callable[[Body], Body | tuple[int, Body]]) -> Iterator[CohereServer]:
    """The server in a thread of its own; any path but /v1/chat is a 404."""
    server, loop = CohereServer(answer), asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    application = web.Application()
    application.router.add_post("/v1/chat", server.chat)
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)

    async def listen() -> None:
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        server.port = runner.addresses[0][1]

    asyncio.run_coroutine_threadsafe(listen(), loop).result(10)
    try:
        yield server
    finally:
        asyncio.run_coroutine_threadsafe(runner.cleanup(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()
