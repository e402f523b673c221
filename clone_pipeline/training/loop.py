"""The training loop: batch, loss, clipped gradients, update; resumable after every step."""

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import torch

from clone_pipeline.local_model.batching import padded
from clone_pipeline.local_model.labelled import Encoded
from clone_pipeline.local_model.loading import device
from clone_pipeline.settings import Fault, FaultyInput
from clone_pipeline.training import checkpoints, memory
from clone_pipeline.training.checkpoints import Progress
from clone_pipeline.training.loss import mean_loss
from clone_pipeline.training.planning import learning_rate
from clone_pipeline.training.reporting import Metrics, Ticker
from clone_pipeline.training.settings import TrainingSettings

_SHAPES = 32  # batches of few widths: a new one costs time and memory for its kernels


class Optimizer(Protocol):
    """What the loop asks of AdamW and GaLore."""

    def tensors(self) -> dict[str, Any]:
        """The live state."""

    def step(self, rate: float, *, factor: float = 1.0) -> None:
        """One update."""

    def publish(self) -> None:
        """Copy the masters into the parameters."""


@dataclass(frozen=True, slots=True)
class Course:
    """What is to be learned: examples, and which of them each step sees."""

    examples: Sequence[Encoded]
    steps: Sequence[Sequence[int]]

    def tokens(self, step: int) -> int:
        """Tokens of a step, without padding."""
        return sum(len(self.examples[number].input_ids) for number in self.steps[step])


@dataclass(frozen=True, slots=True)
class Place:
    """Where checkpoints lie, and the key of the training that they belong to."""

    folder: Path
    key: str


def resume(optimizer: Optimizer, place: Place) -> Progress:
    """Put the last checkpoint's state in place; Progress() if there is none."""
    found = checkpoints.latest(place.folder, key=place.key)
    if found is None:
        return Progress()
    stored, progress = found
    for name, tensor in optimizer.tensors().items():
        tensor.detach().copy_(stored[name])
    optimizer.publish()
    return progress


def learn(
    model: Any,
    course: Course,
    optimizer: Optimizer,
    settings: TrainingSettings,
    *,
    seed: int,
    start: Progress,
    place: Place,
    metrics: Metrics,
    ticker: Ticker,
    stopping: Callable[[], bool],
) -> Progress:
    """Train from `start` to the end of the course, or until `stopping()`; saves either way.

    Args:
        model: its parameters that require gradients are those of `optimizer`.
        course: examples and steps.
        optimizer: in the state of `start`.
        settings: rates, clipping, time between checkpoints.
        seed: of whatever the model itself draws (dropout).
        start: what was done before.
        place: of the checkpoints.
        metrics: gets every step.
        ticker: gets every step.
        stopping: asked after every step.

    Returns:
        Where it stopped; `step` is `len(course.steps)` if it is done.
    """
    learning = [each for each in model.parameters() if each.requires_grad]
    model.train()
    progress, saved = start, time.monotonic()
    while progress.step < len(course.steps) and not stopping():
        torch.manual_seed(seed + progress.step)
        rate = learning_rate(
            progress.step,
            steps=len(course.steps),
            highest=settings.highest_rate,
            warmup=settings.warmup_steps,
            schedule=settings.schedule,
        )
        begun = time.monotonic()
        loss, norm, labelled = _step(
            model, course, progress.step, optimizer, learning, rate, settings
        )
        if not math.isfinite(loss + norm):
            raise FaultyInput([_diverged(progress.step + 1, loss, settings)])
        progress = Progress(
            step=progress.step + 1,
            tokens=progress.tokens + course.tokens(progress.step),
            labelled_tokens=progress.labelled_tokens + labelled,
            seconds=progress.seconds + time.monotonic() - begun,
        )
        if progress.step % memory.EVERY_STEPS == 0:
            memory.give_back()
        metrics.add(progress, loss=loss, rate=rate, norm=norm)
        ticker.tick(progress, loss=loss)
        if time.monotonic() - saved >= settings.checkpoint_seconds:
            checkpoints.save(place.folder, optimizer.tensors(), progress=progress, key=place.key)
            saved = time.monotonic()
    checkpoints.save(place.folder, optimizer.tensors(), progress=progress, key=place.key)
    return progress


def _diverged(step: int, loss: float, settings: TrainingSettings) -> Fault:
    found = f"{settings.highest_rate:g}, with which the loss became {loss} at step {step}"
    return Fault("training.learning_rate", found, "Make it smaller, by a factor of ten at first.")


def _step(
    model: Any,
    course: Course,
    step: int,
    optimizer: Optimizer,
    learning: Sequence[Any],
    rate: float,
    settings: TrainingSettings,
) -> tuple[float, float, int]:
    rows = [course.examples[number] for number in course.steps[step]]
    loss = mean_loss(model, *padded(rows, device=device(), multiple=_SHAPES))
    loss.backward()
    grads = [each.grad for each in learning if each.grad is not None]
    norm = float(torch.linalg.vector_norm(torch.stack(torch._foreach_norm(grads)).float()))
    optimizer.step(rate, factor=min(1.0, settings.max_grad_norm / (norm + 1e-6)))
    return float(loss.detach()), norm, sum(row.labelled for row in rows)
