"""A CI service, as far as our workflow needs one: runs its steps on a fresh checkout.

`run:` steps are executed as GitHub does for `shell: bash`
(https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#defaultsrunshell):
`bash --noprofile --norc -eo pipefail FILE`. The actions that the workflow uses do here what they
do there, between folders of this machine; one that is not known fails the test.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from clone_pipeline import scaffold

EXPRESSION = re.compile(r"\$\{\{ *(.*?) *\}\}")
KEPT = "always() && steps.retrain.outcome != 'skipped'"
KNOWN = {"vars.CLONE_PIPELINE_SOURCE": "", "secrets.OPENAI_API_KEY": ""}


@dataclass(frozen=True)
class Job:
    """What one run of the workflow left; `failed` is what its page would show in red."""

    failed: bool
    exit_code: int | None
    said: str
    result: dict[str, Any]
    summary: str
    seconds: float
    workspace: Path


def workflow() -> dict[Any, Any]:
    return dict(yaml.safe_load(scaffold.template("retrain.yml")))


def steps() -> list[dict[str, Any]]:
    return list(workflow()["jobs"]["retrain"]["steps"])


def cached(step: dict[str, Any]) -> list[str]:
    """The paths that a cache step names, with the workflow's variables filled in."""
    names = {f"env.{name}": value for name, value in workflow()["env"].items()}
    return str(EXPRESSION.sub(lambda m: names[m[1]], step["with"]["path"])).split()


@dataclass
class Runner:
    """Runs the workflow of `repository` again and again; `cache` is all that survives."""

    repository: Path
    folder: Path
    jobs: int = 0

    @property
    def cache(self) -> Path:
        return self.folder / "cache"

    def run(self, *, first_run: bool = False) -> Job:
        self.jobs += 1
        # GitHub's workspace lies at the same place each time
        workspace, temp = self.folder / "workspace", self.folder / f"temp{self.jobs}"
        shutil.rmtree(workspace, ignore_errors=True)
        temp.mkdir()
        for name in ("output", "step_summary"):
            (temp / name).touch()
        started, failed, said = time.monotonic(), False, ""
        for step in steps():
            if not self._wanted(step, temp, failed=failed):
                continue
            if step.get("id"):
                (temp / f"{step['id']}.begun").touch()
            if "uses" in step:
                self._uses(step, workspace, temp)
            else:
                done = self._shell(step, workspace, temp, first_run=first_run)
                failed, said = failed or done.returncode != 0, said + done.stderr
        return _job(failed, said, time.monotonic() - started, workspace, temp)

    def _wanted(self, step: dict[str, Any], temp: Path, *, failed: bool) -> bool:
        condition = step.get("if")
        if condition == KEPT:
            return (temp / "retrain.begun").exists()
        assert condition in (None, "always()"), condition
        return not failed or condition == "always()"

    def _uses(self, step: dict[str, Any], workspace: Path, temp: Path) -> None:
        action, given = step["uses"].partition("@")[0], step.get("with", {})
        if action == "actions/checkout":
            shutil.copytree(self.repository, workspace)
        elif action == "actions/cache/restore":
            (temp / "restored").write_text("retrain-1" if self.cache.exists() else "", "utf-8")
            _copied(cached(step), self.cache, workspace)
        elif action == "actions/cache/save":
            shutil.rmtree(self.cache, ignore_errors=True)
            _copied(cached(step), workspace, self.cache)
        elif action == "actions/upload-artifact":
            assert given["path"] == "${{ runner.temp }}/result.json"
        else:
            assert action == "actions/setup-python", f"what does {action} do?"

    def _shell(
        self, step: dict[str, Any], workspace: Path, temp: Path, *, first_run: bool
    ) -> "subprocess.CompletedProcess[str]":
        script = temp / "step.sh"
        script.write_text(step["run"], encoding="utf-8")
        given = {**workflow()["env"], **step.get("env", {})}
        known = KNOWN | {
            "steps.state.outputs.cache-matched-key": (temp / "restored").read_text("utf-8")
            if (temp / "restored").exists()
            else "",
            "inputs.first_run": "true" if first_run else "",
        }
        environment = os.environ | {
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "RUNNER_TEMP": str(temp),
            "GITHUB_OUTPUT": str(temp / "output"),
            "GITHUB_STEP_SUMMARY": str(temp / "step_summary"),
            "OMP_NUM_THREADS": "1",
            **{name: EXPRESSION.sub(lambda m: known[m[1]], text) for name, text in given.items()},
        }
        return subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(script)],
            cwd=workspace, env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip


def _copied(names: list[str], source: Path, target: Path) -> None:
    for name in names:
        if (source / name).exists():
            shutil.copytree(source / name, target / name)


def _job(failed: bool, said: str, seconds: float, workspace: Path, temp: Path) -> Job:
    outputs = dict(line.split("=", 1) for line in (temp / "output").read_text("utf-8").splitlines())
    result = temp / "result.json"
    return Job(
        failed=failed,
        exit_code=int(outputs["exit_code"]) if "exit_code" in outputs else None,
        said=said,
        result=json.loads(result.read_text(encoding="utf-8")) if result.exists() else {},
        summary=(temp / "step_summary").read_text(encoding="utf-8"),
        seconds=seconds,
        workspace=workspace,
    )
