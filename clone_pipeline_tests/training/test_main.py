"""The training as the process that it is: signals, kills, parents, Dagster Pipes."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from clone_pipeline.training import runfile
from clone_pipeline.training.__main__ import main
from clone_pipeline.training.running import run
from clone_pipeline_tests.training.conftest import MakeRun

COMMAND = [sys.executable, "-m", "clone_pipeline.training"]


def started(path: Path) -> subprocess.Popen[str]:
    return subprocess.Popen([*COMMAND, str(path)], stderr=subprocess.PIPE, text=True)


def wait_for_steps(work: Path, steps: int, process: subprocess.Popen[str]) -> None:
    metrics = work / "metrics.jsonl"
    give_up = time.monotonic() + 120
    while not metrics.exists() or metrics.read_bytes().count(b"\n") < steps:
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < give_up, "no step was made"
        time.sleep(0.05)


def losses(work: Path) -> list[float]:
    lines = (work / "metrics.jsonl").read_text().splitlines()
    assert [json.loads(line)["step"] for line in lines] == list(range(1, len(lines) + 1))
    return [json.loads(line)["loss"] for line in lines]


def test_a_killed_training_goes_on_to_the_losses_of_an_unbroken_one_and_says_how_far_it_is(
    make_run: MakeRun,
) -> None:
    unbroken = make_run("unbroken", epochs=12)
    broken = make_run("broken", epochs=12, checkpoint_seconds=0.0)
    process = started(broken)
    wait_for_steps(broken.with_suffix(""), 5, process)
    process.kill()
    process.wait()
    assert not (broken.with_suffix("") / "summary.json").exists()
    done = subprocess.run([*COMMAND, str(broken)], check=True, capture_output=True, text=True)
    run(runfile.read(unbroken), say=lambda line: None, stopping=lambda: False)
    found, expected = losses(broken.with_suffix("")), losses(unbroken.with_suffix(""))
    assert found == pytest.approx(expected, abs=5e-3)
    assert done.stdout == ""
    assert "going on after step" in done.stderr
    last = done.stderr.strip().splitlines()[-1]
    assert last.startswith("step ")
    assert "tok/s" in last
    assert last.endswith("0 s left")


@pytest.mark.parametrize(
    "number", [signal.SIGTERM, pytest.param(signal.SIGINT, marks=pytest.mark.slow)]
)
def test_a_signal_makes_a_checkpoint_and_ends_with_130(make_run: MakeRun, number: int) -> None:
    path = make_run(epochs=1000, checkpoint_seconds=3600)
    process = started(path)
    wait_for_steps(path.with_suffix(""), 2, process)
    process.send_signal(number)
    assert process.wait(timeout=60) == 130
    assert list((path.with_suffix("") / "checkpoints").glob("step-*"))
    assert not (path.with_suffix("") / "model").exists()


def test_a_training_is_gone_soon_after_its_parent_was_killed(make_run: MakeRun) -> None:
    path = make_run(epochs=1000)
    code = f"import subprocess; subprocess.run({[*COMMAND, str(path)]!r})"
    parent = subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.PIPE, text=True)
    wait_for_steps(path.with_suffix(""), 1, parent)
    (child,) = psutil.Process(parent.pid).children()
    parent.kill()
    parent.wait()
    gone, _ = psutil.wait_procs([child], timeout=2)
    assert gone


def test_under_dagster_lines_and_final_metadata_reach_the_asset(make_run: MakeRun) -> None:
    path = make_run()
    code = f"""
import dagster as dg
@dg.asset
def model(context: dg.AssetExecutionContext):
    client = dg.PipesSubprocessClient()
    run = client.run(command={[*COMMAND, str(path)]!r}, context=context)
    return run.get_materialize_result()
result = dg.materialize([model])
found = result.asset_materializations_for_node("model")[0].metadata
print(found["steps"].value, found["kind"].value, "losses" in found)
"""
    env = {**os.environ, "DAGSTER_HOME": ""}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=env
    )
    steps = json.loads((path.with_suffix("") / "summary.json").read_text())["steps"]
    assert done.stdout.strip().splitlines()[-1] == f"{steps} adapter False"
    assert "tok/s" in done.stderr


def test_a_faulty_run_file_is_one_clear_message_and_exit_code_1(
    make_run: MakeRun, tmp_path: Path
) -> None:
    path = make_run()
    task = json.loads(path.read_text())
    task["settings"]["method"] = {"name": "lora", "rr": 8}
    path.write_text(json.dumps(task))
    done = subprocess.run([*COMMAND, str(path)], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "Did you mean `r`?" in done.stderr
    assert "Traceback" not in done.stderr


def test_no_run_file_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    assert "RUN.json" in capsys.readouterr().err
