"""`clone-pipeline retrain`: what it does, what it tells, how it goes on."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import dagster as dg
import pytest

from clone_pipeline import registry, scaffold
from clone_pipeline.defs import automation, learned, retraining
from clone_pipeline.evaluation.outcome import Outcome
from clone_pipeline_tests.defs import opened
from clone_pipeline_tests.defs.conftest import Flow
from clone_pipeline_tests.defs.poison import shuffled_speakers
from clone_pipeline_tests.defs.retrained import change, retrain, states, write_chat
from clone_pipeline_tests.defs.small_project import DOCUMENT, write_settings

pytestmark = pytest.mark.timeout(900)  # the first test waits for a whole run

PROGRAM = [sys.executable, "-c", "from clone_pipeline.cli import app; app()", "retrain"]


@pytest.fixture
def project(flow: Flow, tmp_path: Path) -> Path:
    """A project whose data `clone-pipeline run` has learned; it is in production."""
    return opened.copied(flow.folder, tmp_path / "project")


def test_what_a_run_promoted_is_nothing_new(project: Path) -> None:
    told = retrain(project).outcome
    assert (told.outcome, told.version) == ("nothing_new", "v0001")
    assert "v0001, which is in production" in told.reasons[0]
    assert states(project) == []


def stopped(folder: Path, result: Path, number: signal.Signals) -> tuple[int, str]:
    """Exit code and stderr of a retraining that gets a signal while it trains."""
    options = ["--project", str(folder), "--json", str(result)]
    metrics = set((folder / "models").glob(".work-*/metrics.jsonl"))
    grown = sum(path.stat().st_size for path in metrics)
    with subprocess.Popen([*PROGRAM, *options], stderr=subprocess.PIPE, text=True) as process:
        end = time.monotonic() + 120
        while grown >= _size(folder):
            assert process.poll() is None
            assert time.monotonic() < end
            time.sleep(0.02)
        os.kill(process.pid, number)
        _, said = process.communicate(timeout=60)
    return process.returncode, said


def _size(folder: Path) -> int:
    found = (folder / "models").glob(".work-*/metrics.jsonl")
    return sum(path.stat().st_size for path in found)


def test_a_retraining_that_was_stopped_is_finished_by_the_next(
    project: Path, tmp_path: Path
) -> None:
    change(project, "training", {"epochs": 3})
    result = tmp_path / "result.json"
    result.write_text("{}", encoding="utf-8")
    assert stopped(project, result, signal.SIGKILL)[0] == -signal.SIGKILL
    code, said = stopped(project, result, signal.SIGINT)
    assert code == 130
    assert "What was finished is kept" in said
    assert said.count("next:") == 1
    assert not result.exists(), "an older result must not pass for this one's"
    told = retrain(project).outcome
    assert (told.outcome, told.version) == ("promoted", "v0002")
    assert states(project) == ["begun", "begun", "begun", "promoted"]


def test_a_kill_after_the_promotion_is_told_once_by_the_next(project: Path) -> None:
    models = project / "models"
    key = registry.versions(models)[-1].card["training_key"]
    learned.note(models, key=key, judged_by="anything", state="begun")
    assert retrain(project).outcome.outcome == "promoted"
    assert retrain(project).outcome.outcome == "nothing_new"
    assert len(registry.promotions(models)) == 1


def test_an_endpoint_that_is_gone_is_a_failure_that_leaves_production(project: Path) -> None:
    whole = (project / "clone.yaml").read_text(encoding="utf-8")
    change(project, "llm", {"base_url": "http://127.0.0.1:9/v1", "patience_seconds": 0.5})
    (project / "raw_input/docs/tide.md").write_text(DOCUMENT.replace("ferry", "tide"), "utf-8")
    told = retrain(project)
    assert (told.outcome.outcome, told.outcome.exit_code) == ("failed", 1)
    assert told.outcome.reasons[0].startswith("qa_candidates: ")
    assert told.outcome.production_before == told.outcome.production_after is not None
    assert told.summary.startswith("### Retraining: failed\n")
    assert states(project) == []
    (project / "clone.yaml").write_text(whole, encoding="utf-8")
    (project / "raw_input/docs/tide.md").unlink()
    assert retrain(project).outcome.outcome == "nothing_new"


def test_a_fault_in_the_settings_is_told_in_every_place(tmp_path: Path) -> None:
    (tmp_path / "clone.yaml").write_text("qa: {vots: 3}\n", encoding="utf-8")
    result, summary = tmp_path / "new" / "r.json", tmp_path / "s.md"
    options = ["--project", str(tmp_path), "--json", str(result), "--summary", str(summary)]
    done = subprocess.run([*PROGRAM, *options], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    told = Outcome.model_validate_json(result.read_text(encoding="utf-8"))
    assert told.outcome == "failed"
    for place in (done.stderr, told.reasons[0], summary.read_text(encoding="utf-8")):
        assert "Did you mean `votes`?" in place
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "models").exists()


def test_a_place_that_cannot_be_written_is_told_before_the_work(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    options = ["--project", str(tmp_path), "--json", str(tmp_path / "file" / "r.json")]
    done = subprocess.run([*PROGRAM, *options], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "that it can't be written" in done.stderr
    assert subprocess.run([*PROGRAM, "--json", str(tmp_path)], check=False).returncode == 2


def test_the_page_shows_a_valid_result_and_explains_every_key() -> None:
    page = (Path(__file__).parents[2] / "docs" / "ci.md").read_text(encoding="utf-8")
    [shown] = re.findall(r"^```json\n(.*?)^```$", page, re.M | re.S)
    assert Outcome.model_validate_json(shown).model_fields_set == set(Outcome.model_fields)
    [table] = re.findall(r"^\| key \| holds \|\n(.*?)\n\n", page, re.M | re.S)
    keys = [key for row in table.splitlines() for key in re.findall(r"`(\w+)`", row.split("|")[1])]
    assert sorted(keys) == sorted(Outcome.model_fields)


def test_what_is_fetched_is_left_out_with_or_without_partitions() -> None:
    @dg.asset(partitions_def=dg.StaticPartitionsDefinition(["a"]))
    def fetched() -> None: ...

    @dg.asset
    def reddit_threads() -> None: ...

    @dg.asset
    def made() -> None: ...

    defs = dg.Definitions(assets=[fetched, reddit_threads, made])
    assert retraining.whole_assets(defs) == [dg.AssetKey("made")]


def test_the_job_makes_just_what_the_command_makes(flow: Flow) -> None:
    with opened.loaded(flow.folder) as defs:
        job = defs.resolve_job_def(automation.retrain.name)
        assert sorted(job.asset_layer.executable_asset_keys) == retraining.whole_assets(defs)
        assert job.partitions_def is None


def test_dg_launches_the_job_with_0_or_1(project: Path) -> None:
    command = [str(Path(sys.executable).with_name("dg")), "launch", "--job", "retrain"]
    command += ["--module-name", "clone_pipeline.definitions"]
    environment = os.environ | {
        "CLONE_PIPELINE_PROJECT": str(project), "DAGSTER_HOME": str(project / ".dagster")
    }  # fmt: skip
    codes = []
    for ratio in (10, 0.000001):
        change(project, "evaluation", {"floors": {"max_perplexity_ratio": ratio}})
        done = subprocess.run(command, cwd=project, env=environment, check=False)
        codes.append(done.returncode)
    assert codes == [0, 1]


def figures(told: Outcome) -> tuple[float, float]:
    """Mara's perplexity ratio, and her specificity turned round: higher is worse."""
    mara = told.personas["mara"]
    assert mara.ratio
    assert mara.specificity
    return mara.ratio.value, -mara.specificity.value


