import json
import math
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from clone_pipeline import registry
from clone_pipeline.evaluation import report as reports
from clone_pipeline.evaluation.evaluating import evaluate
from clone_pipeline.evaluation.gate import EvaluationSettings
from clone_pipeline.evaluation.report import Report
from clone_pipeline.evaluation.running import Run
from clone_pipeline.records import TRAINING_DATASET, to_table
from clone_pipeline.settings import FaultyInput
from clone_pipeline_tests.evaluation.test_heldout import row
from clone_pipeline_tests.serving.tiny_versions import publish, tiny_adapter

FEW = EvaluationSettings(
    samples=1, small_talk=("How was your day?",), max_new_tokens=6, threads=1, max_tokens=256
)
SAID = ["Did you water them?", "The rain did most of it.", "Bring the beans over on Sunday."]


def chat(number: int) -> str:
    turns = [
        ("system", "CONTEXT: Anna."),
        ("human", SAID[(number + 1) % 3]),
        ("gpt", f"No {number}."),
        ("human", SAID[number % 3]),
        ("gpt", f"Yes {number}."),
    ]
    return json.dumps({"conversations": [{"from": who, "value": said} for who, said in turns]})


def segments(number: int) -> str:
    texts = [f"CONTEXT: Ben.\nCy: {SAID[number % 3]}", f"\nBen: no {number}"]
    listed = [{"label": bool(place), "text": text} for place, text in enumerate(texts)]
    return json.dumps({"segments": listed})


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("weights")


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("data") / "training_dataset.parquet"
    rows = [
        *(row(n, "held_out", content=chat(n)) for n in range(6)),
        *(row(n + 10, "held_out", content=chat(n), persona="ben") for n in range(3)),
        *(row(n + 20, "train", content=chat(n)) for n in range(4)),
        *(
            row(n + 30, "held_out", content=chat(n), collection="qa", dataset="rag", persona=None)
            for n in range(2)
        ),
        *(
            row(n + 40, "held_out", content=segments(n), form="segments", persona="ben")
            for n in range(4)
        ),
    ]
    pq.write_table(to_table(rows, TRAINING_DATASET), path)
    return path


@pytest.fixture(scope="module")
def first(
    tmp_path_factory: pytest.TempPathFactory, weights: Path, dataset: Path
) -> tuple[Run, Report]:
    """An evaluation of v0001, both personas and an expert, with nothing in production."""
    folder = tmp_path_factory.mktemp("project")
    version = publish(folder / "models", weights, seed=1, expert={"system_prompt": "You know."})
    run = Run(
        base_model=weights / "base",
        version=version.folder,
        dataset=dataset,
        out=folder / "report.json",
        settings=FEW,
    )
    return run, evaluate(run)


def test_each_persona_and_the_expert_are_measured_on_their_own_rows(
    first: tuple[Run, Report],
) -> None:
    _, report = first
    assert {name: each.rows for name, each in report.personas.items()} == {"anna": 6, "ben": 3}
    assert report.together
    assert report.together.rows == 9
    assert report.expert
    assert (report.expert.rows, report.expert.others, report.expert.specificity) == (2, None, None)
    anna = report.personas["anna"]
    assert anna.own
    assert anna.ratio
    measured = anna.own.tuned_perplexity / anna.own.base_perplexity
    assert anna.ratio.value == pytest.approx(measured)
    assert anna.ratio.value != 1
    assert anna.others
    assert anna.others.tokens > 0
    assert anna.words
    assert anna.specificity
    gained = [math.log(s.base_perplexity / s.tuned_perplexity) for s in (anna.words, anna.others)]
    assert anna.specificity.value == pytest.approx(gained[0] - gained[1])
    assert anna.specificity.low <= anna.specificity.value <= anna.specificity.high


def test_base_and_tuned_answer_the_same_prompts_side_by_side(first: tuple[Run, Report]) -> None:
    _, report = first
    asked = [(each.speaker, each.kind) for each in report.samples]
    both = ["held_out", "small_talk"]
    assert asked == [
        *(("anna", kind) for kind in both),
        *(("ben", kind) for kind in both),
        ("the expert", "held_out"),
    ]
    assert any(each.base != each.tuned for each in report.samples)
    assert report.samples[0].real
    assert report.samples[0].real.startswith("Yes ")
    assert report.memorisation.replies == 5


def test_the_same_version_measured_again_gives_the_same_figures(first: tuple[Run, Report]) -> None:
    run, report = first
    again = evaluate(run)
    assert again.model_copy(update={"seconds": report.seconds}) == report
    assert reports.load(run.out) == again


