import json
from pathlib import Path

import pytest
import torch

from clone_pipeline.local_model import encoding, loading, scoring
from clone_pipeline.training import runfile
from clone_pipeline.training.running import run
from clone_pipeline_tests.training.conftest import MakeRun, row

METHODS = [{"name": "lora", "r": 8}, {"name": "galore", "rank": 16, "update_proj_gap": 5}]


def quiet(line: str) -> None:
    """Nobody listens."""


def trained(path: Path) -> dict[str, object]:
    summary = run(runfile.read(path), say=quiet, stopping=lambda: False)
    assert summary is not None
    return summary


@pytest.mark.parametrize("method", METHODS, ids=["lora", "galore"])
def test_a_trained_model_finds_the_persona_s_words_more_probable(
    make_run: MakeRun, tiny_folder: Path, method: dict[str, object]
) -> None:
    path = make_run(method=method, learning_rate=0.01)
    summary = trained(path)
    weights = path.with_suffix("") / "model"
    base = loading.load(tiny_folder, dtype="float32")
    adapter = summary["kind"] == "adapter"
    tuned = (
        loading.load(tiny_folder, adapter=weights, dtype="float32")
        if adapter
        else loading.load(weights, dtype="float32")
    )
    encoded = encoding.encode(base.tokenizer, row(99).content, "sharegpt", max_tokens=128)
    assert encoded is not None
    before, after = (scoring.log_probabilities(each, [encoded])[0][0] for each in (base, tuned))
    assert after > before
    assert summary["last_loss"] < summary["first_loss"]  # type: ignore[operator]
    assert (weights / "tokenizer.json").is_file()
    assert not (path.with_suffix("") / "checkpoints").exists()


def test_metrics_have_a_line_a_step_and_the_summary_counts_them(make_run: MakeRun) -> None:
    path = make_run()
    summary = trained(path)
    work = path.with_suffix("")
    lines = [json.loads(line) for line in (work / "metrics.jsonl").read_text().splitlines()]
    assert [line["step"] for line in lines] == list(range(1, len(lines) + 1))
    assert summary["steps"] == len(lines)
    assert summary["losses"] == [[line["step"], line["loss"]] for line in lines]
    assert summary["tokens"] == lines[-1]["tokens"]
    assert summary["labelled_tokens"] == lines[-1]["labelled_tokens"]
    assert json.loads((work / "summary.json").read_text())["tokens"] == summary["tokens"]


@pytest.mark.parametrize("method", METHODS, ids=["lora", "galore"])
def test_the_same_seed_trains_the_same_model(make_run: MakeRun, method: dict[str, object]) -> None:
    first, again = (trained(make_run(name, method=method)) for name in ("one", "two"))
    assert first["losses"] == again["losses"]


@pytest.mark.parametrize("method", METHODS, ids=["lora", "galore"])
def test_a_stopped_training_goes_on_to_the_same_losses(
    make_run: MakeRun, method: dict[str, object]
) -> None:
    unbroken = trained(make_run("unbroken", method=method))
    path = make_run("broken", method=method)
    asked = iter([False] * 4 + [True])
    assert run(runfile.read(path), say=quiet, stopping=lambda: next(asked)) is None
    said: list[str] = []
    summary = run(runfile.read(path), say=said.append, stopping=lambda: False)
    assert summary is not None
    assert any("going on after step 4" in line for line in said)
    losses, expected = (torch.tensor(each["losses"]) for each in (summary, unbroken))
    torch.testing.assert_close(losses, expected, atol=2e-3, rtol=0)
    assert (summary["steps"], summary["tokens"]) == (unbroken["steps"], unbroken["tokens"])


def test_a_finished_training_is_not_repeated_but_a_changed_one_is(make_run: MakeRun) -> None:
    path = make_run()
    first = trained(path)
    said: list[str] = []
    assert run(runfile.read(path), say=said.append, stopping=lambda: False) == first
    assert "trained already: nothing has changed" in said
    changed = trained(make_run(learning_rate=0.05))
    assert changed["losses"] != first["losses"]


def test_other_settings_do_not_go_on_from_a_checkpoint(make_run: MakeRun) -> None:
    path = make_run()
    asked = iter([False] * 4 + [True])
    run(runfile.read(path), say=quiet, stopping=lambda: next(asked))
    changed = trained(make_run(learning_rate=0.05))
    fresh = trained(make_run("fresh", learning_rate=0.05))
    assert changed["losses"] == fresh["losses"]
