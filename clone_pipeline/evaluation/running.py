"""The models of an evaluation, loaded one after the other, each asked all that is wanted."""

import gc
import hashlib
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from clone_pipeline.evaluation import encodings, heldout, measuring
from clone_pipeline.evaluation.encodings import Encodings
from clone_pipeline.evaluation.gate import EvaluationSettings
from clone_pipeline.evaluation.measuring import Measured
from clone_pipeline.evaluation.report import Compared
from clone_pipeline.local_model import bases, loading
from clone_pipeline.local_model.merging import worth_merging
from clone_pipeline.registry import Version
from clone_pipeline.settings import Fault, Settings

if TYPE_CHECKING:
    from clone_pipeline.local_model.loading import LocalModel


class Run(Settings):
    """What RUN.json holds.

    Attributes:
        base_model: the folder of the base.
        version: the folder of the published version.
        dataset: training_dataset, a Parquet file or a folder of shards.
        out: where the report goes; `scores/` beside it keeps what models scored.
        settings: how to measure.
        seed: of the bootstrap and of the sampled replies.
        production: the folder of the version in production, None if there is none.
    """

    base_model: Path
    version: Path
    dataset: Path
    out: Path
    settings: EvaluationSettings = EvaluationSettings()
    seed: int = 0
    production: Path | None = None

    def kept(self, *, model: str, rows: str) -> Path:
        """The file for the figures of one model on one set of rows, by their digests."""
        name = hashlib.sha256(f"{model}\0{rows}".encode()).hexdigest()[:32]
        return self.out.parent / "scores" / f"{name}.json"


@dataclass(frozen=True, slots=True)
class AgainstProduction:
    """The version in production and its figures; None where it could not be compared."""

    compared: Compared
    measured: dict[str, Measured] | None


def tuned_then_base(run: Run, version: Version) -> Generator["LocalModel"]:
    """The version, then its base; a caller drops the first before it takes the second.

    A small adapter is merged, as it is for serving, and the base is loaded after it; a large one
    is switched off for the base.
    """
    weights = version.folder / "model"
    merged = version.card["kind"] == "adapter" and worth_merging(run.base_model, weights)
    if version.card["kind"] == "adapter" and not merged:
        local = loaded(run, run.base_model, adapter=weights)
        yield local
        with local.model.disable_adapter():
            yield local
        return
    yield loaded(run, run.base_model, adapter=weights) if merged else loaded(run, weights)
    gc.collect()
    yield loaded(run, run.base_model)


def loaded(run: Run, folder: Path, *, adapter: Path | None = None) -> "LocalModel":
    """The model of a folder, with the run's number of threads."""
    merge = adapter is not None and worth_merging(folder, adapter)
    return loading.load(folder, adapter=adapter, threads=run.settings.threads, merge=merge)


def against_production(
    run: Run, version: Version, production: Version, subjects: Sequence[Encodings], *, rows: str
) -> AgainstProduction:
    """What production makes of the version's held-out rows.

    Args:
        run: the run.
        version: the version that is evaluated.
        production: another version.
        subjects: the rows as the version's tokenizer reads them.
        rows: their digest.
    """
    compared = Compared(version=production.name, digest=production.digest)
    if production.card["form"] != version.card["form"]:
        note = f"it was taught {production.card['form']}, these rows are {version.card['form']}"
        return AgainstProduction(compared.model_copy(update={"note": note}), None)
    same_base = production.card["base_model"] == version.card["base_model"]
    kept = run.kept(model=production.digest, rows=rows)
    if same_base and (known := measuring.recalled(kept)):
        return AgainstProduction(compared, known)
    local = _production_model(run, production, same_base=same_base)
    fault = diverged(production)
    if same_base:
        known = measuring.measure(local, subjects, kept=kept, diverged=fault)
        return AgainstProduction(compared, known)
    own = [_encoded_again(run, local, each) for each in subjects]
    if any(new.rows != old.rows for new, old in zip(own, subjects, strict=True)):
        note = "its tokenizer leaves other rows than this one's within the longest row"
        return AgainstProduction(compared.model_copy(update={"note": note}), None)
    return AgainstProduction(compared, measuring.measure(local, own, kept=None, diverged=fault))


def _encoded_again(run: Run, local: "LocalModel", subject: Encodings) -> Encodings:
    return encodings.encoded(local, subject.subject, max_tokens=run.settings.max_tokens)


def _production_model(run: Run, production: Version, *, same_base: bool) -> "LocalModel":
    weights = production.folder / "model"
    if production.card["kind"] != "adapter":
        return loaded(run, weights)
    if same_base:
        return loaded(run, run.base_model, adapter=weights)
    root = production.folder.resolve().parent.parent
    base = bases.folder_of(production.card["base_model"]["name"], root=root)
    return loaded(run, base, adapter=weights)


def diverged(version: Version) -> Fault:
    """What is wrong with a version that finds no text possible."""
    found = "that the model's output is not finite: training diverged"
    return Fault(version.name, found, "Lower `training.learning_rate` and train again.")


def base_identity(folder: Path) -> str:
    """The base as a key of what it scored: its weights' places, sizes and times of change."""
    found = [(path, path.stat()) for path in sorted(folder.glob("*.safetensors"))]
    return "\n".join(f"{path} {stat.st_size} {stat.st_mtime_ns}" for path, stat in found)


def held_out(run: Run, version: Version) -> list[heldout.Subject]:
    """The rows that the version is measured on."""
    return heldout.read(
        run.dataset,
        personas=list(version.card["personas"]),
        expert=version.card.get("expert") is not None,
        form=version.card["form"],
        max_rows=run.settings.max_rows,
    )
