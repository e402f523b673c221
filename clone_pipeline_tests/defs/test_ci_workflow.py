"""The shipped workflow, run as a script: nights of good, unchanged and poisoned data."""

import re
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import yaml

from clone_pipeline import scaffold
from clone_pipeline.evaluation.outcome import Outcome
from clone_pipeline_tests.defs import ci_runner, opened
from clone_pipeline_tests.defs.ci_runner import Job, Runner
from clone_pipeline_tests.defs.poison import shuffled_speakers
from clone_pipeline_tests.defs.retrained import change, retrain, states, write_chat
from clone_pipeline_tests.defs.small_project import chat_rows, make_project, write_settings
from clone_pipeline_tests.llm.openai_server import running

pytestmark = pytest.mark.timeout(900)  # the first test waits for whole runs

DAYS = 60
UNCHANGED_SECONDS = 30.0
STATE = ["data", "models", ".private", ".dagster"]


@dataclass(frozen=True)
class Nights:
    """Three nights of CI: good data, the same, poisoned data; what stood after each."""

    good: Job
    unchanged: Job
    poisoned: Job
    requests: list[int]
    models: list[set[str]]
    genuine: set[str]
    held_out: set[str]


def contents(workspace: Path, *, split: str | None = None) -> set[str]:
    """The persona's rows of the training dataset, of both sides or of one."""
    rows = pq.read_table(workspace / "data" / "training_dataset.parquet").to_pylist()
    return {
        row["content"]
        for row in rows
        if row["collection"] == "persona" and split in (None, row["split"])
    }


def with_shipped_floors(folder: Path) -> None:
    tree = yaml.safe_load((folder / "clone.yaml").read_text(encoding="utf-8"))
    del tree["evaluation"]["floors"]
    write_settings(folder, tree)


def files(models: Path) -> set[str]:
    return {str(path.relative_to(models)) for path in models.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def nights(base: Path, tmp_path_factory: pytest.TempPathFactory) -> Nights:
    folder = tmp_path_factory.mktemp("ci")
    jobs: list[Job] = []
    requests, models = [], []
    genuine: set[str] = set()
    with running() as server:
        repository = make_project(folder / "repository", base=base, url=server.base_url)
        with_shipped_floors(repository)
        runner, rows = Runner(repository, folder), chat_rows(DAYS)
        for chat in (rows, rows, shuffled_speakers(rows)):
            write_chat(repository, chat)
            job = runner.run(first_run=not jobs)
            jobs.append(job)
            requests.append(server.requests)
            models.append(files(job.workspace / "models"))
            genuine |= contents(job.workspace) if job is jobs[0] else set()
        held_out = contents(jobs[-1].workspace, split="held_out")
    good, unchanged, poisoned = jobs
    return Nights(good, unchanged, poisoned, requests, models, genuine, held_out)


def test_good_data_is_promoted_with_exit_code_0(nights: Nights) -> None:
    told = Outcome.model_validate(nights.good.result)
    assert (nights.good.exit_code, nights.good.failed) == (0, False), nights.good.said
    assert (told.outcome, told.exit_code, told.reasons) == ("promoted", 0, [])
    assert told.production_before is None
    assert told.production_after
    assert (told.version, told.digest) == ("v0001", told.production_after.digest)
    anna = told.personas["anna"]
    assert anna.ratio
    assert anna.specificity
    assert anna.ratio.high < 1
    assert anna.specificity.low > 0
    assert told.llm.requests == told.llm.new_answers == nights.requests[0] > 0
    assert nights.good.summary.startswith("### Retraining: promoted\n")


def test_unchanged_data_does_nothing_with_exit_code_3_in_half_a_minute(nights: Nights) -> None:
    told = Outcome.model_validate(nights.unchanged.result)
    assert (nights.unchanged.exit_code, nights.unchanged.failed) == (3, False)
    assert (told.outcome, told.version, told.personas) == ("nothing_new", "v0001", {})
    assert told.reasons == ["these rows and this recipe were learned before, and promoted"]
    assert (told.llm.requests, told.llm.new_answers) == (0, 0)
    assert nights.requests[1] == nights.requests[0], "something was sent"
    assert nights.models[1] == nights.models[0], "something was trained"
    assert "evaluation_report" not in nights.unchanged.said
    assert nights.unchanged.seconds < UNCHANGED_SECONDS


def test_poisoned_data_is_refused_with_exit_code_1_and_the_reason(nights: Nights) -> None:
    told = Outcome.model_validate(nights.poisoned.result)
    assert nights.held_out
    assert nights.held_out <= nights.genuine, "the held-out rows are to be genuine"
    assert (nights.poisoned.exit_code, nights.poisoned.failed) == (1, True)
    assert (told.outcome, told.version) == ("refused", "v0002")
    assert told.compared_with
    assert told.compared_with.version == "v0001"
    assert told.production_after == told.production_before
    assert told.reasons
    for reason in told.reasons:
        assert reason.startswith("anna: ")
        assert f"refused: {reason}" in nights.poisoned.said
        assert reason in re.sub(r"\n +", " ", nights.poisoned.summary)
    assert "refused, production stays as it is" in nights.poisoned.summary


def test_what_was_refused_is_judged_again_when_the_floors_have_changed(
    nights: Nights, tmp_path: Path
) -> None:
    folder = opened.copied(nights.poisoned.workspace, tmp_path / "project")
    assert retrain(folder).outcome.outcome == "nothing_new"
    change(folder, "evaluation", {"floors": {"min_specificity": None, "regression_margin": None}})
    told = retrain(folder).outcome
    assert (told.outcome, told.version) == ("promoted", "v0002")
    assert states(folder)[-4:] == ["begun", "refused", "begun", "promoted"]


def test_without_a_restored_state_nothing_is_trained_and_nothing_is_kept(tmp_path: Path) -> None:
    (tmp_path / "repository").mkdir()
    runner = Runner(tmp_path / "repository", tmp_path)
    job = runner.run()
    assert (job.failed, job.exit_code) == (True, None)
    assert "with first_run" in job.said
    assert not runner.cache.exists()


def test_the_workflow_keeps_the_state_whatever_comes_and_quotes_no_expression_in_a_shell() -> None:
    by_action = {each.get("uses", "").partition("@")[0]: each for each in ci_runner.steps()}
    restored, saved = by_action["actions/cache/restore"], by_action["actions/cache/save"]
    assert restored["with"]["path"] == saved["with"]["path"]
    assert ci_runner.cached(saved) == [f"./{name}" for name in STATE]
    assert all(
        path.startswith("${{ env.PROJECT }}/") for path in saved["with"]["path"].splitlines()
    )
    assert restored["with"]["key"] == saved["with"]["key"]
    assert saved["if"] == ci_runner.KEPT
    for step in ci_runner.steps():
        assert not ci_runner.EXPRESSION.search(step.get("run", ""))
    assert set(ci_runner.workflow()) == {
        "name", True, "permissions", "concurrency", "env", "jobs"
    }  # fmt: skip
    ignored = scaffold.template("gitignore").split()
    assert {f"{name}/" for name in STATE} <= set(ignored), "the state is never committed"
