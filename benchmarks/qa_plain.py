"""2,000 plain requests: the connection with its journal beside bare aiohttp, in one run."""

import argparse
import asyncio
import resource
import time
from pathlib import Path
from typing import Any

import aiohttp
import orjson
import qa_project as projects

from clone_pipeline.llm.asking import Request
from clone_pipeline.llm.journal import Journal
from clone_pipeline.llm.openai_compatible import connect

COUNT, LATENCY, SLOTS, ROUNDS = 2000, 0.1, 100, 3


def plain(given: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """Efficiency (ideal wall / wall) and CPU of both, each the best of three interleaved rounds."""
    found: dict[str, list[tuple[float, float]]] = {"bare_aiohttp": [], "clone_pipeline": []}
    with projects.mock_model(latency=LATENCY) as mock:
        for number in range(ROUNDS):
            found["bare_aiohttp"].append(_timed(_bare(mock.url)))
            found["clone_pipeline"].append(_timed(_ours(mock.url, folder / f"{number}.sqlite")))
    ideal = COUNT * LATENCY / SLOTS
    return {
        f"{name}_{what}": value
        for name, each in found.items()
        for what, value in (
            ("efficiency", round(ideal / min(wall for wall, _ in each), 3)),
            ("cpu_ms_a_request", round(1e3 * min(cpu for _, cpu in each) / COUNT, 3)),
        )
    }


def _question(number: int) -> Request:
    message = {"role": "user", "content": f"Question {number}? " + "Some context. " * 100}
    return Request("small", (message,), 0.2, 1.0, 200)


def _timed(work: Any) -> tuple[float, float]:
    before, began = resource.getrusage(resource.RUSAGE_SELF), time.monotonic()
    asyncio.run(work)
    wall, after = time.monotonic() - began, resource.getrusage(resource.RUSAGE_SELF)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


async def _ours(url: str, path: Path) -> None:
    with Journal(path) as journal:
        async with connect(
            base_url=url, api_key=None, journal=journal, concurrency=SLOTS
        ) as endpoint:
            await asyncio.gather(*(endpoint.ask(_question(n)) for n in range(COUNT)))


async def _bare(url: str) -> None:
    slots = asyncio.Semaphore(SLOTS)
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=SLOTS)) as session:

        async def ask(number: int) -> Any:
            asked = _question(number)
            body = {"model": asked.model, "messages": asked.messages, "max_tokens": 200}
            async with slots, session.post(
                f"{url}/chat/completions", data=orjson.dumps(body),
                headers={"Content-Type": "application/json"},
            ) as response:  # fmt: skip
                return orjson.loads(await response.read())

        await asyncio.gather(*(ask(number) for number in range(COUNT)))
