"""A local server that speaks OpenAI's Batch API, for tests: `with running() as server:`."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from aiohttp import web

from clone_pipeline_tests.llm.batch_protocol import BatchScript, BatchServer
from clone_pipeline_tests.llm.batch_shapes import Body

__all__ = ["BatchServer", "Body", "running"]


@contextmanager
def running(**script: Any) -> Iterator[BatchServer]:
    """The server in a thread of its own, for `BatchScript`'s arguments; stops with the block."""
    server, loop = BatchServer(BatchScript(**script)), asyncio.new_event_loop()
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
    assert server.faults == []


async def _listen(server: BatchServer) -> web.AppRunner:
    runner = web.AppRunner(server.application(), access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    server.port = runner.addresses[0][1]
    return runner
