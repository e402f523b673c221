"""A program that asks in batches and is killed by its test: URL JOURNAL NUMBER."""

import asyncio
import sys
from pathlib import Path
from typing import Any

from clone_pipeline.funnel import Usage
from clone_pipeline.llm.asking import Reply
from clone_pipeline.llm.batch import batched
from clone_pipeline.llm.budget import Prices
from clone_pipeline.llm.journal import Journal
from clone_pipeline_tests.llm.batch_protocol import BatchServer
from clone_pipeline_tests.llm.journal_program import question

PRICES = Prices((10.0, 20.0))  # (100 prompt and 10 answer tokens) cost 0.0012, in a batch half
QUICK: dict[str, Any] = {
    "quiet_seconds": 0.02,
    "poll_seconds": (0.01, 0.05),
    "patience_seconds": 5.0,
}


async def ask_all(url: str, journal: Journal, count: int, **terms: Any) -> list[Reply]:
    """The answers to so many questions."""
    terms = QUICK | {"prices": PRICES, "api_key": "secret-key"} | terms
    async with batched(base_url=url, journal=journal, **terms) as model:
        return list(await asyncio.gather(*(model.ask(question(n)) for n in range(count))))


def asking(server: BatchServer, journal: Journal, **terms: Any) -> Any:
    """`batched` with short pauses."""
    return batched(base_url=server.base_url, api_key=None, journal=journal, **(QUICK | terms))


def thirty(from_journal: int = 0) -> Usage:
    """What thirty answers cost in batches, all in all."""
    return Usage(30, from_journal, 3000, 300, sum([0.0006] * 30))


def ask(server: BatchServer, path: Path, count: int, **terms: Any) -> Usage:
    """Ask so many questions; what all that ever came has cost."""
    with Journal(path / "j") as journal:
        replies = asyncio.run(ask_all(server.base_url, journal, count, **terms))
        assert [reply.text for reply in replies] == ["Yes."] * count
        assert len(journal) == count
        return journal.spent()


if __name__ == "__main__":
    with Journal(Path(sys.argv[2])) as asked_in:
        asyncio.run(ask_all(sys.argv[1], asked_in, int(sys.argv[3])))
