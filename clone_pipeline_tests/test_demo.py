"""`make demo` in a folder as a fresh clone has it: minutes long, so `make test-slow` runs it."""

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SHIPPED = ("clone_pipeline", "prompts", "raw_input", "clone.yaml", "dagster.yaml")
MINUTES = 8.0


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_the_demo_trains_a_clone_that_beats_its_base_promotes_and_answers(tmp_path: Path) -> None:
    for name in SHIPPED:
        source = ROOT / name
        copy = shutil.copytree if source.is_dir() else shutil.copy
        copy(source, tmp_path / name)
    unset = {"DAGSTER_HOME", "CLONE_PIPELINE_PROJECT"}
    environment = {name: value for name, value in os.environ.items() if name not in unset}
    started = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "clone_pipeline.demo"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
    )
    took = (time.monotonic() - started) / 60
    assert done.returncode == 0, done.stderr[-4000:]
    report = json.loads((tmp_path / "data/evaluation/v0001/report.json").read_text("utf-8"))
    mara = report["personas"]["mara"]
    assert mara["ratio"]["value"] <= 0.85
    assert mara["ratio"]["high"] < 1
    assert mara["specificity"]["low"] > 0
    standing = json.loads((tmp_path / "models/production.json").read_text("utf-8"))
    assert standing["version"] == "v0001"
    for word in ("weather", "bike", "lighthouse?"):  # of the three questions; the table wraps
        assert word in done.stdout
    assert took <= MINUTES, f"the demo took {took:.1f} minutes"
