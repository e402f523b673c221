import pytest

from clone_pipeline.bots.brain import Refused, Written
from clone_pipeline.bots.trying import Patience
from clone_pipeline_tests.bots.heards import (
    message,
)
from clone_pipeline_tests.bots.model_server import running
from clone_pipeline_tests.bots.thinking import saying, settings, think


def test_each_try_is_warmer_and_says_why_the_one_before_was_refused() -> None:
    answers = saying("https://x.example", "", "what is it, what is it?", "All right then.")
    with running(answer=answers) as server:
        found = think(settings(server), message("what is it, what is it?"))
        temperatures = [body["temperature"] for body in server.bodies]
    assert isinstance(found, Written)
    assert found.refused == ("link", "empty", "repeats_context")
    assert found.attempts == 4
    assert temperatures == pytest.approx([0.8, 0.88, 0.968, 1.0648], abs=1e-4)


def test_after_ten_refused_answers_nothing_is_said() -> None:
    with running(answer=lambda body: "see https://x.example") as server:
        found = think(settings(server), message("hi"))
        assert len(server.bodies) == 10
        assert max(body["temperature"] for body in server.bodies) <= 1.5
    assert isinstance(found, Refused)
    assert found.reason == "no_good_reply"
    assert found.refused == ("link",) * 10
    assert found.version == "small fp_test"


@pytest.mark.parametrize("first", [0.0, 0.7, 1.2, 2.0])
def test_temperatures_rise_to_the_cap_and_never_fall(first: float) -> None:
    drawn = list(Patience(temperature=first, hottest=1.5).temperatures())
    assert len(drawn) == 10
    assert drawn[0] == first
    assert drawn == sorted(drawn)
    assert max(drawn) <= max(first, 1.5)
    assert drawn[1] > 0


def test_a_reply_that_takes_too_long_is_given_up() -> None:
    with running(answer=lambda body: "Hello.", latency=3.0) as server:
        found = think(settings(server, max_seconds=0.2), message("hi"))
    assert found == Refused("out_of_time", "not ready after 0.2 s", attempts=1)
