import dataclasses
import os
from pathlib import Path

import pytest

from clone_pipeline import registry
from clone_pipeline.registry import Promotion
from clone_pipeline.serving import client, deploying
from clone_pipeline.serving.deploying import RedeployFailed
from clone_pipeline.serving.settings import ServingSettings
from clone_pipeline.serving_reports import report_serving
from clone_pipeline.settings import Fault, FaultyInput


def promoted(models: Path, weights: str) -> Promotion:
    work = registry.working_folder(models, training_key=weights)
    (work / "model").mkdir()
    (work / "model" / "weights").write_text(weights)
    version = registry.publish(models, work, card={"training_key": weights})
    report = models / "report.json"
    report.write_text("{}")
    return registry.promote(models, version=version, report=report)


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "smoke", lambda models, version, settings: f"I am {version}.")


def redeploy(models: Path, promotion: Promotion, said: list[str]) -> deploying.Redeployed:
    return deploying.redeploy(
        models, promotion=promotion, settings=ServingSettings(), say=said.append, wait_seconds=0.6
    )


@pytest.mark.usefixtures("answers")
def test_with_nobody_serving_the_promotion_is_in_production_at_once(tmp_path: Path) -> None:
    said: list[str] = []
    done = redeploy(tmp_path, promoted(tmp_path, "a"), said)
    assert done == deploying.Redeployed("I am v0001.", 0)
    standing = registry.production(tmp_path)
    assert standing is not None
    assert (standing.version, standing.promotion) == ("v0001", 1)


@pytest.mark.usefixtures("answers")
def test_a_serving_process_that_does_not_take_it_brings_the_old_version_back(
    tmp_path: Path,
) -> None:
    first = promoted(tmp_path, "a")
    redeploy(tmp_path, first, [])
    report_serving(
        tmp_path, pid=os.getpid(), version="v0001", digest=first.digest, url="http://x/v1",
        state="failed", wanted="v0002", message="out of memory",
    )  # fmt: skip
    with pytest.raises(RedeployFailed, match="out of memory"):
        redeploy(tmp_path, promoted(tmp_path, "b"), [])
    standing = registry.production(tmp_path)
    assert standing is not None
    assert standing.digest == first.digest


@pytest.mark.usefixtures("answers")
def test_a_first_deployment_that_nobody_can_serve_leaves_production_empty(tmp_path: Path) -> None:
    report_serving(
        tmp_path, pid=os.getpid(), version=None, digest=None, url="http://x/v1", state="waiting"
    )
    with pytest.raises(RedeployFailed, match="nothing after"):
        redeploy(tmp_path, promoted(tmp_path, "a"), [])
    assert registry.production(tmp_path) is None


@pytest.mark.usefixtures("answers")
def test_another_digest_than_the_promoted_one_is_refused_before_anything_changes(
    tmp_path: Path,
) -> None:
    other = dataclasses.replace(promoted(tmp_path, "a"), digest="0" * 64)
    with pytest.raises(RedeployFailed, match="not the model that was promoted"):
        redeploy(tmp_path, other, [])
    assert registry.production(tmp_path) is None


def test_a_model_that_fails_the_smoke_test_never_reaches_production(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def silent(models: Path, version: str, settings: ServingSettings) -> str:
        raise FaultyInput([Fault(version, "an empty reply", "Train again.")])

    monkeypatch.setattr(client, "smoke", silent)
    with pytest.raises(RedeployFailed, match="fails the smoke test"):
        redeploy(tmp_path, promoted(tmp_path, "a"), [])
    assert registry.production(tmp_path) is None
