"""From a run's files to its report."""

import gc
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from clone_pipeline import registry
from clone_pipeline.evaluation import encodings, heldout, measuring, running, sampling
from clone_pipeline.evaluation.encodings import Encodings
from clone_pipeline.evaluation.heldout import Subject
from clone_pipeline.evaluation.measuring import Measured
from clone_pipeline.evaluation.prompts import Asked
from clone_pipeline.evaluation.report import EXPERT, Report, Sample, Scores
from clone_pipeline.evaluation.running import AgainstProduction, Run
from clone_pipeline.evaluation.sampling import Speaker
from clone_pipeline.registry import Version
from clone_pipeline.settings import Fault

if TYPE_CHECKING:
    from clone_pipeline.local_model.loading import LocalModel

_NO_BASE = Fault("training.base_model", "that its output is not finite", "Take another base model.")


@dataclass(frozen=True, slots=True)
class _Facts:
    """What base and tuned models made of the held-out rows and the prompts."""

    subjects: list[Encodings]
    rows: str
    base: dict[str, Measured]
    tuned: dict[str, Measured]
    asked: list[tuple[str, Asked]]
    said_by_base: list[str]
    said_by_tuned: list[str]


def evaluate(run: Run) -> Report:
    """Measure the version against its base, and against production, and write the report.

    Returns:
        The report, which also lies at `run.out`.

    Raises:
        FaultyInput: the version is unknown, a model can't be loaded, or what a model makes of the
            rows is not finite.
    """
    started = time.monotonic()
    version = registry.version(run.version.parent, run.version.name)
    facts = _facts(run, version, running.held_out(run, version))
    against = _against(run, version, facts)
    report = _report(run, version, facts, against)
    report = report.model_copy(update={"seconds": round(time.monotonic() - started, 1)})
    report.save(run.out)
    return report


def _facts(run: Run, version: Version, subjects: list[Subject]) -> _Facts:
    asked = [(s.name, each) for s in subjects for each in _prompts(run, version, s)]
    models = running.tuned_then_base(run, version)
    local = next(models)
    length = run.settings.max_tokens
    encoded = [encodings.encoded(local, each, max_tokens=length) for each in subjects]
    rows = encodings.digest(encoded)
    kept = run.kept(model=version.digest, rows=rows)
    tuned = measuring.measure(local, encoded, kept=kept, diverged=running.diverged(version))
    said_by_tuned = _replies(run, local, asked)
    del local
    gc.collect()
    local = next(models)
    known = running.base_identity(run.base_model)
    kept_base = run.kept(model=known, rows=rows) if known else None
    base = measuring.measure(local, encoded, kept=kept_base, diverged=_NO_BASE)
    said_by_base = _replies(run, local, asked)
    models.close()
    return _Facts(encoded, rows, base, tuned, asked, said_by_base, said_by_tuned)


def _prompts(run: Run, version: Version, subject: Subject) -> list[Asked]:
    return sampling.prompts(
        subject,
        _speaker(version, subject.name),
        form=version.card["form"],
        samples=run.settings.samples,
        small_talk=run.settings.small_talk,
    )


def _speaker(version: Version, name: str) -> Speaker:
    if name == EXPERT:
        return Speaker("Expert", version.card["expert"]["system_prompt"])
    card = version.card["personas"][name]
    return Speaker(card["name"], card["system_prompt"], card.get("other", "Friend"))


def _replies(run: Run, local: "LocalModel", asked: Sequence[tuple[str, Asked]]) -> list[str]:
    return sampling.replies(
        local,
        [each for _, each in asked],
        max_new_tokens=run.settings.max_new_tokens,
        temperature=run.settings.temperature,
        top_p=run.settings.top_p,
        seed=run.seed,
    )


def _against(run: Run, version: Version, facts: _Facts) -> AgainstProduction | None:
    if run.production is None:
        return None
    production = registry.version(run.production.parent, run.production.name)
    if production.digest == version.digest:
        return None
    return running.against_production(run, version, production, facts.subjects, rows=facts.rows)


def _report(run: Run, version: Version, facts: _Facts, against: AgainstProduction | None) -> Report:
    measured = against.measured if against else None
    names = list(version.card["personas"])
    each = {
        subject.subject.name: measuring.scores(
            subject,
            base=facts.base[subject.subject.name],
            tuned=facts.tuned[subject.subject.name],
            production=measured[subject.subject.name] if measured else None,
            seed=run.seed,
        )
        for subject in facts.subjects
    }
    return Report(
        version=version.name,
        version_digest=version.digest,
        dataset_digest=heldout.digest(run.dataset),
        rows_digest=facts.rows,
        form=version.card["form"],
        seed=run.seed,
        personas={name: each[name] for name in names},
        together=_together(facts, names, measured, run.seed),
        expert=each.get(EXPERT),
        production=against.compared if against else None,
        samples=_samples(facts),
        memorisation=sampling.memorisation(
            facts.said_by_tuned, heldout.training_texts(run.dataset)
        ),
        seconds=0.0,
    )


def _together(
    facts: _Facts, names: list[str], production: dict[str, Measured] | None, seed: int
) -> Scores | None:
    """All personas as one; None without any."""
    if not names:
        return None
    parts = [each for each in facts.subjects if each.subject.name in names]
    return measuring.scores(
        encodings.together(parts),
        base=measuring.joined([facts.base[name] for name in names]),
        tuned=measuring.joined([facts.tuned[name] for name in names]),
        production=measuring.joined([production[name] for name in names]) if production else None,
        seed=seed,
    )


def _samples(facts: _Facts) -> list[Sample]:
    return [
        Sample(
            speaker=speaker,
            kind="small_talk" if asked.real is None else "held_out",
            said=asked.said,
            real=asked.real,
            base=base,
            tuned=tuned,
        )
        for (speaker, asked), base, tuned in zip(
            facts.asked, facts.said_by_base, facts.said_by_tuned, strict=True
        )
    ]
