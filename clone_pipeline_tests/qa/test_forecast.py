import pytest
from hypothesis import given
from hypothesis import strategies as st

from clone_pipeline.qa import dialogue, generation, rating, repair, suitability, writing
from clone_pipeline.qa.forecast import Size, forecast, sentence, step_sentence
from clone_pipeline.qa.verification import CHECKS

STEPS = [generation.PROMPT, CHECKS["question"].prompt, CHECKS["accuracy"].prompt, repair.PROMPT,
         dialogue.PROMPT]  # fmt: skip
MORE = [suitability.PROMPT, writing.MORE_PROMPT, rating.PROMPT]
SIZES = {step: Size(1000, 100) for step in STEPS}


def foretold(**changed: object) -> list[int]:
    given = {
        "chunks": 100, "styles": 1, "pairs_per_chunk": 4.0, "votes": 3,
        "checks": ["question", "accuracy"], "repairs": True, "price": (1.0, 2.0),
        "large_price": (10.0, 20.0),
    }  # fmt: skip
    return [each.requests for each in forecast(SIZES, **{**given, **changed})]  # type: ignore[arg-type]


def test_each_step_asks_about_what_the_step_before_it_leaves() -> None:
    assert foretold() == [100, 808, 724, 350, 100]
    assert foretold(votes=1) == [100, 408, 366, 350, 100]
    assert foretold(checks=["accuracy"], repairs=False, styles=2) == [200, 1616, 200]


def test_what_is_switched_on_is_foretold_too() -> None:
    sizes = {**SIZES, **{step: Size(1000, 100) for step in MORE}}
    found = forecast(
        sizes, chunks=100, styles=2, pairs_per_chunk=4.0, votes=3, checks=["question"],
        repairs=False, rounds=2, price=(1.0, 2.0), large_price=(1.0, 2.0),
    )  # fmt: skip
    requests = {each.step: each.requests for each in found}
    assert [requests[step] for step in MORE] == [100, 400, 717]


def test_money_is_counted_at_each_models_price() -> None:
    found = forecast(
        SIZES, chunks=100, styles=1, pairs_per_chunk=1.0, votes=1, checks=["question"],
        repairs=False, price=(1.0, 2.0), large_price=(10.0, 20.0),
    )  # fmt: skip
    assert [round(each.cost, 4) for each in found] == [0.12, 0.1224, 1.0752]
    assert sentence(found) == "about 292 requests, 292 k + 29 k tokens, which costs 1.32"
    assert step_sentence(found[0]) == (
        f"{generation.PROMPT}: 100 requests, 100 k + 10 k tokens, 0.12"
    )


@given(votes=st.integers(1, 9), pairs=st.floats(0, 20), chunks=st.integers(0, 1000))
def test_more_votes_are_never_fewer_requests(votes: int, pairs: float, chunks: int) -> None:
    fewer = foretold(votes=votes, pairs_per_chunk=pairs, chunks=chunks)
    more = foretold(votes=votes + 1, pairs_per_chunk=pairs, chunks=chunks)
    assert sum(fewer) <= sum(more)


def test_without_prices_the_sentence_says_so() -> None:
    found = forecast(
        SIZES, chunks=1, styles=1, pairs_per_chunk=1.0, votes=1, checks=[], repairs=False,
        price=(0, 0), large_price=(0, 0),
    )  # fmt: skip
    assert "llm.prompt_price is 0" in sentence(found)


@pytest.mark.parametrize("chunks", [0, 1])
def test_steps_that_were_not_tried_are_left_out(chunks: int) -> None:
    found = forecast(
        {}, chunks=chunks, styles=1, pairs_per_chunk=0.0, votes=3, checks=["question"],
        repairs=True, price=(1, 1), large_price=(1, 1),
    )  # fmt: skip
    assert found == []
