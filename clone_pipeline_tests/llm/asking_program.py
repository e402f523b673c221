"""A program that asks a local server and is killed by its test: URL JOURNAL N CONCURRENCY."""

import asyncio
import sys
from pathlib import Path

from clone_pipeline.llm.asking import Request
from clone_pipeline.llm.journal import Journal
from clone_pipeline.llm.openai_compatible import connect


def question(number: int) -> Request:
    """The n-th question; every fifth is a second vote on the one before it."""
    asked = number - 1 if number % 5 == 4 else number
    message = {"role": "user", "content": f"Question {asked}? " + "Some context. " * 60}
    extra = {"seed": asked * 2 + (number % 5 == 4)}
    return Request("small", (message,), 0.2, 1.0, 50, extra=extra, vote=int(number % 5 == 4))


async def ask_all(url: str, journal: Journal, count: int, concurrency: int) -> None:
    async with connect(
        base_url=url, api_key=None, journal=journal, concurrency=concurrency
    ) as endpoint:
        await asyncio.gather(*(endpoint.ask(question(number)) for number in range(count)))


def main(arguments: list[str]) -> None:
    with Journal(Path(arguments[1])) as journal:
        sys.stdout.write("asking\n")
        sys.stdout.flush()
        asyncio.run(ask_all(arguments[0], journal, int(arguments[2]), int(arguments[3])))


if __name__ == "__main__":
    main(sys.argv[1:])
