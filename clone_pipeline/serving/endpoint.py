"""An endpoint that answers: a `serve` that runs already, or a private one for as long as needed."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from clone_pipeline import registry
from clone_pipeline.serving.keeper import NOTHING_DEPLOYED
from clone_pipeline.serving.plan import Plan
from clone_pipeline.serving.settings import ServingSettings
from clone_pipeline.settings import Fault, FaultyInput


@contextmanager
def endpoint(
    models: Path,
    *,
    settings: ServingSettings | None = None,
    version: str | None = None,
    adapter: bool = True,
) -> Iterator[str]:
    """The base URL of an endpoint that answers, for as long as the block lasts.

    For the production model that is a `serve` that runs already, if there is one; else a private
    one on a free port, which ends with the block and with this process.

    Args:
        models: the models folder.
        settings: how to serve; left out: the defaults.
        version: this version instead of the production model.
        adapter: False asks the version's base, with the version's prompts.

    Raises:
        FaultyInput: nothing is deployed, or `version` does not exist.
    """
    wanted = Plan(
        **{**(settings or ServingSettings()).model_dump(), "host": "127.0.0.1", "port": 0},
        models=models,
        version=version,
        adapter=adapter,
        reported=False,
        with_parent=True,
    )
    if wanted.wanted() is None:
        raise FaultyInput([Fault("models/production.json", "nothing", f"{NOTHING_DEPLOYED}.")])
    live = None if version or not adapter else _live(models)
    if live:
        yield live
        return
    with tempfile.TemporaryDirectory(prefix="clone-serving-") as folder:
        run = Path(folder) / "run.json"
        run.write_text(wanted.model_dump_json(), encoding="utf-8")
        with _private(run) as url:
            yield url


def _live(models: Path) -> str | None:
    """The URL of a `serve` that runs what production names."""
    deployed = registry.production(models)
    for report in registry.serving_reports(models):
        ours = report.get("kind", "serve") == "serve"
        if ours and deployed and report["digest"] == deployed.digest:
            return str(report["url"])
    return None


@contextmanager
def _private(run: Path) -> Iterator[str]:
    """The URL of an endpoint of our own, which ends with the block."""
    said = run.with_name("stderr.txt")
    command = [sys.executable, "-m", "clone_pipeline.serving", str(run)]
    with said.open("w") as errors:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True)
    try:
        assert process.stdout
        if not (line := process.stdout.readline()):
            last = said.read_text(encoding="utf-8", errors="replace").strip()[-500:]
            raise FaultyInput([Fault("serving", f"an endpoint that ended: {last}", "Try again.")])
        yield str(json.loads(line)["url"])
    finally:
        process.terminate()
        process.communicate()
