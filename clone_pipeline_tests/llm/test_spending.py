"""The budget at the wire: never passed, everything kept, and resumable."""

import asyncio
import json
from pathlib import Path

import pytest

from clone_pipeline.llm.asking import LlmFailure
from clone_pipeline.llm.budget import BudgetSpent
from clone_pipeline.llm.endpoint import Endpoint
from clone_pipeline.llm.journal import Journal
from clone_pipeline_tests.llm.openai_server import Answer, Body, running
from clone_pipeline_tests.llm.test_endpoint import question, with_endpoint

# max_tokens is 10, a prompt of one digit at most 9: a request can cost 10 * 1 + 9 * 0 = 10.
PRICES = {"prompt_price": 0.0, "completion_price": 1e6}


async def ask_all(endpoint: Endpoint) -> list[object]:
    asked = [endpoint.ask(question(str(n))) for n in range(40)]
    return list(await asyncio.gather(*asked, return_exceptions=True))


def test_a_budget_is_not_passed_and_a_raised_one_goes_on_where_it_stopped(tmp_path: Path) -> None:
    """Each answer costs 3 of the 10 that were reserved."""
    with running(answer=lambda body: "12345678", latency=0.01) as server:
        outcomes = with_endpoint(server, tmp_path, ask_all, budget=50, **PRICES)
        failures = [outcome for outcome in outcomes if isinstance(outcome, Exception)]
        assert all(isinstance(failure, BudgetSpent) for failure in failures)
        assert "of its budget of 50" in str(failures[0])
        assert "llm.budget" in str(failures[0])
        sent = server.requests
        assert sent == 40 - len(failures) == 14, "3 * 13 = 39 leaves room for one, 42 for none"
        with Journal(tmp_path / "journal.sqlite") as journal:
            assert len(journal) == 14
            assert journal.spent().cost == pytest.approx(42)
        again = with_endpoint(server, tmp_path, ask_all, budget=50, **PRICES)
        assert server.requests == sent
        assert sum(isinstance(outcome, BudgetSpent) for outcome in again) == 26
        whole = with_endpoint(server, tmp_path, ask_all, budget=1000, **PRICES)
        assert server.requests == 40
        assert not any(isinstance(outcome, Exception) for outcome in whole)


def test_what_is_in_flight_when_a_run_ends_by_a_failure_is_kept(tmp_path: Path) -> None:
    def answer(body: Body) -> str | Answer:
        fails = body["messages"][0]["content"] == "0"
        return Answer(status=400, body='{"error": {"message": "no"}}') if fails else "fine"

    async def work(endpoint: Endpoint) -> None:
        await asyncio.gather(*(endpoint.ask(question(str(n))) for n in range(20)))

    with running(answer=answer, latency=0.1) as server:
        with pytest.raises(LlmFailure, match="answered 400"):
            with_endpoint(server, tmp_path, work, concurrency=10)
        assert server.requests <= 11
        with Journal(tmp_path / "journal.sqlite") as journal:
            assert len(journal) == server.requests - 1


@pytest.mark.parametrize("choices", ["given", "one"])
def test_an_endpoint_that_counts_no_tokens_is_held_to_the_budget_by_what_it_wrote(
    tmp_path: Path, choices: str
) -> None:
    """Each answer of 8 bytes counts as 2 tokens; two votes are put aside at 20."""

    def uncounted(body: Body) -> Answer:
        count = body.get("n", 1) if choices == "given" else 1
        written = [{"message": {"role": "assistant", "content": "12345678"}}] * count
        return Answer(body=json.dumps({"choices": written, "usage": None}))

    async def work(endpoint: Endpoint) -> list[object]:
        asked = [endpoint.ask_votes(question(str(n)), [0, 1]) for n in range(40)]
        return list(await asyncio.gather(*asked, return_exceptions=True))

    with running(answer=uncounted, latency=0.01) as server:
        outcomes = with_endpoint(server, tmp_path, work, budget=50, **PRICES)
        assert any(isinstance(outcome, BudgetSpent) for outcome in outcomes)
        with Journal(tmp_path / "journal.sqlite") as journal:
            assert journal.spent().cost == pytest.approx(2 * len(journal))
            assert 50 - 20 < journal.spent().cost <= 50
            assert journal.spent().prompt_tokens == journal.spent().completion_tokens == 0
