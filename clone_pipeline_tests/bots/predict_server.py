"""A local server with text-embeddings-inference's POST /predict, for tests of the reply ranker.

Shapes: huggingface/text-embeddings-inference, router/src/http/types.rs (`PredictRequest`,
`Prediction`) and server.rs (`ErrorResponse`). A route that is none of it answers 404, and closing
the stack fails the test.
"""

from contextlib import AsyncExitStack
from typing import Any

from aiohttp import web


class PredictServer:
    """In the loop of who asks; answers as told, then with 0.75. `bodies` holds what came."""

    def __init__(self, *answers: tuple[int, Any]) -> None:
        self.answers = list(answers)
        self.bodies: list[Any] = []
        self.unknown: list[str] = []
        self.url = ""

    async def start(self, stack: AsyncExitStack) -> None:
        application = web.Application(client_max_size=1 << 24)
        application.router.add_post("/predict", self._predict)
        application.router.add_route("*", "/{path:.*}", self._unknown)
        runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        stack.push_async_callback(self._stop, runner)
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{runner.addresses[0][1]}"

    async def _stop(self, runner: web.AppRunner) -> None:
        await runner.cleanup()
        assert not self.unknown, f"asked for what no such server has: {self.unknown}"

    async def _predict(self, request: web.Request) -> web.Response:
        self.bodies.append(await request.json())
        status, answer = self.answers.pop(0) if self.answers else (200, [prediction(0.75)])
        return web.json_response(answer, status=status)

    async def _unknown(self, request: web.Request) -> web.Response:
        self.unknown.append(f"{request.method} {request.path}")
        raise web.HTTPNotFound


def prediction(score: Any, label: str = "LABEL_0") -> dict[str, Any]:
    return {"score": score, "label": label}
