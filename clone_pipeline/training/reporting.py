"""What a training tells while it runs: metrics, a file line a step; progress, a line now and then.

metrics.jsonl: {"step", "steps", "loss", "lr", "grad_norm", "tokens", "labelled_tokens",
"seconds"}, a line a step from 1 to steps; tokens and seconds since the start, over all the
processes that a training took.
"""

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

from clone_pipeline.durable import whole_lines
from clone_pipeline.training.checkpoints import Progress

_EVERY_SECONDS = 5.0

Say = Callable[[str], None]


class Metrics:
    """The metrics file of a training, continued from `step`: later lines are from a killed one."""

    def __init__(self, path: Path, *, step: int, steps: int) -> None:
        self._steps = steps
        kept = [line for line in whole_lines(path) if json.loads(line)["step"] <= step]
        part = path.with_suffix(".part")
        part.write_text("".join(f"{line}\n" for line in kept), encoding="utf-8")
        part.replace(path)
        self.losses: list[tuple[int, float]] = [
            (line["step"], line["loss"]) for line in map(json.loads, kept)
        ]
        self._file: IO[str] = path.open("a", encoding="utf-8")

    def add(self, progress: Progress, *, loss: float, rate: float, norm: float) -> None:
        """Write one step's line, at once."""
        line: dict[str, Any] = {
            "step": progress.step,
            "steps": self._steps,
            "loss": round(loss, 5),
            "lr": rate,
            "grad_norm": round(norm, 5),
            "tokens": progress.tokens,
            "labelled_tokens": progress.labelled_tokens,
            "seconds": round(progress.seconds, 3),
        }
        self._file.write(json.dumps(line) + "\n")
        self._file.flush()
        self.losses.append((line["step"], line["loss"]))

    def close(self) -> None:
        """Close the file."""
        self._file.close()


class Ticker:
    """Says where the training is, at most every few seconds, and at the last step."""

    def __init__(self, say: Say, *, steps: int, tokens: int, start: Progress) -> None:
        self._say, self._steps, self._tokens, self._start = say, steps, tokens, start
        self._last = time.monotonic()

    def tick(self, progress: Progress, *, loss: float) -> None:
        """Say the line if it is time."""
        now = time.monotonic()
        if now - self._last < _EVERY_SECONDS and progress.step < self._steps:
            return
        self._last = now
        seconds = max(progress.seconds - self._start.seconds, 1e-9)
        speed = (progress.tokens - self._start.tokens) / seconds
        left = (self._tokens - progress.tokens) / max(speed, 1e-9)
        self._say(
            f"step {progress.step}/{self._steps}  loss {loss:.2f}  {speed:.0f} tok/s  "
            f"{duration(left)} left"
        )


def duration(seconds: float) -> str:
    """Seconds as people say them: `45 s`, `1 min 10 s`, `2 h 5 min`."""
    whole = round(max(seconds, 0.0))
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"
