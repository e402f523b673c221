"""One training from its run file to a saved model and a summary."""

import hashlib
import json
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clone_pipeline.durable import flush, write_json
from clone_pipeline.local_model import loading
from clone_pipeline.training import planning, rows
from clone_pipeline.training.checkpoints import Progress
from clone_pipeline.training.reporting import Metrics, Say, Ticker, duration
from clone_pipeline.training.rows import Lessons
from clone_pipeline.training.runfile import Run
from clone_pipeline.training.settings import LoraMethod, TrainingSettings

if TYPE_CHECKING:
    from clone_pipeline.training.loop import Optimizer

_ENDS = 5  # steps that the first and the last loss of the summary are the mean of


def run(task: Run, *, say: Say, stopping: Callable[[], bool]) -> dict[str, Any] | None:
    """Train, and leave `model/` and `summary.json` in the work folder.

    A run that was stopped or killed goes on from its last checkpoint if dataset, base model,
    settings and seed are the same; a finished one is not repeated.

    Args:
        task: the run file.
        say: gets progress, a line at a time.
        stopping: asked after every step; true makes a checkpoint and returns.

    Returns:
        The summary; None if stopped before the end.

    Raises:
        FaultyInput: no such model or table, or nothing to learn from.
    """
    settings, seed = task.settings, task.settings.seed if task.seed is None else task.seed
    adapters = isinstance(settings.method, LoraMethod)
    loading.set_up(threads=settings.threads, adapters=adapters)
    tokenizer = loading.load_tokenizer(Path(task.base_model))
    say("reading the training rows")
    lessons = rows.read(
        task.dataset,
        tokenizer,
        persona_format=task.persona_format,
        max_tokens=settings.max_tokens,
    )
    key = _key(task, lessons, seed)
    if (done := _finished(task.work, key)) is not None:
        say("trained already: nothing has changed")
        return done
    progress, losses = _train(task, lessons, seed=seed, key=key, say=say, stopping=stopping)
    if progress is None:
        return None
    tokenizer.save_pretrained(str(task.work / "model"))
    summary = _summary(task, lessons, progress, losses)
    write_json(task.work / "summary.json", {**summary, "key": key})
    shutil.rmtree(task.work / "checkpoints")
    return summary


def _train(
    task: Run,
    lessons: Lessons,
    *,
    seed: int,
    key: str,
    say: Say,
    stopping: Callable[[], bool],
) -> tuple[Progress | None, list[tuple[int, float]]]:
    """Progress and losses of the whole training, its weights saved; None if stopped."""
    from clone_pipeline.training import loop  # noqa: PLC0415

    settings = task.settings
    course = loop.Course(lessons.examples, _plan(settings, lessons, seed))
    say(f"loading the base model; {len(course.steps)} steps on {lessons.rows} rows to go")
    model, optimizer = _model(task, seed)
    place = loop.Place(task.work / "checkpoints", key)
    start = loop.resume(optimizer, place)
    if start.step:
        say(f"going on after step {start.step}, {duration(start.seconds)} of work")
    tokens = sum(course.tokens(step) for step in range(len(course.steps)))
    metrics = Metrics(task.work / "metrics.jsonl", step=start.step, steps=len(course.steps))
    progress = loop.learn(
        model,
        course,
        optimizer,
        settings,
        seed=seed,
        start=start,
        place=place,
        metrics=metrics,
        ticker=Ticker(say, steps=len(course.steps), tokens=tokens, start=start),
        stopping=stopping,
    )
    metrics.close()
    if progress.step < len(course.steps):
        return None, metrics.losses
    _save(model, task.work / "model")
    return progress, metrics.losses


def _plan(settings: TrainingSettings, lessons: Lessons, seed: int) -> list[list[int]]:
    lengths = [len(example.input_ids) for example in lessons.examples]
    return planning.plan(
        lengths,
        lessons.weights,
        epochs=settings.epochs or planning.fitting_epochs(lessons.tokens),
        batch_tokens=settings.batch_tokens,
        seed=seed,
    )


def _model(task: Run, seed: int) -> "tuple[Any, Optimizer]":
    """The base model, made ready by the method, and the method's optimizer."""
    from clone_pipeline.training import lora, quickening  # noqa: PLC0415
    from clone_pipeline.training.adamw import AdamW  # noqa: PLC0415
    from clone_pipeline.training.galore import GaLore  # noqa: PLC0415

    method, decay = task.settings.method, task.settings.weight_decay
    model = loading.load_weights(Path(task.base_model), dtype=loading.fitting_dtype())
    model = model.to(loading.device())
    if isinstance(method, LoraMethod):
        alpha = method.alpha or 2 * method.r
        model = lora.attach(model, r=method.r, alpha=alpha, dropout=method.dropout, seed=seed)
        quickening.quicken(model)
        learning = [each for each in model.parameters() if each.requires_grad]
        return model, AdamW(learning, weight_decay=decay)
    quickening.quicken(model)
    for ends in (model.get_input_embeddings(), model.get_output_embeddings()):
        ends.requires_grad_(False)
    learning = [each for each in model.parameters() if each.requires_grad]
    return model, GaLore(
        learning, **method.model_dump(exclude={"name"}), weight_decay=decay, seed=seed
    )


def _save(model: Any, folder: Path) -> None:
    """Write the adapter, or all weights, whole or not at all."""
    part = folder.with_name(".part-model")
    shutil.rmtree(part, ignore_errors=True)
    more = {"save_embedding_layers": False} if hasattr(model, "peft_config") else {}
    model.save_pretrained(str(part), **more)
    (part / "README.md").unlink(missing_ok=True)
    for path in part.iterdir():
        flush(path)
    shutil.rmtree(folder, ignore_errors=True)
    part.rename(folder)


def _key(task: Run, lessons: Lessons, seed: int) -> str:
    """Digest of all that determines the result."""
    settings = task.settings.model_dump(exclude={"threads", "checkpoint_seconds", "seed"})
    facts = [task.base_model, task.persona_format, settings, seed, lessons.digest]
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


def _finished(work: Path, key: str) -> dict[str, Any] | None:
    path = work / "summary.json"
    if not path.exists():
        return None
    stored: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return stored if stored.pop("key") == key else None


def _summary(
    task: Run, lessons: Lessons, progress: Progress, losses: Sequence[tuple[int, float]]
) -> dict[str, Any]:
    ends = [loss for _, loss in losses]
    return {
        "kind": "adapter" if isinstance(task.settings.method, LoraMethod) else "full",
        "steps": progress.step,
        "rows": lessons.rows,
        "skipped_rows": dict(lessons.skipped),
        "tokens": progress.tokens,
        "labelled_tokens": progress.labelled_tokens,
        "seconds": round(progress.seconds, 1),
        "tokens_per_second": round(progress.tokens / max(progress.seconds, 1e-9), 1),
        "first_loss": round(sum(ends[:_ENDS]) / len(ends[:_ENDS]), 4),
        "last_loss": round(sum(ends[-_ENDS:]) / len(ends[-_ENDS:]), 4),
        "losses": [list(pair) for pair in losses],
    }
