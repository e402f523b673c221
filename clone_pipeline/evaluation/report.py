"""The evaluation report: its JSON, and how it reads."""

import json
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from clone_pipeline.durable import write_json

EXPERT = "the expert"  # a blank: no persona has this key


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Interval(_Record):
    """A figure and its 95 % bootstrap interval over groups of rows."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        """The figure and, in brackets, its interval."""
        return f"{self.value:.3f} [{self.low:.3f}, {self.high:.3f}]"


class Side(_Record):
    """Perplexities on one side's tokens."""

    tokens: int
    base_perplexity: float
    tuned_perplexity: float


class Scores(_Record):
    """One persona, all personas, or the expert, on held-out rows.

    Attributes:
        rows: held-out rows that were scored.
        groups: conversations, or chunks of documents, that these rows are of.
        dropped: held-out rows that were not, by reason: "sampled_out" (more than the settings'
            max_rows), "too_long" (nothing of theirs is left within the model's length).
        own: on all that the persona, or the expert, has to write, with the marks that end turns;
            None without rows.
        words: on the persona's words alone, without such marks and without names.
        others: on the other speakers' words in the persona's place: roles exchanged, under the
            same system prompt, encoded as `words` are. Both are None where nobody else answers.
        ratio: tuned over base perplexity of `own`; below 1 is better.
        specificity: the fall of ln perplexity of `words` less that of `others`.
        against_production: ln perplexity less production's on the same rows; below 0 is better.
    """

    rows: int
    groups: int
    dropped: dict[str, int] = {}
    own: Side | None = None
    words: Side | None = None
    others: Side | None = None
    ratio: Interval | None = None
    specificity: Interval | None = None
    against_production: Interval | None = None


class Sample(_Record):
    """One prompt answered by both; `real` is what the person wrote, None for small talk."""

    speaker: str
    kind: Literal["held_out", "small_talk"]
    said: str
    real: str | None
    base: str
    tuned: str


class Memorisation(_Record):
    """How many of the tuned model's sampled replies hold `words` words in a row of training."""

    replies: int
    repeating: int
    words: int


class Compared(_Record):
    """The version in production at the time; `note` says why it was not scored, else empty."""

    version: str
    digest: str
    note: str = ""


class Report(_Record):
    """What was measured of one version; the digests say on what.

    `rows_digest` covers the tokens and labels of every scored row.
    """

    version: str
    version_digest: str
    dataset_digest: str
    rows_digest: str
    form: str
    seed: int
    personas: dict[str, Scores]
    together: Scores | None
    expert: Scores | None
    production: Compared | None
    samples: list[Sample]
    memorisation: Memorisation
    seconds: float

    def save(self, path: Path) -> None:
        """Write the report, whole or not at all."""
        write_json(path, json.loads(self.model_dump_json()))


def load(path: Path) -> Report:
    """The report that `path` holds."""
    return Report.model_validate_json(path.read_text(encoding="utf-8"))


def subjects(report: Report) -> dict[str, Scores]:
    """What the gate looks at, by name: each persona, and the expert if there is one."""
    return {**report.personas, **({EXPERT: report.expert} if report.expert else {})}


def markdown(report: Report) -> str:
    """The report for a person: figures, comparison, replies side by side."""
    parts = [f"### {report.version} against its base, on held-out rows", _figures(report)]
    if report.production:
        compared = report.production
        against = f"`{compared.version}`, in production then"
        parts.append(f"Not compared with {against}: {compared.note}" if compared.note else
                     f"Compared with {against}, on the same rows.")  # fmt: skip
    memory = report.memorisation
    parts.append(
        f"{memory.repeating} of {memory.replies} sampled replies hold {memory.words} words in a "
        "row of what the model was trained on."
    )
    if report.samples:
        parts.append(_side_by_side(report.samples))
    return "\n\n".join(parts) + "\n"


def _figures(report: Report) -> str:
    rows = subjects(report)
    if report.together and len(report.personas) > 1:
        rows["all personas"] = report.together
    head = ("who", "rows", "conversations", "tokens", "base perplexity", "tuned", "ratio",
            "words' base", "tuned", "others' words' base", "tuned", "specificity",
            "ln perplexity against production")  # fmt: skip
    return _table(head, [(name, *_cells(scores)) for name, scores in rows.items()])


def _cells(scores: Scores) -> tuple[str, ...]:
    return (
        str(scores.rows),
        str(scores.groups),
        str(scores.own.tokens) if scores.own else "0",
        *_perplexities(scores.own),
        str(scores.ratio or "-"),
        *_perplexities(scores.words),
        *_perplexities(scores.others),
        str(scores.specificity or "-"),
        str(scores.against_production or "-"),
    )


def _perplexities(side: Side | None) -> tuple[str, str]:
    return (f"{side.base_perplexity:.2f}", f"{side.tuned_perplexity:.2f}") if side else ("-", "-")


def _side_by_side(samples: list[Sample]) -> str:
    head = ("who", "said to them", "base", "tuned", "what they wrote")
    return _table(head, [(s.speaker, s.said, s.base, s.tuned, s.real or "") for s in samples])


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join("| " + " | ".join(_cell(text) for text in line) + " |" for line in lines)


def _cell(text: str) -> str:
    safe = text.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;")
    return " ".join(safe.split())
