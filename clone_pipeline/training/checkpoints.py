"""The state of a training on disk: a folder a checkpoint, there as a whole or not at all."""

import json
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from clone_pipeline.durable import flush, write_json

_TENSORS = "state.safetensors"
_FACTS = "facts.json"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a training is: steps, tokens and labelled tokens done, and seconds they took."""

    step: int = 0
    tokens: int = 0
    labelled_tokens: int = 0
    seconds: float = 0.0


def save(folder: Path, tensors: Mapping[str, Any], *, progress: Progress, key: str) -> Path:
    """Write `folder/step-<n>` and remove the checkpoints before it.

    Args:
        folder: made if missing.
        tensors: contiguous tensors by name.
        progress: what has been done.
        key: of all that determines the training; `latest` asks for the same.
    """
    from safetensors.torch import save_file  # noqa: PLC0415

    target = folder / f"step-{progress.step:08d}"
    part = folder / f".part-{target.name}"
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    save_file(dict(tensors), str(part / _TENSORS))
    flush(part / _TENSORS)
    write_json(part / _FACTS, {"key": key, **asdict(progress)})
    shutil.rmtree(target, ignore_errors=True)
    part.rename(target)
    flush(folder)
    for other in folder.iterdir():
        if other != target:
            shutil.rmtree(other)
    return target


def latest(folder: Path, *, key: str) -> tuple[dict[str, Any], Progress] | None:
    """The tensors and progress of the last checkpoint of this training, None if there is none."""
    from safetensors.torch import load_file  # noqa: PLC0415

    for found in sorted(folder.glob("step-*"), reverse=True):
        facts = json.loads((found / _FACTS).read_text(encoding="utf-8"))
        if facts.pop("key") == key:
            return load_file(str(found / _TENSORS)), Progress(**facts)
    return None
