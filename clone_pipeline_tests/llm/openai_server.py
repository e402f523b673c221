"""A local server that speaks OpenAI's chat-completions protocol, for tests and dry runs.

In a test: `with running(answer=lambda body: "Hi") as server: ... server.base_url`. As a program:
`python -m clone_pipeline_tests.llm.openai_server --port 0 --latency 0.1`; its first line is the
base_url.
"""

import argparse
import asyncio
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from aiohttp import web

from clone_pipeline_tests.llm.chat_protocol import (
    Answer,
    Body,
    Fault,
    OpenAiServer,
    Script,
    request_key,
)

__all__ = ["Answer", "Body", "Fault", "OpenAiServer", "Script", "request_key", "running"]


async def _listen(server: OpenAiServer, port: int) -> web.AppRunner:
    runner = web.AppRunner(server.application(), access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port, backlog=1024).start()
    server.port = runner.addresses[0][1]
    return runner


@contextmanager
def running(*, port: int = 0, **script: Any) -> Iterator[OpenAiServer]:
    """The server in a thread of its own, for `Script`'s arguments; stops with the block."""
    server = OpenAiServer(Script(**script))
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    runner = asyncio.run_coroutine_threadsafe(_listen(server, port), loop).result(10)
    try:
        yield server
    finally:
        asyncio.run_coroutine_threadsafe(runner.cleanup(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


async def _serve(server: OpenAiServer, port: int) -> None:
    await _listen(server, port)
    sys.stdout.write(f"{server.base_url}\n")
    sys.stdout.flush()
    while True:
        await asyncio.sleep(5)
        sys.stderr.write(f"{server.requests} requests, {server.in_flight} in flight\n")


def main() -> None:
    """Serve well-formed replies to every step's prompt until stopped."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--latency", type=float, default=0.0, help="seconds before each reply")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--models", nargs="+", default=["small", "large"])
    for kind in ("429", "500", "drop", "truncated", "malformed"):
        parser.add_argument(f"--share-{kind}", type=float, default=0.0)
    given = parser.parse_args()
    kinds: tuple[Fault, ...] = ("429", "500", "drop", "truncated", "malformed")
    faults = {kind: getattr(given, f"share_{kind}") for kind in kinds}
    script = Script(
        latency=given.latency, seed=given.seed, models=tuple(given.models), faults=faults
    )
    asyncio.run(_serve(OpenAiServer(script), given.port))


if __name__ == "__main__":
    main()
