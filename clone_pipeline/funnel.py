"""What came in, what was dropped and why, what was kept: counted once, read everywhere."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from clone_pipeline.durable import write_json

# The order in which the funnel is shown: the flow's own.
STAGES = (
    "reddit_threads",
    "messages",
    "conversations",
    "persona_dialogues",
    "documents",
    "chunks",
    "qa_candidates",
    "verified_qa",
    "qa_conversations",
    "qa_corrections",
    "rewritings",
    "segments_dataset",
    "sharegpt_dataset",
    "qa_segments_dataset",
    "pretraining_dataset",
    "text_dataset",
    "reddit_dataset",
    "generic_dataset",
    "training_dataset",
)


@dataclass(frozen=True, slots=True)
class Usage:
    """What a stage asked of models. Tokens as the endpoint counted them; cost in its currency."""

    requests: int = 0
    from_journal: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cost: float = 0.0

    def __add__(self, other: "Usage") -> "Usage":
        """Both usages together."""
        return Usage(
            self.requests + other.requests,
            self.from_journal + other.from_journal,
            self.prompt_tokens + other.prompt_tokens,
            self.completion_tokens + other.completion_tokens,
            self.cost + other.cost,
        )


@dataclass(frozen=True, slots=True)
class StageCount:
    """One stage of the funnel; `entered == kept + sum(dropped)`, in `unit`.

    Attributes:
        stage: the asset's name.
        unit: what is counted on entry, plural: "messages", "pairs".
        entered: how many came in.
        kept: how many of them were used.
        dropped: how many of them were left out, by reason.
        made: what the stage built of what it kept, by name: {"conversations": 12}.
        usage: model requests that the stage made.
        refused: inputs that could not be read at all, by name.

    Raises:
        ValueError: the counts do not add up.
    """

    stage: str
    unit: str
    entered: int
    kept: int
    dropped: Mapping[str, int] = field(default_factory=dict)
    made: Mapping[str, int] = field(default_factory=dict)
    usage: Usage = field(default_factory=Usage)
    refused: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse counts that do not add up."""
        if self.entered != self.kept + sum(self.dropped.values()):
            raise ValueError(
                f"the funnel of {self.stage} does not add up: {self.entered} {self.unit} came in, "
                f"{self.kept} kept + {dict(self.dropped)} dropped"
            )

    def as_json(self) -> dict[str, Any]:
        """The stage as `clone-pipeline funnel --json` shows it."""
        dropped = {reason: n for reason, n in sorted(self.dropped.items()) if n}
        return {
            "stage": self.stage,
            "unit": self.unit,
            "in": self.entered,
            "kept": self.kept,
            "dropped": dropped,
            "made": dict(self.made),
            **({"refused": list(self.refused)} if self.refused else {}),
        }


def save(count: StageCount, folder: Path, *, part: str = "") -> Path:
    """Write `count` to `folder/<stage>.json`, whole or not at all.

    A stage that is made part by part has a file each: `folder/<stage>/<part>.json`.
    """
    path = folder / (f"{count.stage}/{part}.json" if part else f"{count.stage}.json")
    usage = {name: getattr(count.usage, name) for name in Usage.__dataclass_fields__}
    write_json(path, {**count.as_json(), "llm": usage})
    return path


def load(folder: Path, *, part: str = "*") -> list[StageCount]:
    """Every stage that was counted in `folder`, in the order of the flow; parts added up.

    With `part`, only what was counted of that part of stages that are made part by part.
    """
    found: dict[str, StageCount] = {}
    for path in sorted(folder.rglob("*.json") if part == "*" else folder.glob(f"*/{part}.json")):
        count = _read(path)
        standing = found.get(count.stage)
        found[count.stage] = _together(standing, count) if standing else count
    order = {stage: place for place, stage in enumerate(STAGES)}
    return sorted(found.values(), key=lambda count: order.get(count.stage, len(order)))


def report(counts: Iterable[StageCount]) -> dict[str, Any]:
    """The funnel as `clone-pipeline funnel --json` prints it."""
    listed = list(counts)
    total = sum((count.usage for count in listed), Usage())
    llm = {name: getattr(total, name) for name in Usage.__dataclass_fields__}
    return {"stages": [count.as_json() for count in listed], "llm": llm}


def sentence(count: StageCount) -> str:
    """The stage in one line: "chunks: 6 documents in, 5 kept, 1 dropped (1 empty); 22 chunks"."""
    reasons = ", ".join(f"{n:,} {reason}" for reason, n in sorted(count.dropped.items()) if n)
    dropped = count.entered - count.kept
    line = f"{count.stage}: {count.entered:,} {count.unit} in, {count.kept:,} kept"
    line += f", {dropped:,} dropped ({reasons})" if dropped else ""
    made = ", ".join(f"{n:,} {name}" for name, n in count.made.items())
    return f"{line}; {made}" if made else line


def _together(one: StageCount, other: StageCount) -> StageCount:
    """Two parts of a stage as one."""
    return StageCount(
        stage=one.stage,
        unit=one.unit,
        entered=one.entered + other.entered,
        kept=one.kept + other.kept,
        dropped=Counter(one.dropped) + Counter(other.dropped),
        made=Counter(one.made) + Counter(other.made),
        usage=one.usage + other.usage,
        refused=one.refused + other.refused,
    )


def _read(path: Path) -> StageCount:
    stored = json.loads(path.read_text(encoding="utf-8"))
    return StageCount(
        stage=stored["stage"],
        unit=stored["unit"],
        entered=stored["in"],
        kept=stored["kept"],
        dropped=stored["dropped"],
        made=stored["made"],
        usage=Usage(**stored["llm"]),
        refused=tuple(stored.get("refused", ())),
    )
