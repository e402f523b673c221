"""Group training: the fine-tuned model, made by a process of its own."""

import json
import logging
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import dagster as dg
import pyarrow as pa
from dagster._core.errors import DagsterPipesExecutionError
from pydantic import Field

from clone_pipeline import project as project_file
from clone_pipeline import registry
from clone_pipeline.defs import plots
from clone_pipeline.defs.io_manager import content_digest, write_table
from clone_pipeline.defs.progress import Progress
from clone_pipeline.defs.resources import ProjectFolder
from clone_pipeline.durable import locked, write_json
from clone_pipeline.formats import segments
from clone_pipeline.local_model import bases
from clone_pipeline.project import Project
from clone_pipeline.registry import Version
from clone_pipeline.settings import Fault, FaultyInput

log = logging.getLogger("clone_pipeline.training")

RECIPE = "2"  # part of the training key: raised when the same settings would train otherwise
OBSERVE_SECONDS = 10.0


class TrainingRun(dg.Config):
    """What one run may ask for."""

    retrain: bool = Field(False, description="train again although nothing has changed")


@dg.asset(group_name="training", kinds={"pytorch"}, code_version=RECIPE)
def fine_tuned_model(
    context: dg.AssetExecutionContext,
    config: TrainingRun,
    project: ProjectFolder,
    pipes: dg.PipesSubprocessClient,
    training_dataset: pa.Table,
) -> dg.MaterializeResult:  # type: ignore[type-arg]
    """A version in models/: the base model taught the training rows by LoRA or GaLore."""
    settings = project.load()
    key = training_key(settings, training_dataset, base=base_folder(settings, project.root))
    version = None if config.retrain else registry.find(project.models, training_key=key)
    if version:
        log.info(f"fine_tuned_model: unchanged, {version.name} stands")
    else:
        version = _train(context, pipes, project, training_dataset, key=key)
    write_json(project.data / "fine_tuned_model.json", {"version": version.name})
    return dg.MaterializeResult(
        metadata=_shown(version), data_version=dg.DataVersion(version.digest[:16])
    )


def trained_version(project: ProjectFolder) -> Version:
    """The version that `fine_tuned_model` made last.

    Raises:
        FaultyInput: it never made one.
    """
    pointer = project.data / "fine_tuned_model.json"
    if not pointer.exists():
        fix = "Materialize fine_tuned_model first."
        raise FaultyInput([Fault("fine_tuned_model", "no trained model", fix)])
    name = json.loads(pointer.read_text(encoding="utf-8"))["version"]
    return registry.version(project.models, name)


def base_folder(settings: Project, root: Path) -> Path:
    """The folder of the base model; see `bases.folder_of`."""
    return bases.folder_of(settings.training.base_model, root=root)


def training_key(settings: Project, dataset: pa.Table, *, base: Path) -> str:
    """A digest of all that determines a training: rows, recipe, base, form and prompts."""
    recipe = settings.training.model_dump(mode="json", exclude={"threads", "checkpoint_seconds"})
    return project_file.digest(
        RECIPE,
        content_digest(dataset),
        json.dumps(recipe),
        bases.identity(base),
        settings.datasets.persona_format,
        json.dumps(settings.system_prompts()),
        json.dumps(settings.names()),
        settings.expert.model_dump_json(),
    )


def _train(
    context: dg.AssetExecutionContext,
    pipes: dg.PipesSubprocessClient,
    project: ProjectFolder,
    dataset: pa.Table,
    *,
    key: str,
) -> Version:
    settings = project.load()
    with locked(project.models / ".training.lock"):
        work = registry.working_folder(project.models, training_key=key)
        base = base_folder(settings, project.root)
        # a copy: another run may replace the table while this one trains
        rows = work / "dataset.parquet"
        write_table(dataset, rows)
        run = {
            "base_model": str(base),
            "dataset": str(rows),
            "work": str(work),
            "persona_format": settings.datasets.persona_format,
            "settings": settings.training.model_dump(mode="json"),
            "seed": settings.training.seed,
            "parent": os.getpid(),
        }
        write_json(work / "RUN.json", run)
        log.info("fine_tuned_model: trains on this machine; nothing leaves it")
        command = [sys.executable, "-m", "clone_pipeline.training", str(work / "RUN.json")]
        with _watched(context, work / "metrics.jsonl"):
            _run(context, pipes, command, work / "fault.txt")
        card = _card(settings, dataset, work, key=key)
        for handed in (rows, work / "RUN.json"):
            handed.unlink(missing_ok=True)
        return registry.publish(project.models, work, card=card)


