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
from dataclasses import dataclass, field, replace
from typing import Literal

import orjson
from aiohttp import web

from clone_pipeline_tests.llm.chat_shapes import (
    Answer,
    Body,
    Fault,
    choice_of,
    error_answer,
    refusal_of,
    tokens_of,
)
from clone_pipeline_tests.llm.chat_stream import send_half, send_stream
from clone_pipeline_tests.llm.rate_limits import Limiter
from clone_pipeline_tests.llm.scripted_writer import write_reply

__all__ = ["Answer", "Body", "Fault", "OpenAiServer", "Script", "request_key"]


@dataclass
class Script:
    """How the server behaves.

    `faults` maps a kind of fault to its share of the requests; which ones it hits is fixed by
    `seed`, the request and how often it was sent. `retry_after` goes with every 429. `choices`
    says what becomes of `n`: all are given, or one; or it is refused with a 400, or with a 500.
    """

    answer: Callable[[Body], str | Answer] = write_reply
    latency: float = 0.0
    faults: dict[Fault, float] = field(default_factory=dict)
    retry_after: str | None = "0.05"
    seed: int = 0
    models: tuple[str, ...] = ("small", "large")
    api_key: str | None = None
    choices: Literal["given", "one", "refused", "broken"] = "one"
    stop_limit: int | None = None
    stream: Literal["asked", "always", "never"] = "asked"
    usage_in_stream: bool = True
    limiter: Limiter | None = None


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
        application.router.add_post("/v1/completions", self._chat)
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
            headers = self._admitted(body)
            refused = self._refusal(request, body, headers)
            answer = refused or self._fault(key) or self.script.answer(body)
            if self.script.latency and not refused:
                await asyncio.sleep(self.script.latency)
            answer = Answer(answer) if isinstance(answer, str) else answer
            return await self._send(
                request, body, replace(answer, headers=headers | answer.headers)
            )
        finally:
            self.in_flight -= 1

    def _admitted(self, body: Body) -> dict[str, str]:
        """The headers of the limiter; "status" among them if it refuses."""
        if self.script.limiter is None:
            return {}
        return self.script.limiter.admit(tokens_of(body) + body.get("max_tokens", 0))

    def _refusal(self, request: web.Request, body: Body, headers: dict[str, str]) -> Answer | None:
        if headers.pop("status", ""):
            return error_answer(429, "Rate limit reached", "rate_limit_exceeded", headers)
        if (
            refused := refusal_of(
                body, choices=self.script.choices, stop_limit=self.script.stop_limit
            )
        ) is not None:
            return refused
        key = self.script.api_key
        if key is not None and request.headers.get("Authorization") != f"Bearer {key}":
            sent = request.headers.get("Authorization", "nothing")
            return error_answer(401, f"Incorrect API key provided: {sent}", "invalid_api_key")
        if body.get("model") not in self.script.models:
            message = f"The model `{body.get('model')}` does not exist"
            return error_answer(404, message, "model_not_found")
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
            answer = error_answer(429, "Rate limit reached", "rate_limit_exceeded", headers)
        if answer.fault == "500":
            answer = error_answer(500, "The server had an error", None)
        if answer.fault == "hang":
            await asyncio.sleep(3600)
        if answer.fault == "drop" and request.transport:
            request.transport.abort()
        if answer.body is not None or answer.status != 200:
            raw = (answer.body or "").encode()
            return web.Response(status=answer.status, body=raw, headers=answer.headers)
        if self.script.stream == "always" or body.get("stream") and self.script.stream == "asked":
            return await send_stream(request, self._completion(body, answer), body, answer.fault)
        raw = orjson.dumps(self._completion(body, answer))
        if answer.fault == "malformed":
            raw = raw[: len(raw) // 2]
        if answer.fault == "truncated":
            return await send_half(request, raw)
        return web.Response(body=raw, content_type="application/json", headers=answer.headers)

    def _completion(self, body: Body, answer: Answer) -> Body:
        count = body.get("n", 1) if self.script.choices == "given" else 1
        answers = [answer] + [self._another(body) for _ in range(count - 1)]
        written = sum(len(each.text) // 4 + 1 for each in answers)
        prompt = tokens_of(body)
        counted = {"prompt_tokens": prompt, "completion_tokens": written}
        return {
            "id": f"chatcmpl-{next(self._ids)}",
            "object": "chat.completion" if "messages" in body else "text_completion",
            "created": int(time.time()),
            "model": body["model"],
            "choices": [choice_of(body, index, each) for index, each in enumerate(answers)],
            "usage": counted | {"total_tokens": prompt + written},
            "system_fingerprint": "fp_test",
        }

    def _another(self, body: Body) -> Answer:
        answer = self.script.answer(body)
        return Answer(answer) if isinstance(answer, str) else answer
