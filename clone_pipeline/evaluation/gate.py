"""Whether a version may be promoted: a pure function of its report."""

from collections.abc import Iterator

from pydantic import Field

from clone_pipeline.evaluation.report import EXPERT, Report, Scores, subjects
from clone_pipeline.settings import Settings


class Floors(Settings):
    """What a version must reach; each persona, and the expert, by itself."""

    max_perplexity_ratio: float = Field(
        1.0,
        gt=0,
        description="tuned over base perplexity on their own held-out tokens: the upper bound of "
        "its 95 % interval must be below this",
    )
    min_specificity: float | None = Field(
        0.0,
        description="how much more ln perplexity must fall on the persona's words than on the "
        "other speakers' words in the persona's place: the lower bound of its 95 % interval must "
        "be above this, where others answer the persona; null: not asked",
    )
    regression_margin: float | None = Field(
        0.02,
        ge=0,
        description="how much worse than production ln perplexity may be on the same rows; null: "
        "not asked, nor whether the two can be compared",
    )
    min_held_out_groups: int = Field(
        5,
        ge=1,
        description="held-out conversations (for the expert: chunks of documents) below which a "
        "speaker can't be judged",
    )


class EvaluationSettings(Settings):
    """How a version is measured, and what it must reach."""

    floors: Floors = Field(default_factory=Floors)
    max_rows: int = Field(
        120, ge=1, description="held-out rows scored a persona, the same ones each time"
    )
    max_tokens: int = Field(1024, ge=32, description="longest scored row, in tokens")
    samples: int = Field(
        3, ge=0, le=50, description="held-out prompts answered by base and tuned, a persona"
    )
    small_talk: tuple[str, ...] = Field(
        ("How was your day?", "What are you up to this weekend?"),
        max_length=3,
        description="questions asked of each persona besides, up to three",
    )
    max_new_tokens: int = Field(40, ge=1, le=1024, description="longest sampled reply, in tokens")
    temperature: float = Field(0.7, ge=0, le=2, description="of the sampled replies")
    top_p: float = Field(0.9, gt=0, le=1, description="of the sampled replies")
    threads: int | None = Field(None, ge=1, description="CPU threads; null: what torch takes")


def gate(
    report: Report,
    *,
    floors: Floors,
    version_digest: str | None = None,
    production_digest: str | None = None,
) -> list[str]:
    """Why the version may not be promoted, a sentence each; empty: it may.

    Args:
        report: what was measured.
        floors: what must be reached.
        version_digest: the version that shall be promoted; None skips the question whether the
            report is about it.
        production_digest: what is in production now; None if nothing is. The report must have
            compared with it, unless it is the version itself.
    """
    reasons = list(_about_another(report, version_digest, production_digest))
    judged = subjects(report)
    if not judged:
        reasons.append("nothing was measured: the model's card names neither persona nor expert")
    reasons += _incomparable(report, floors)
    for name, scores in judged.items():
        if not _unjudged(report, name, floors):
            reasons += _short_of(name, scores, floors)
    return reasons


def remarks(report: Report, *, floors: Floors) -> list[str]:
    """What the floors could not be asked about, a sentence each; no reason for a refusal."""
    found = []
    for name, scores in subjects(report).items():
        if _unjudged(report, name, floors):
            found.append(
                f"{name}: {scores.groups} held-out conversations are too few to judge; it is "
                "promoted unjudged"
            )
        elif name != EXPERT and scores.ratio and not scores.specificity:
            found.append(f"{name}: nobody answers in the held-out dialogues: no specificity")
    return found


def _unjudged(report: Report, name: str, floors: Floors) -> bool:
    """Whether this is an expert beside personas, with too little to judge it by."""
    judged = subjects(report)[name]
    too_few = judged.ratio is None or judged.groups < floors.min_held_out_groups
    return name == EXPERT and bool(report.personas) and too_few


def _incomparable(report: Report, floors: Floors) -> Iterator[str]:
    production = report.production
    if production and production.note and floors.regression_margin is not None:
        yield (
            f"cannot be compared with {production.version} in production: {production.note}; "
            f"promote it by hand with `clone-pipeline models promote {report.version}` or set "
            "evaluation.floors.regression_margin to null"
        )


def _about_another(report: Report, version: str | None, production: str | None) -> Iterator[str]:
    again = "materialize evaluation_report again"
    if version is not None and report.version_digest != version:
        yield f"the report is about another model than this one ({report.version}): {again}"
    compared = report.production.digest if report.production else None
    if production is not None and production not in (report.version_digest, compared):
        seen = report.production.version if report.production else "nothing"
        yield f"production has changed since the report, which compares with {seen}: {again}"


def _short_of(name: str, scores: Scores, floors: Floors) -> Iterator[str]:
    least_groups = floors.min_held_out_groups
    if scores.ratio is None or scores.groups < least_groups:
        yield (
            f"{name}: {scores.groups} held-out conversations could be scored, {least_groups} are "
            f"needed to judge: add more of {_source(name)} to raw_input, or hold out a larger share"
        )
        return
    if scores.ratio.high >= floors.max_perplexity_ratio:
        limit = f"is not below {floors.max_perplexity_ratio:g}"
        yield f"{name}: perplexity ratio {_shown(scores.ratio)} {limit}"
    least = floors.min_specificity
    if scores.specificity and least is not None and scores.specificity.low <= least:
        yield f"{name}: specificity {_shown(scores.specificity)} is not above {least:g}"
    against, margin = scores.against_production, floors.regression_margin
    if against and margin is not None and against.value > margin:
        yield (
            f"{name}: ln perplexity is {against.value:.3f} above production's on the same "
            f"{scores.rows} rows, more than the margin {margin:g}"
        )


def _source(name: str) -> str:
    return "the subject's documents" if name == EXPERT else f"{name}'s messages"


def _shown(interval: object) -> str:
    value, low, high = (getattr(interval, part) for part in ("value", "low", "high"))
    return f"{value:.2f} [{low:.2f}, {high:.2f}]"