def test_a_model_as_it_was_before_training_is_no_better_than_its_base(
    tmp_path: Path, weights: Path, dataset: Path
) -> None:
    import torch
    from peft import PeftModel
    from transformers import AutoModelForCausalLM

    adapter = tiny_adapter(weights, 1)
    base: Any = AutoModelForCausalLM.from_pretrained(str(weights / "base"))
    model: Any = PeftModel.from_pretrained(base, str(adapter))
    work = registry.working_folder(tmp_path, training_key="untrained")
    for name, values in model.named_parameters():
        if "lora_B" in name:
            torch.nn.init.zeros_(values)
    model.save_pretrained(str(work / "model"))
    card = registry.version(publish(tmp_path, weights, seed=1).folder.parent, "v0001").card
    version = registry.publish(tmp_path, work, card={**card, "training_key": "untrained"})
    report = evaluate(
        Run(
            base_model=weights / "base",
            version=version.folder,
            dataset=dataset,
            out=tmp_path / "report.json",
            settings=FEW,
        )
    )
    ratio = report.personas["anna"].ratio
    assert ratio
    assert (ratio.value, ratio.low, ratio.high) == pytest.approx((1, 1, 1))
    assert all(each.base == each.tuned for each in report.samples)


def test_production_is_scored_on_the_same_rows_and_remembered(
    first: tuple[Run, Report], weights: Path
) -> None:
    run, report = first
    models = run.version.parent
    second = publish(models, weights, seed=2, expert={"system_prompt": "You know."})
    later = run.model_copy(update={"version": second.folder, "production": run.version})
    found = evaluate(later)
    assert found.production
    assert (found.production.version, found.production.note) == ("v0001", "")
    anna, before = found.personas["anna"], report.personas["anna"]
    assert anna.ratio
    assert before.ratio
    assert anna.against_production
    assert anna.own
    assert before.own
    expected = math.log(anna.own.tuned_perplexity) - math.log(before.own.tuned_perplexity)
    assert anna.against_production.value == pytest.approx(expected, abs=1e-6)


def test_production_in_another_form_is_not_compared_and_the_report_says_why(
    first: tuple[Run, Report], weights: Path
) -> None:
    run, _ = first
    ben = {"ben": {"name": "Ben", "system_prompt": "CONTEXT: Ben."}}
    version = publish(run.version.parent, weights, seed=3, form="segments", personas=ben)
    found = evaluate(run.model_copy(update={"version": version.folder, "production": run.version}))
    assert found.personas["ben"].rows == 4
    assert found.personas["ben"].against_production is None
    assert found.production
    assert "taught sharegpt" in found.production.note
    assert found.samples[0].said in SAID


def test_a_version_that_diverged_is_told_as_such(
    tmp_path: Path, weights: Path, dataset: Path
) -> None:
    from safetensors.torch import load_file, save_file

    card = publish(tmp_path, weights, seed=1).card
    work = registry.working_folder(tmp_path, training_key="diverged")
    shutil.copytree(tiny_adapter(weights, 1), work / "model", dirs_exist_ok=True)
    file = work / "model" / "adapter_model.safetensors"
    save_file({name: each * float("nan") for name, each in load_file(file).items()}, file)
    version = registry.publish(tmp_path, work, card={**card, "training_key": "diverged"})
    run = Run(
        base_model=weights / "base",
        version=version.folder,
        dataset=dataset,
        out=tmp_path / "report.json",
        settings=FEW,
    )
    with pytest.raises(FaultyInput, match=r"not finite: training diverged\. Lower `training\."):
        evaluate(run)


def test_a_full_model_is_measured_against_its_base_in_a_process_of_its_own(
    tmp_path: Path, weights: Path, dataset: Path
) -> None:
    from clone_pipeline_tests.tiny_llama import make_tiny_llama

    work = registry.working_folder(tmp_path, training_key="full")
    make_tiny_llama(work / "model", seed=5)
    card = publish(tmp_path, weights, seed=1).card
    full = {**card, "training_key": "full", "kind": "full"}
    version = registry.publish(tmp_path, work, card=full)
    out = tmp_path / "reports" / "report.json"
    run = Run(
        base_model=weights / "base",
        version=version.folder,
        dataset=dataset,
        out=out,
        settings=FEW,
    )
    (tmp_path / "run.json").write_text(run.model_dump_json())
    command = [sys.executable, "-m", "clone_pipeline.evaluation", str(tmp_path / "run.json")]
    subprocess.run(command, check=True)
    ratio = reports.load(out).personas["anna"].ratio
    assert ratio
    assert ratio.value != 1


def test_a_faulty_run_file_is_told_on_stderr(tmp_path: Path) -> None:
    (tmp_path / "run.json").write_text('{"version": "v0001", "sede": 1}')
    command = [sys.executable, "-m", "clone_pipeline.evaluation", str(tmp_path / "run.json")]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 1
    assert "an unknown key `sede`" in run.stderr
    assert "Traceback" not in run.stderr
