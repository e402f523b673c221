"""/status and /metrics of the bots of a process, for people and for Prometheus."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web

from clone_pipeline.bots.status import METRICS_CONTENT_TYPE
from clone_pipeline.settings import Fault, FaultyInput


@asynccontextmanager
async def status_server(
    *, host: str, port: int, status: Callable[[], dict[str, Any]], metrics: Callable[[], str]
) -> AsyncIterator[str]:
    """Serve both for as long as the block lasts; yields the address, "" if `port` is 0.

    Args:
        host: 127.0.0.1 shows it to this machine only.
        port: 0 leaves it out.
        status: what /status answers.
        metrics: what /metrics answers, in Prometheus' text format.

    Raises:
        FaultyInput: the port is taken.
    """
    if port == 0:
        yield ""
        return

    async def shown(_: web.Request) -> web.Response:
        return web.json_response(status())

    async def measured(_: web.Request) -> web.Response:
        return web.Response(body=metrics().encode(), headers={"Content-Type": METRICS_CONTENT_TYPE})

    application = web.Application()
    application.add_routes([web.get("/status", shown), web.get("/metrics", measured)])
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.5)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, host, port).start()
        except OSError as error:
            fix = "Give another port with --status-port, or 0 for none."
            raise FaultyInput([Fault(f"{host}:{port}", str(error), fix)]) from error
        yield f"http://{host}:{port}"
    finally:
        await runner.cleanup()
