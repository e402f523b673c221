import asyncio
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clone_pipeline.llm.asking import LlmFailure, Request
from clone_pipeline.llm.budget import Budget, BudgetSpent, Prices, most_tokens


def test_a_price_is_for_a_million_tokens_and_a_model_may_have_its_own() -> None:
    prices = Prices((1.0, 2.0), {"large": (10.0, 20.0)})
    assert prices.cost("small", 1_000_000, 500_000) == 2.0
    assert prices.cost("large", 1_000_000, 500_000) == 20.0


def test_the_most_counts_every_choice_but_the_prompt_once() -> None:
    request = Request("m", ({"role": "user", "content": "x" * 400},), 0.5, 1.0, 50)
    assert most_tokens(request, choices=3) == (108.0, 150.0)


@settings(deadline=None, max_examples=60)
@given(
    st.integers(0, 2**32), st.floats(0, 20), st.floats(0, 10),
    st.lists(st.floats(0.01, 5), max_size=30),
)  # fmt: skip
def test_spent_and_in_flight_together_never_pass_the_budget(
    seed: int, limit: float, spent: float, mosts: list[float]
) -> None:
    draw = random.Random(seed)

    async def run() -> None:
        budget, reserved, settled = Budget("h", limit, spent=spent), 0.0, 0

        async def one(most: float) -> None:
            nonlocal reserved, settled
            await budget.reserve(most)
            reserved += most
            assert budget.spent + reserved <= limit + 1e-9
            await asyncio.sleep(0)
            reserved -= most
            settled += 1
            await budget.settle(most, most * draw.random())

        outcomes = await asyncio.gather(*map(one, mosts), return_exceptions=True)
        refused = [outcome for outcome in outcomes if outcome is not None]
        assert all(isinstance(outcome, BudgetSpent) for outcome in refused)
        assert len(refused) + settled == len(mosts)
        assert budget.spent <= max(limit, spent) + 1e-9

    asyncio.run(run())


def test_the_failure_says_what_was_spent_and_which_key_to_raise() -> None:
    async def run() -> None:
        budget = Budget("api.example.com", 5.0, spent=4.99)
        with pytest.raises(LlmFailure, match=r"4\.9900 of its budget of 5.*Raise llm\.budget"):
            await budget.reserve(1.0)
        with pytest.raises(BudgetSpent):
            await budget.reserve(0.0)

    asyncio.run(run())


def test_without_a_budget_all_is_let_through() -> None:
    async def run() -> None:
        budget = Budget("h", None)
        await budget.reserve(1e9)
        await budget.settle(1e9, 7.0)
        assert budget.spent == 7.0

    asyncio.run(run())
