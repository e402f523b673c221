"""A local server with OpenAI's chat completions, completions and moderations, for bots' tests.

Shapes: https://platform.openai.com/docs/api-reference/completions/object and .../moderations/object
(as in the openai package's types/completion.py and types/moderation_create_response.py). A route
that is none of them answers 404, and leaving the block fails the test.
"""

import asyncio
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import orjson
from aiohttp import web

from clone_pipeline_tests.llm.chat_protocol import Answer, Body, OpenAiServer, Script

Scores = Mapping[str, float]


def harmless(text: str) -> Scores:
    """No category has any score."""
    return {}


class ModelServer(OpenAiServer):
    """`bodies` holds what came to both kinds of completions, `judged` the moderated inputs."""

    def __init__(
        self, script: Script, *, scores: Callable[[str], Scores] = harmless,
        moderation_status: int = 200, counts_tokens: bool = True, fingerprint: str = "fp_test",
    ) -> None:  # fmt: skip
        super().__init__(script)
        self.scores, self.moderation_status = scores, moderation_status
        self.counts_tokens, self.fingerprint = counts_tokens, fingerprint
        self.judged: list[str] = []
        self.unknown: list[str] = []

    def application(self) -> web.Application:
        application = super().application()
        application.router.add_post("/v1/completions", self._chat)
        application.router.add_post("/v1/moderations", self._moderate)
        application.router.add_route("*", "/{path:.*}", self._unknown)
        return application

    async def _unknown(self, request: web.Request) -> web.Response:
        self.unknown.append(f"{request.method} {request.path}")
        raise web.HTTPNotFound

    async def _moderate(self, request: web.Request) -> web.Response:
        body = orjson.loads(await request.read())
        inputs = [body["input"]] if isinstance(body["input"], str) else body["input"]
        self.judged += inputs
        if self.moderation_status != 200:
            return web.json_response({"error": {"message": "no"}}, status=self.moderation_status)
        results = []
        for text in inputs:
            scores = {"harassment": 0.0, "hate": 0.0, "self-harm": 0.0} | dict(self.scores(text))
            categories = {name: str(score) > "0.5" for name, score in scores.items()}
            flagged = any(categories.values())
            results.append(
                {"flagged": flagged, "categories": categories, "category_scores": scores}
            )
        return web.json_response({"id": "modr-1", "model": body.get("model"), "results": results})

    def _completion(self, body: Body, answer: Answer) -> Body:
        if "messages" in body:
            made = super()._completion(body, answer)
        else:
            choice = {
                "index": 0, "text": answer.text, "logprobs": None,
                "finish_reason": answer.finish_reason,
            }  # fmt: skip
            counted = {"prompt_tokens": len(body["prompt"]) // 4, "completion_tokens": 7}
            made = {
                "id": "cmpl-1", "object": "text_completion", "created": 1700000000,
                "model": body["model"], "choices": [choice],
                "usage": counted | {"total_tokens": sum(counted.values())},
            }  # fmt: skip
        made["system_fingerprint"] = self.fingerprint
        if not self.counts_tokens:
            del made["usage"]
        return made


@contextmanager
def running(
    *, scores: Callable[[str], Scores] = harmless, moderation_status: int = 200,
    counts_tokens: bool = True, fingerprint: str = "fp_test", **script: Any,
) -> Iterator[ModelServer]:  # fmt: skip
    """The server in a thread of its own, for `Script`'s arguments and its own."""
    server = ModelServer(
        Script(**script), scores=scores, moderation_status=moderation_status,
        counts_tokens=counts_tokens, fingerprint=fingerprint,
    )  # fmt: skip
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    runner = asyncio.run_coroutine_threadsafe(_listen(server), loop).result(10)
    try:
        yield server
    finally:
        asyncio.run_coroutine_threadsafe(runner.cleanup(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()
    assert not server.unknown, f"asked for what no such server has: {server.unknown}"


async def _listen(server: ModelServer) -> web.AppRunner:
    runner = web.AppRunner(server.application(), access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, backlog=64).start()
    server.port = runner.addresses[0][1]
    return runner
