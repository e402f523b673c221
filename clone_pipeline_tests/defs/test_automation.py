from pathlib import Path

import dagster as dg
import pytest

from clone_pipeline import registry
from clone_pipeline.defs.automation import redeploy_bot, redeploy_on_promotion
from clone_pipeline_tests.defs import opened
from clone_pipeline_tests.defs.conftest import Flow

pytestmark = pytest.mark.timeout(900)  # the first test waits for a whole run


def take_back(folder: Path) -> None:
    """As if the promotion had not been deployed yet: no pointer, no run of the job."""
    (folder / "models" / "production.json").unlink()
    with opened.opened(folder) as (_, instance):
        for run in instance.get_runs(dg.RunsFilter(job_name=redeploy_bot.name)):
            instance.delete_run(run.run_id)


def test_the_sensor_runs_by_default_and_starts_the_job() -> None:
    assert redeploy_on_promotion.default_status is dg.DefaultSensorStatus.RUNNING
    assert redeploy_on_promotion.job_name == "redeploy_bot"


def test_the_run_key_is_the_number_of_the_promotion(flow: Flow, tmp_path: Path) -> None:
    folder = opened.copied(flow.folder, tmp_path / "project")
    take_back(folder)
    assert opened.tick(folder) == (["1"], "")
    models = folder / "models"
    [version] = registry.versions(models)
    report = folder / "data" / "evaluation" / version.name / "report.json"
    report.write_text(report.read_text(encoding="utf-8") + "\n\n", encoding="utf-8")
    registry.promote(models, version=version, report=report)
    numbers = [promotion.number for promotion in registry.promotions(models)]
    assert opened.tick(folder) == ([str(numbers[-1])], "")


def test_the_sensor_is_silent_before_the_first_promotion(tmp_path: Path) -> None:
    assert opened.tick(tmp_path)[0] == []


def test_a_materialization_without_a_promotion_line_deploys_nothing(
    flow: Flow, tmp_path: Path
) -> None:
    folder = opened.copied(flow.folder, tmp_path / "project")
    take_back(folder)
    (folder / "models" / "promotions.jsonl").unlink()
    keys, why = opened.tick(folder)
    assert keys == []
    assert "no promotion is written" in why
