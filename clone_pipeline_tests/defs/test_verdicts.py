"""How a retraining is told that was judged, or that broke off."""

import inspect
from pathlib import Path
from unittest.mock import Mock

import dagster as dg
import pytest

from clone_pipeline import registry, scaffold
from clone_pipeline.defs import evaluation, launch, retraining
from clone_pipeline.defs.resources import ProjectFolder
from clone_pipeline.evaluation import gate


def test_what_is_not_put_into_production_is_a_failure_with_the_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    version = Mock(digest="new")
    said = launch.Outcome(True, [], ["Left as it is: changed by hand."])
    asked = (ProjectFolder(path=str(tmp_path)), said, Mock(), version)
    monkeypatch.setattr(registry, "production", lambda _: Mock(digest="new"))
    assert retraining._verdict(*asked) == ("promoted", [])
    monkeypatch.setattr(registry, "production", lambda _: None)
    assert retraining._verdict(*asked) == ("failed", ["Left as it is: changed by hand."])


@pytest.mark.parametrize(
    ("reason", "ending"),
    [("anna: too high", "refused"), (retraining.OUTDATED + ", again", "failed")],
)
def test_a_report_that_production_has_outrun_is_no_refusal(
    monkeypatch: pytest.MonkeyPatch, reason: str, ending: str
) -> None:
    monkeypatch.setattr(evaluation, "refusals", lambda *_: [reason])
    run = launch.Outcome(False, [("promoted_model", "refused")], [])
    assert retraining._verdict(Mock(), run, Mock(), Mock()) == (ending, [reason])


def test_a_verdict_is_by_what_is_in_production(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = ProjectFolder(path=str(tmp_path))
    found = {retraining._judged_by(here, "how")}
    for digest in ("a", "b"):
        monkeypatch.setattr(registry, "production", lambda _, d=digest: Mock(digest=d))
        found.add(retraining._judged_by(here, "how"))
    assert len(found) == 3


def test_the_words_of_the_gate_are_those_that_are_looked_for() -> None:
    assert retraining.OUTDATED in inspect.getsource(gate)


def test_an_unexpected_error_is_a_failure_that_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    scaffold.create(tmp_path / "p")
    monkeypatch.setattr(retraining, "_retrained", Mock(side_effect=KeyError("odd")))
    told = retraining.retrain(dg.Definitions(), tmp_path / "p")
    assert told.outcome.reasons == ["unexpected KeyError: 'odd'"]
    assert (told.outcome.outcome, told.outcome.exit_code) == ("failed", 1)
    monkeypatch.setattr(retraining, "_retrained", Mock(side_effect=launch.Interrupted))
    with pytest.raises(launch.Interrupted):
        retraining.retrain(dg.Definitions(), tmp_path / "p")