@pytest.mark.slow
def test_the_sample_with_shuffled_speakers_is_refused(tmp_path: Path) -> None:
    [export] = (Path(__file__).parents[2] / "raw_input" / "chats").glob("*.json")
    rows = [
        {"author": m["author"]["name"], "text": m["content"], "timestamp": m["timestamp"]}
        for m in json.loads(export.read_text(encoding="utf-8"))["messages"]
        if m["content"]
    ]
    scaffold.create(tmp_path / "p")
    mara = {"name": "Mara", "accounts": {"neutral": ["mara.lind"]}}
    write_settings(tmp_path / "p", {"personas": {"mara": mara}, "datasets": {"held_out": 0.12}})
    told = []
    for chat in (rows, shuffled_speakers(rows, genuine=0.15)):
        write_chat(tmp_path / "p", chat)
        told.append(retrain(tmp_path / "p").outcome)
    good, poisoned = told
    assert (good.outcome, good.version) == ("promoted", "v0001"), good.reasons
    assert (poisoned.outcome, poisoned.version) == ("refused", "v0002")
    assert all(reason.startswith("mara: ") for reason in poisoned.reasons)
    for one, other in zip(figures(poisoned), figures(good), strict=True):
        assert one > other, "a higher ratio, a lower specificity"
    assert poisoned.production_after == good.production_after