def _run(
    context: dg.AssetExecutionContext,
    pipes: dg.PipesSubprocessClient,
    command: list[str],
    fault: Path,
) -> None:
    """Run the training process; what it calls a user's fault is this asset's failure."""
    try:
        pipes.run(context=context, command=command)
    except DagsterPipesExecutionError as error:
        if not fault.exists():
            raise
        told = fault.read_text(encoding="utf-8")
        raise dg.Failure(f"training stopped. {told}", allow_retries=False) from error


def _card(settings: Project, dataset: pa.Table, work: Path, *, key: str) -> dict[str, Any]:
    summary = json.loads((work / "summary.json").read_text(encoding="utf-8"))
    has_expert = "qa" in dataset["collection"].unique().to_pylist()
    return {
        "training_key": key,
        "kind": summary["kind"],
        "base_model": {"name": settings.training.base_model},
        "form": settings.datasets.persona_format,
        "personas": {
            name: {"name": persona.name, "system_prompt": persona.prompt(), **_other(dataset, name)}
            for name, persona in settings.personas.items()
        },
        "expert": {"system_prompt": settings.expert.system_prompt} if has_expert else None,
        "training": {**summary, "method": settings.training.method.model_dump(mode="json")},
        "dataset": {"digest": content_digest(dataset), "rows": dataset.num_rows},
    }


def _other(dataset: pa.Table, persona: str) -> dict[str, str]:
    """Whom a persona of template-free segments talks with mostly: a part of its prompt."""
    rows = [
        row["content"]
        for row in dataset.select(["persona", "form", "content"]).to_pylist()
        if row["persona"] == persona and row["form"] == "segments"
    ]
    name = segments.usual_other(rows)
    return {"other": name} if name else {}


@contextmanager
def _watched(context: dg.AssetExecutionContext, metrics: Path) -> Iterator[None]:
    """Progress, and an observation of the loss every few seconds, from the metrics file."""
    end = threading.Event()
    earlier = len(read_metrics(metrics))
    awaiting = "the training process"
    with Progress(
        "fine_tuned_model", "steps", awaiting=lambda: awaiting, earlier=earlier
    ) as progress:

        def watch() -> None:
            seen = 0
            while not end.wait(OBSERVE_SECONDS):
                points = read_metrics(metrics)
                if len(points) > seen:
                    seen = len(points)
                    last = points[-1]
                    progress(last["step"], last["steps"])
                    context.log_event(
                        dg.AssetObservation(
                            "fine_tuned_model",
                            metadata={"loss": float(last["loss"]), "step": int(last["step"])},
                        )
                    )

        thread = threading.Thread(target=watch, daemon=True)
        thread.start()
        try:
            yield
        finally:
            end.set()
            thread.join()


def read_metrics(path: Path) -> list[dict[str, Any]]:
    """The steps that the training process has written so far; half a last line is left out."""
    if not path.exists():
        return []
    lines = path.read_text(encoding="utf-8").split("\n")[:-1]
    return [json.loads(line) for line in lines if line]


def _shown(version: Version) -> dict[str, Any]:
    training = version.card["training"]
    points = [(step, loss) for step, loss in training["losses"]]
    return {
        "version": version.name,
        "path": dg.MetadataValue.path(str(version.folder)),
        "loss": plots.curve(points, title="Training loss", x="step", y="loss"),
        "steps": training["steps"],
        "tokens": training["tokens"],
        "labelled_tokens": training["labelled_tokens"],
        "seconds": float(training["seconds"]),
        "last_loss": float(training["last_loss"]),
        "card": dg.MetadataValue.json(
            {k: v for k, v in version.card.items() if k not in ("training",)}
        ),
    }
