from collections.abc import Mapping
from typing import Any

import pytest

from clone_pipeline.bots.brain import Refused, Written
from clone_pipeline.settings import FaultyInput
from clone_pipeline_tests.bots.heards import (
    message,
)
from clone_pipeline_tests.bots.model_server import running
from clone_pipeline_tests.bots.thinking import saying, settings, think


def _toxic(text: str) -> Mapping[str, float]:
    return {"hate": 0.97 if "frob" in text else 0.2}


def test_what_is_heard_is_judged_before_the_model_is_asked() -> None:
    with running(answer=lambda body: "Hello.", scores=_toxic) as server:
        gated = {"base_url": server.base_url}
        found = think(settings(server, toxicity=gated), message("you frob"))
        assert found == Refused("toxic_input", "hate 0.97")
        assert not server.bodies


def test_what_would_be_said_is_judged_each_time() -> None:
    with running(answer=saying("a frob", "a rose"), scores=_toxic) as server:
        gated = {"base_url": server.base_url}
        found = think(settings(server, toxicity=gated), message("hi"))
        assert server.judged == ["hi", "a frob", "a rose"]
    assert isinstance(found, Written)
    assert (found.text, found.refused) == ("a rose", ("toxic: hate 0.97",))


def test_a_gate_that_fails_counts_as_toxic() -> None:
    with running(answer=lambda body: "Hello.", moderation_status=400) as server:
        gated = {"base_url": server.base_url}
        found = think(settings(server, toxicity=gated), message("hi"))
        assert isinstance(found, Refused)
        assert found.reason == "toxic_input"
        assert found.why.startswith("the gate failed: 127.0.0.1")


@pytest.mark.parametrize(
    ("gate", "toxic"),
    [
        ({}, ()),
        ({"threshold": 0.15}, ("hate", "self-harm")),
        ({"thresholds": {"self-harm": 0.5}}, ("self-harm",)),
        ({"threshold": None}, ("flagged",)),
    ],
)
def test_thresholds_are_of_all_categories_or_of_one(
    gate: dict[str, Any], toxic: tuple[str, ...]
) -> None:
    scores = {"hate": 0.2, "self-harm": 0.6}
    with running(answer=lambda body: "Hello.", scores=lambda text: scores) as server:
        found = think(settings(server, toxicity={"base_url": server.base_url} | gate), message("x"))
    assert isinstance(found, Refused) == bool(toxic)
    if isinstance(found, Refused):
        assert found.why.split()[0] in toxic


def test_every_part_of_a_long_message_is_judged() -> None:
    hidden = "a" * 60_000 + " frob " + "a" * 60_000
    with running(answer=lambda body: "Hello.", scores=_toxic) as server:
        found = think(settings(server, toxicity={"base_url": server.base_url}), message(hidden))
        assert "".join(server.judged) == hidden
    assert isinstance(found, Refused)


def test_a_verdict_that_is_none_counts_as_toxic() -> None:
    with running(answer=lambda body: "{}") as server:
        gate = {"base_url": server.base_url, "model": "", "tries": 1}
        server.scores = lambda text: {"hate": "high"}  # type: ignore[dict-item]
        found = think(settings(server, toxicity=gate), message("hi"))
    assert isinstance(found, Refused)
    assert "/moderations" in found.why


def test_a_threshold_that_is_no_probability_is_a_fault() -> None:
    with running(answer=lambda body: "Hello.") as server:
        gate = {"base_url": server.base_url, "thresholds": {"hate": 7}}
        with pytest.raises(FaultyInput, match=r"toxicity\.thresholds"):
            think(settings(server, toxicity=gate), message("hi"))
