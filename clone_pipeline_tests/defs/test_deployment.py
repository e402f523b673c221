"""The gate before production, and what happens after it: one project lives through it all."""

from dataclasses import dataclass
from pathlib import Path
from shutil import copytree

import dagster as dg
import pytest
import yaml

from clone_pipeline import registry
from clone_pipeline.defs.launch import Outcome
from clone_pipeline.registry import Promotion, Version
from clone_pipeline_tests.defs import opened
from clone_pipeline_tests.defs.conftest import Flow
from clone_pipeline_tests.defs.small_project import write_settings

pytestmark = pytest.mark.timeout(900)  # the first test waits for a whole run


@dataclass(frozen=True)
class State:
    """What stood after a step."""

    outcome: Outcome
    promotions: list[Promotion]
    production: str
    promoted: int
    deployed: int
    asked: tuple[list[str | None], str]


@dataclass(frozen=True)
class Life:
    """v0001 is in production; a second version is refused, passes, and is rolled back."""

    before: State
    refused: State
    alone: State
    passed: State
    rolled_back: State


def publish_again(models: Path) -> Version:
    """The first version's weights as a newer version of the same training."""
    first = registry.versions(models)[0]
    work = models / ".work-again"
    copytree(first.folder, work)
    return registry.publish(models, work, card=first.card)


def set_ratio(folder: Path, ratio: float) -> None:
    tree = yaml.safe_load((folder / "clone.yaml").read_text(encoding="utf-8"))
    tree["evaluation"]["floors"]["max_perplexity_ratio"] = ratio
    write_settings(folder, tree)


def state(folder: Path, outcome: Outcome) -> State:
    standing = registry.production(folder / "models")
    assert standing is not None
    return State(
        outcome,
        registry.promotions(folder / "models"),
        standing.version,
        len(opened.materializations(folder, "promoted_model")),
        len(opened.materializations(folder, "production_endpoint")),
        opened.tick(folder),
    )


@pytest.fixture(scope="module")
def life(flow: Flow, tmp_path_factory: pytest.TempPathFactory) -> Life:
    folder = opened.copied(flow.folder, tmp_path_factory.mktemp("life") / "project")
    before = state(folder, flow.outcome)
    assert publish_again(folder / "models").name == "v0002"
    set_ratio(folder, 0.000001)
    refused = state(folder, opened.run(folder))
    alone = state(folder, opened.run(folder, "promoted_model"))
    set_ratio(folder, 10)
    passed = state(folder, opened.run(folder))
    registry.roll_back(folder / "models")
    rolled_back = state(folder, opened.run(folder))
    return Life(before, refused, alone, passed, rolled_back)


def test_a_version_below_a_floor_is_refused_with_the_reason(life: Life) -> None:
    assert not life.refused.outcome.succeeded
    [(asset, sentence)] = life.refused.outcome.failures
    assert asset == "promoted_model"
    assert "v0002 is refused" in sentence
    assert "perplexity ratio" in sentence


@pytest.mark.parametrize("step", ["refused", "alone"])
def test_a_refusal_leaves_no_trace_that_could_deploy_it(life: Life, step: str) -> None:
    after: State = getattr(life, step)
    assert after.promotions == life.before.promotions
    assert after.promoted == life.before.promoted
    assert after.deployed == life.before.deployed
    assert after.production == "v0001"
    assert after.asked[0] == []


def test_promoted_model_alone_refuses_too(life: Life) -> None:
    assert not life.alone.outcome.succeeded
    assert "v0002 is refused" in life.alone.outcome.failures[0][1]


def test_a_version_that_passes_is_promoted_and_deployed_once(life: Life) -> None:
    assert life.passed.outcome.succeeded, life.passed.outcome.failures
    assert [(p.number, p.version) for p in life.passed.promotions] == [(1, "v0001"), (2, "v0002")]
    assert life.passed.production == "v0002"
    assert life.passed.deployed == life.before.deployed + 1
    assert life.passed.asked == ([], "Left as it is: v0002 is in production already.")


def test_a_rollback_by_hand_is_not_undone_by_the_next_run(life: Life) -> None:
    assert life.rolled_back.outcome.succeeded
    assert life.rolled_back.production == "v0001"
    assert life.rolled_back.promotions == life.passed.promotions
    assert life.rolled_back.deployed == life.passed.deployed
    keys, why = life.rolled_back.asked
    assert keys == []
    assert "promotion 2 (v0002) was deployed before" in why


def test_an_asset_that_returns_none_instead_would_deploy_under_a_red_check() -> None:
    @dg.asset
    def report() -> None:
        pass

    @dg.asset_check(asset=report, blocking=True)
    def floors() -> dg.AssetCheckResult:
        return dg.AssetCheckResult(passed=False)

    @dg.asset(deps=[report])
    def promoted() -> None:
        return None

    @dg.job
    def deploy() -> None:
        pass

    @dg.asset_sensor(asset_key=dg.AssetKey("promoted"), job=deploy)
    def watch(context: dg.SensorEvaluationContext, event: dg.EventLogEntry) -> dg.RunRequest:
        return dg.RunRequest(run_key="1")

    assets = [report, floors, promoted]
    with dg.DagsterInstance.ephemeral() as instance:
        red = dg.materialize(assets, instance=instance, raise_on_error=False)
        assert not red.success
        assert instance.get_latest_materialization_event(dg.AssetKey("promoted")) is None
        assert dg.materialize(assets, selection=[promoted], instance=instance).success
        assert instance.get_latest_materialization_event(dg.AssetKey("promoted")) is not None
        defs = dg.Definitions(assets=[report, promoted], sensors=[watch], jobs=[deploy])
        context = dg.build_sensor_context(instance=instance, definitions=defs)
        assert [each.run_key for each in watch.evaluate_tick(context).run_requests or []] == ["1"]
