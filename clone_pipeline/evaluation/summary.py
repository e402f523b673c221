"""A retraining as Markdown: for a pull request's comment, or the summary of a CI job.

What somebody wrote stands in fenced blocks only, which nothing in it can end: there neither
Markdown nor HTML, nor a mention, a link or an issue's number means anything. In tables stand the
program's own words and numbers.
"""

import math
import re
import textwrap
from collections.abc import Iterable, Sequence

from clone_pipeline.evaluation.outcome import Outcome
from clone_pipeline.evaluation.report import EXPERT, Report, Sample, Scores

HEADLINES = {
    "promoted": "promoted",
    "refused": "refused, production stays as it is",
    "failed": "failed",
    "nothing_new": "nothing new to learn",
}
# GitHub takes comments of up to 65,536 characters.
LONGEST_SENTENCE = 600
LONGEST_REPLY = 300
LONGEST_NAME = 40
MOST_SAMPLES = 6
MOST_LINES = 20
MOST_PERSONAS = 60
_WIDTH = 88
_UNSAFE = re.compile(r"[^\w .,:;\[\]/+%>-]", re.ASCII)
_TICKS = re.compile(r"`+")


def markdown(outcome: Outcome, report: Report | None) -> str:
    """The retraining for a person: headline, figures, the gate's words, funnel, some replies.

    Args:
        outcome: how it ended.
        report: the version's report, for the replies side by side; None if nothing was measured.

    Returns:
        Markdown, at most 60,000 characters.
    """
    parts = [f"### Retraining: {HEADLINES[outcome.outcome]}", _facts(outcome)]
    if outcome.reasons:
        parts += ["**Why**", _fenced(outcome.reasons)]
    if figures := _figures(outcome):
        parts += ["**Held-out rows** (lower perplexity is better)", figures]
    if outcome.remarks:
        parts += ["**Remarks**", _fenced(outcome.remarks)]
    if outcome.stages:
        parts += ["**Funnel**", _funnel(outcome)]
    if report and report.samples:
        parts += ["**Some replies**", *map(_sample, report.samples[:MOST_SAMPLES])]
    return "\n\n".join(parts) + "\n"


def _facts(outcome: Outcome) -> str:
    before, after = outcome.production_before, outcome.production_after
    moved = f"{_named(before)} -> {_named(after)}" if before != after else _named(after)
    llm = outcome.llm
    return _table(
        ("version", "production", "model requests", "from the journal", "tokens", "cost", "time"),
        [
            (
                outcome.version or "-",
                moved,
                f"{llm.requests:,}",
                f"{llm.from_journal:,}",
                f"{llm.prompt_tokens:,} + {llm.completion_tokens:,}",
                f"{llm.cost:.2f}",
                f"{outcome.seconds:.0f} s",
            )
        ],
    )


def _named(deployed: object) -> str:
    return getattr(deployed, "version", "nothing")


def _figures(outcome: Outcome) -> str:
    shown = list(outcome.personas.items())[:MOST_PERSONAS]
    left = len(outcome.personas) - len(shown)
    if outcome.together and len(shown) > 1:
        shown.append(("all personas", outcome.together))
    if outcome.expert:
        shown.append((EXPERT, outcome.expert))
    head = ("who", "rows", "conversations", "base", "tuned", "production", "ratio", "specificity",
            "ln perplexity against production")  # fmt: skip
    table = _table(head, [(name, *_cells(scores)) for name, scores in shown])
    return table + (f"\n\n... and {left} more." if left else "") if shown else ""


def _cells(scores: Scores) -> tuple[str, ...]:
    own, against = scores.own, scores.against_production
    standing = own.tuned_perplexity / math.exp(against.value) if own and against else None
    return (
        f"{scores.rows:,}",
        f"{scores.groups:,}",
        f"{own.base_perplexity:.2f}" if own else "-",
        f"{own.tuned_perplexity:.2f}" if own else "-",
        f"{standing:.2f}" if standing else "-",
        str(scores.ratio or "-"),
        str(scores.specificity or "-"),
        str(against or "-"),
    )


def _funnel(outcome: Outcome) -> str:
    rows = [
        (
            stage["stage"],
            f"{stage['in']:,} {stage['unit']}",
            f"{stage['kept']:,}",
            _counts(stage["dropped"]),
            _counts(stage["made"]),
        )
        for stage in outcome.stages
    ]
    return _table(("stage", "came in", "kept", "dropped", "made"), rows)


def _counts(named: dict[str, int]) -> str:
    return ", ".join(f"{count:,} {name}" for name, count in named.items()) or "-"


def _sample(sample: Sample) -> str:
    lines = [(f"said to {_plain(sample.speaker, LONGEST_NAME)}", sample.said)]
    lines += [("base", sample.base), ("tuned", sample.tuned)]
    lines += [("they wrote", sample.real)] if sample.real is not None else []
    widest = max(len(name) for name, _ in lines)
    shown = []
    for name, text in lines:
        first, *rest = textwrap.wrap(_plain(text, LONGEST_REPLY), _WIDTH) or [""]
        shown.append(f"{name:<{widest}}  {first}")
        shown += [" " * (widest + 2) + line for line in rest]
    return _block(shown)


def _fenced(sentences: Iterable[str]) -> str:
    """Sentences that may hold what a user wrote, line by line."""
    lines = [line for sentence in sentences for line in sentence.splitlines() if line.strip()]
    more = [f"... and {len(lines) - MOST_LINES} lines more"] if len(lines) > MOST_LINES else []
    wrapped = [
        part
        for line in [*lines[:MOST_LINES], *more]
        for part in textwrap.wrap(_plain(line, LONGEST_SENTENCE), _WIDTH, subsequent_indent="  ")
    ]
    return _block(wrapped)


def _block(lines: Sequence[str]) -> str:
    text = "\n".join(lines)
    fence = "`" * max([3, *(len(run) + 1 for run in _TICKS.findall(text))])
    return f"{fence}text\n{text}\n{fence}"


def _plain(text: str, longest: int) -> str:
    """One line, cut, without characters that do not print (controls, turned directions)."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return line if len(line) <= longest else line[: longest - 3] + "..."


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    safe = [tuple(_UNSAFE.sub("?", cell) for cell in row) for row in rows]
    lines = [head, tuple("---" for _ in head), *((f"`{name}`", *rest) for name, *rest in safe)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
