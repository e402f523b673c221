import asyncio
import random

import pytest

from clone_pipeline.llm.asking import LlmFailure
from clone_pipeline.qa.gathering import each


def test_results_stand_in_the_items_order_whoever_is_done_first() -> None:
    seen: list[tuple[int, int]] = []

    async def work(item: int) -> int:
        await asyncio.sleep(random.Random(item).random() / 100)
        return item * item

    results = asyncio.run(each(range(20), work, progress=lambda *step: seen.append(step)))
    assert results == [n * n for n in range(20)]
    assert seen == [(n, 20) for n in range(1, 21)]


def test_the_first_error_is_raised_as_itself_and_stops_the_others() -> None:
    finished = []

    async def work(item: int) -> None:
        if item == 3:
            raise LlmFailure("host", 401, "no key", "Set one.")
        await asyncio.sleep(5)
        finished.append(item)

    async def nested(item: int) -> None:
        await each(range(5), work)

    with pytest.raises(LlmFailure, match="no key"):
        asyncio.run(each(range(2), nested))
    assert finished == []


def test_no_items_give_no_results() -> None:
    async def work(item: int) -> int:
        return item

    assert asyncio.run(each([], work)) == []
