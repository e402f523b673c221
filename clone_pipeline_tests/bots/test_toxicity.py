import asyncio
import random
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from clone_pipeline.bots.brain import Refused, Written
from clone_pipeline.bots.toxicity import ToxicitySettings, open_gate, sentence
from clone_pipeline.settings import FaultyInput
from clone_pipeline_tests.bots.heards import (
    message,
)
from clone_pipeline_tests.bots.model_server import running
from clone_pipeline_tests.bots.thinking import saying, settings, think
from clone_pipeline_tests.classifiers.stub import stand_in, texts


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


def _judged_here(model: str, *texts: str, **more: Any) -> list[tuple[bool, str]]:
    async def judging() -> list[tuple[bool, str]]:
        chosen = ToxicitySettings.model_validate({"classifier": model} | more)
        async with open_gate(chosen, rng=random.Random(1)) as gate:
            assert gate
            found = [await gate(text) for text in texts]
        return [(each.toxic, each.why) for each in found]

    return asyncio.run(judging())


def test_a_classifier_on_this_machine_judges_by_the_labels_that_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = stand_in(tmp_path, monkeypatch, labels=("toxic", "neutral"))
    hidden = "a" * 60_000 + " frob " + "a" * 60_000
    found = _judged_here(model, "you frob", "a rose", hidden, " \n")
    assert found == [(True, "toxic 0.97"), (False, ""), (True, "toxic 0.97"), (False, "")]
    assert all(each["windows"] for each in texts(model))


def test_a_classifiers_labels_and_thresholds_can_be_chosen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = stand_in(tmp_path, monkeypatch, labels=("LABEL_0", "LABEL_1"))
    assert _judged_here(model, "rose", labels=["LABEL_1"]) == [(True, "LABEL_1 0.97")]
    assert _judged_here(model, "rose", threshold=None, thresholds={"LABEL_0": 0.1}) == [
        (True, "LABEL_0 0.12")
    ]
    with pytest.raises(FaultyInput, match="LABEL_0, LABEL_1"):
        _judged_here(model, "rose")


def test_a_classifier_that_fails_while_it_runs_counts_as_toxic(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = stand_in(tmp_path, monkeypatch)
    failed, died, after = _judged_here(model, "fail", "die", "a rose")
    assert failed == (True, f"the gate failed: {model}: the model's scores are no numbers")
    assert died[0]
    assert "a segment was violated" in died[1]
    assert after == (False, "")


def test_a_brain_with_a_classifier_says_nothing_to_what_is_toxic(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gated = {"classifier": stand_in(tmp_path, monkeypatch)}
    with running(answer=saying("a frob", "a rose")) as server:
        heard = think(settings(server, toxicity=gated), message("you frob"))
        said = think(settings(server, toxicity=gated), message("hi"))
    assert heard == Refused("toxic_input", "toxic 0.97")
    assert isinstance(said, Written)
    assert (said.text, said.refused) == ("a rose", ("toxic: toxic 0.97",))


def test_without_the_classifiers_weights_the_gate_is_off_and_says_so(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    gated = {"classifier": str(tmp_path / "none")}
    with running(answer=saying("a frob")) as server:
        chosen = settings(server, toxicity=gated)
        assert isinstance(think(chosen, message("hi")), Written)
    told = sentence(chosen.toxicity)
    assert told.startswith("The toxicity gate is off: there is no folder")
    assert told in caplog.text
    assert told in chosen.sentences()


def test_what_users_are_told_is_what_was_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = stand_in(tmp_path, monkeypatch)
    chosen = ToxicitySettings(classifier=model)
    assert sentence(chosen) == f"Texts heard and written are judged on this machine by {model}."
    assert sentence(chosen, "no weights").startswith("The toxicity gate is off: no weights;")
    assert sentence(None).startswith("The toxicity gate is off: neither")
    assert "go to 127.0.0.1" in sentence(ToxicitySettings(base_url="http://127.0.0.1:1/v1"))


@pytest.mark.parametrize(
    "given", [{"base_url": "http://x/v1", "classifier": "a/b"}, {"labels": ["toxic"]}]
)
def test_two_judges_and_labels_without_a_classifier_are_faults(given: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="leave"):
        ToxicitySettings.model_validate(given)
