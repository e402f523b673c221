"""The endpoint: /v1/chat/completions, /v1/models, /health, in OpenAI's shapes."""

import asyncio
import contextlib
import json
import os
import signal
import socket
import sys
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime
from pathlib import Path

from aiohttp import web

from clone_pipeline import registry
from clone_pipeline.registry import Version
from clone_pipeline.serving import bases, completing, handle, shapes
from clone_pipeline.serving.handle import Worker, WorkerGone
from clone_pipeline.serving.keeper import Keeper, Standing
from clone_pipeline.serving.plan import Plan
from clone_pipeline.serving.prompting import speakers
from clone_pipeline.serving.settings import ServingSettings
from clone_pipeline.serving.shapes import Refused
from clone_pipeline.settings import Fault, FaultyInput

_BODY_LIMIT = 4 << 20
_KEEPER = web.AppKey("keeper", Keeper)
_PLAN = web.AppKey("plan", Plan)


def run(models: Path, *, settings: ServingSettings) -> None:
    """Serve the production model of `models` until interrupted.

    Raises:
        FaultyInput: the port is taken.
    """
    serve(Plan(models=models, **settings.model_dump()))


def serve(plan: Plan) -> None:
    """Serve what `plan` says until SIGINT or SIGTERM; replies in hand are finished first.

    Raises:
        FaultyInput: the port is taken.
    """
    listening = _listen(plan)
    shown = "127.0.0.1" if plan.host in ("0.0.0.0", "::", "") else plan.host
    url = f"http://{shown}:{listening.getsockname()[1]}/v1"
    if plan.with_parent:
        sys.stdout.write(json.dumps({"url": url}) + "\n")
        sys.stdout.flush()
    else:
        sys.stderr.write(f"listening on {url}\n")
    web.run_app(
        application(plan, url=url),
        sock=listening,
        print=None,
        access_log=None,
        shutdown_timeout=10,
        handler_cancellation=True,
    )


def application(plan: Plan, *, url: str) -> web.Application:
    """The endpoint as an aiohttp application; `url` is what it reports of itself."""
    app = web.Application(client_max_size=_BODY_LIMIT, middlewares=[_in_openai_shape])
    app[_PLAN] = plan
    app.router.add_get("/health", _health)
    app.router.add_get("/v1/models", _models)
    app.router.add_post("/v1/chat/completions", _completions)
    app.cleanup_ctx.append(_keeping(plan, url))
    return app


def _listen(plan: Plan) -> socket.socket:
    try:
        return socket.create_server((plan.host, plan.port))
    except OSError as error:
        fix = "Stop what listens there, or choose another with `--port` or `serving.port`."
        fault = Fault("serving.port", f"{plan.host}:{plan.port}: {error.strerror}", fix)
        raise FaultyInput([fault]) from None


def _keeping(plan: Plan, url: str) -> Callable[[web.Application], AsyncIterator[None]]:
    async def keeping(app: web.Application) -> AsyncIterator[None]:
        keeper = Keeper(wanted=plan.wanted, start=_starter(plan), tell=_teller(plan, url))
        app[_KEEPER] = keeper
        watching = asyncio.create_task(keeper.watch())
        watching.add_done_callback(_end_with)
        yield
        watching.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await watching
        await keeper.close()
        if plan.reported:
            registry.withdraw_serving(plan.models, pid=os.getpid())

    return keeping


def _end_with(watching: "asyncio.Task[None]") -> None:
    """A front that no longer follows production ends, with the reason, rather than grow stale."""
    if not watching.cancelled() and (error := watching.exception()):
        sys.stderr.write("".join(traceback.format_exception(error)))
        signal.raise_signal(signal.SIGTERM)


def _starter(plan: Plan) -> Callable[[Version], Awaitable[Worker]]:
    async def start(version: Version) -> Worker:
        folder, adapter = await asyncio.to_thread(bases.weights, version, adapter=plan.adapter)
        return await handle.start(version, folder=folder, adapter=adapter, threads=plan.threads)

    return start


def _teller(plan: Plan, url: str) -> Callable[[Worker | None, Standing], None]:
    def tell(current: Worker | None, standing: Standing) -> None:
        version = current.version if current else None
        shown = standing.message or f"{version.name if version else 'nothing'} answers"
        sys.stderr.write(f"{standing.state}: {shown}\n")
        if plan.reported:
            try:
                _report(plan, url, version, standing)
            except OSError as error:
                sys.stderr.write(f"can't report to {plan.models}/serving: {error}\n")

    return tell


def _report(plan: Plan, url: str, version: Version | None, standing: Standing) -> None:
    registry.report_serving(
        plan.models,
        pid=os.getpid(),
        version=version.name if version else None,
        digest=version.digest if version else None,
        url=url,
        state=standing.state,
        wanted=standing.wanted,
        message=standing.message,
    )


async def _health(request: web.Request) -> web.Response:
    keeper, plan = request.app[_KEEPER], request.app[_PLAN]
    version = keeper.current.version if keeper.current else None
    body = {
        "status": keeper.standing.state,
        "version": version.name if version else None,
        "digest": version.digest if version else None,
        "system_fingerprint": plan.fingerprint(version) if version else None,
        "wanted": keeper.standing.wanted,
        "message": keeper.standing.message,
    }
    return web.json_response(body, status=200 if version else 503)


async def _models(request: web.Request) -> web.Response:
    worker = await request.app[_KEEPER].answering()
    card = worker.version.card
    created = int(datetime.fromisoformat(card["created"]).timestamp())
    names = [*speakers(card), card["name"]]
    return web.json_response(shapes.model_list(names, created=created))


async def _completions(request: web.Request) -> web.StreamResponse:
    asked = shapes.parse(await request.read())
    reply = completing.Asking(request.app[_KEEPER], request.app[_PLAN], asked)
    return await (reply.streamed(request) if asked.stream else reply.whole())


@web.middleware
async def _in_openai_shape(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    try:
        return await handler(request)
    except web.HTTPException as error:
        refused = Refused(error.reason, status=error.status)
    except Refused as error:
        refused = error
    except WorkerGone as error:
        sentence = f"the model's process ended twice over this request ({error})"
        refused = Refused(sentence, status=500, kind="server_error", code="worker_gone")
    after = {"Retry-After": str(refused.retry_after)} if refused.retry_after else {}
    return web.json_response(refused.body(), status=refused.status, headers=after)
