"""What retrainings have begun and how they ended: models/retrainings.jsonl, one line each."""

import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from clone_pipeline import registry
from clone_pipeline.durable import append_line, whole_lines

State = Literal["begun", "promoted", "refused"]


@dataclass(frozen=True, slots=True)
class Line:
    """A retraining was begun, or ended.

    `key` is of all that determines the training, `judged_by` of all that determines the verdict
    but the model (what production it is compared with, too); `time` is ISO 8601 UTC.
    """

    key: str
    judged_by: str
    state: State
    time: str


def lines(models: Path) -> list[Line]:
    """Every line, oldest first; one that a kill cut short is none."""
    return [Line(**json.loads(line)) for line in whole_lines(models / "retrainings.jsonl")]


def note(models: Path, *, key: str, judged_by: str, state: State) -> None:
    """Append a line, durably."""
    line = Line(key, judged_by, state, datetime.now(UTC).isoformat(timespec="seconds"))
    append_line(models / "retrainings.jsonl", json.dumps(asdict(line)))


def nothing_new(models: Path, *, key: str, judged_by: str) -> str:
    """Why nothing is left to do, as a sentence; empty if something is.

    Left to do is what the last retraining did not learn, what it began and did not end, and what
    it refused under other settings of the evaluation or against another production. What
    `clone-pipeline run` put into production is learned.
    """
    known = lines(models)
    last = known[-1] if known else None
    if last and last.key == key:
        if last.state == "promoted":
            return "these rows and this recipe were learned before, and promoted"
        if last.state == "refused" and last.judged_by == judged_by:
            return "these rows and this recipe were learned before, and refused"
        return ""
    standing = registry.production(models)
    if standing and registry.version(models, standing.version).card.get("training_key") == key:
        return f"{standing.version}, which is in production, was made of these rows and this recipe"
    return ""
