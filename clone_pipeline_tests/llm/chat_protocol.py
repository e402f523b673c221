"""OpenAI's chat-completions protocol, scriptable: the application behind `openai_server`.

Shapes: https://platform.openai.com/docs/api-reference/chat/object, and .../guides/error-codes.
"""

import asyncio
import hashlib
import itertools
import random
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

import orjson
from aiohttp import web

from clone_pipeline_tests.llm.scripted_writer import write_reply

Body = dict[str, Any]
Fault = Literal["429", "500", "drop", "truncated", "malformed", "hang"]


@dataclass(frozen=True)
class Answer:
    """What the server sends: a text, or any status with any body and headers."""

    text: str = ""
    finish_reason: str = "stop"
    status: int = 200
    body: str | None = None
    headers: dict[str, str] = field(default_factory=dict)
    fault: Fault | None = None


@dataclass
class Script:
    """How the server behaves.

    `faults` maps a kind of fault to its share of the requests; which ones it hits is fixed by
    `seed`, the request and how often it was sent. `retry_after` goes with every 429.
    """

    answer: Callable[[Body], str | Answer] = write_reply
    latency: float = 0.0
    faults: dict[Fault, float] = field(default_factory=dict)
    retry_after: str | None = "0.05"
    seed: int = 0
    models: tuple[str, ...] = ("small", "large")
    api_key: str | None = None


def request_key(body: Body) -> str:
    """What tells one request from another: the digest of its body."""
    return hashlib.sha256(orjson.dumps(body, option=orjson.OPT_SORT_KEYS)).hexdigest()


class OpenAiServer:
    """Counts what arrives: `counts` by `request_key`, `bodies` in order, `peak` in flight."""

    def __init__(self, script: Script) -> None:
        self.script = script
        self.counts: Counter[str] = Counter()
        self.bodies: list[Body] = []
        self.in_flight = self.peak = 0
        self.port = 0
        self._ids = itertools.count()

    @property
    def base_url(self) -> str:
        """What a client is given."""
        return f"http://127.0.0.1:{self.port}/v1"

    @property
    def requests(self) -> int:
        """How many chat completions were asked for."""
        return self.counts.total()

    def application(self) -> web.Application:
        """The routes; any other path is a 404."""
        application = web.Application(client_max_size=64 * 2**20)
        application.router.add_post("/v1/chat/completions", self._chat)
        application.router.add_get("/v1/models", self._models)
        return application

    async def _models(self, request: web.Request) -> web.Response:
        models = [
            {"id": name, "object": "model", "created": 1700000000, "owned_by": "test"}
            for name in self.script.models
        ]
        return web.json_response({"object": "list", "data": models})

    async def _chat(self, request: web.Request) -> web.StreamResponse:
        body = orjson.loads(await request.read())
        key = request_key(body)
        self.counts[key] += 1
        self.bodies.append(body)
        self.in_flight += 1
        self.peak = max(self.peak, self.in_flight)
        try:
            refused = self._refusal(request, body)
            answer = refused or self._fault(key) or self.script.answer(body)
            if self.script.latency and not refused:
                await asyncio.sleep(self.script.latency)
            answer = Answer(answer) if isinstance(answer, str) else answer
            return await self._send(request, body, answer)
        finally:
            self.in_flight -= 1

    def _refusal(self, request: web.Request, body: Body) -> Answer | None:
        key = self.script.api_key
        if key is not None and request.headers.get("Authorization") != f"Bearer {key}":
            sent = request.headers.get("Authorization", "nothing")
            return _error(401, f"Incorrect API key provided: {sent}", "invalid_api_key")
        if body.get("model") not in self.script.models:
            message = f"The model `{body.get('model')}` does not exist"
            return _error(404, message, "model_not_found")
        return None

    def _fault(self, key: str) -> Answer | None:
        draw = random.Random(f"{self.script.seed} {key} {self.counts[key]}").random()
        for kind, share in self.script.faults.items():
            if draw < share:
                return Answer(fault=kind)
            draw -= share
        return None

    async def _send(self, request: web.Request, body: Body, answer: Answer) -> web.StreamResponse:
        if answer.fault == "429":
            headers = {"Retry-After": self.script.retry_after} if self.script.retry_after else {}
            answer = _error(429, "Rate limit reached", "rate_limit_exceeded", headers)
        if answer.fault == "500":
            answer = _error(500, "The server had an error", None)
        if answer.fault == "hang":
            await asyncio.sleep(3600)
        if answer.fault == "drop" and request.transport:
            request.transport.abort()
        if answer.body is not None or answer.status != 200:
            raw = (answer.body or "").encode()
            return web.Response(status=answer.status, body=raw, headers=answer.headers)
        if body.get("stream"):
            return await self._stream(request, body, answer)
        raw = orjson.dumps(self._completion(body, answer))
        if answer.fault == "malformed":
            raw = raw[: len(raw) // 2]
        if answer.fault == "truncated":
            return await _send_half(request, raw)
        return web.Response(body=raw, content_type="application/json", headers=answer.headers)

    def _completion(self, body: Body, answer: Answer) -> Body:
        prompt = sum(len(str(message["content"])) for message in body["messages"]) // 4
        written = len(answer.text) // 4 + 1
        message = {"role": "assistant", "content": answer.text, "refusal": None}
        choice = {
            "index": 0, "message": message, "logprobs": None, "finish_reason": answer.finish_reason
        }  # fmt: skip
        counted = {"prompt_tokens": prompt, "completion_tokens": written}
        return {
            "id": f"chatcmpl-{next(self._ids)}",
            "object": "chat.completion",
            "created": int(time.time()),
            "model": body["model"],
            "choices": [choice],
            "usage": counted | {"total_tokens": prompt + written},
            "system_fingerprint": "fp_test",
        }

    async def _stream(self, request: web.Request, body: Body, answer: Answer) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        deltas = [{"role": "assistant", "content": ""}]
        deltas += [{"content": f"{word} "} for word in answer.text.split(" ")]
        for delta in [*deltas, {}]:
            reason = None if delta else answer.finish_reason
            choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": reason}
            chunk = {"id": "chatcmpl-s", "object": "chat.completion.chunk", "created": 1700000000,
                     "model": body["model"], "choices": [choice]}  # fmt: skip
            await response.write(b"data: " + orjson.dumps(chunk) + b"\n\n")
        await response.write(b"data: [DONE]\n\n")
        return response


async def _send_half(request: web.Request, raw: bytes) -> web.StreamResponse:
    """Promise the whole body, send half of it, and cut the connection."""
    response = web.StreamResponse(headers={"Content-Type": "application/json"})
    response.content_length = len(raw)
    await response.prepare(request)
    await response.write(raw[: len(raw) // 2])
    if request.transport:
        request.transport.close()
    return response


def _error(
    status: int, message: str, code: str | None, headers: dict[str, str] | None = None
) -> Answer:
    error = {"message": message, "type": "error", "param": None, "code": code}
    body = orjson.dumps({"error": error}).decode()
    return Answer(status=status, body=body, headers=headers or {})
