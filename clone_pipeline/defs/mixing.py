"""Group datasets: rows about anything, and all rows mixed into what is trained."""

import logging
from collections import Counter

import dagster as dg
import pyarrow as pa

from clone_pipeline import funnel, records
from clone_pipeline.defs.io_manager import Counted
from clone_pipeline.defs.reporting import counted
from clone_pipeline.defs.resources import ProjectFolder
from clone_pipeline.formats import axolotl, generic, identity, mixing, splitting
from clone_pipeline.funnel import StageCount
from clone_pipeline.records import Row

log = logging.getLogger("clone_pipeline.datasets")

NO_GENERIC = "No rows: datasets.generic names no file of raw_input/generic."

raw_generic = dg.AssetSpec(
    "raw_generic",
    group_name="datasets",
    kinds={"file"},
    description="Conversations about anything in raw_input/generic/, of which a share is trained.",
)


@dg.asset(group_name="datasets", kinds={"file"}, deps=[raw_generic], code_version="1")
def generic_dataset(project: ProjectFolder) -> dg.Output[Counted]:
    """The conversations of raw_input/generic; training_dataset takes `datasets.generic` of them."""
    settings = project.load()
    log.info("generic_dataset: nothing leaves this machine")
    found = generic.read(project.raw("generic"), shares=settings.datasets.generic)
    made = Counter(f"rows_{row.dataset}" for row in found.rows)
    kept = found.records - found.dropped.total()
    count = StageCount("generic_dataset", "records", found.records, kept, found.dropped, made)
    more = {} if settings.datasets.generic else {"note": NO_GENERIC}
    return counted(records.to_table(found.rows, records.DATASET_ROWS), count, more=more)


@dg.asset(group_name="datasets", kinds={"parquet"}, code_version="5")
def training_dataset(
    project: ProjectFolder,
    segments_dataset: pa.Table,
    sharegpt_dataset: pa.Table,
    pretraining_dataset: pa.Table,
    text_dataset: pa.Table,
    reddit_dataset: pa.Table,
    qa_segments_dataset: pa.Table,
    generic_dataset: pa.Table,
) -> dg.Output[Counted]:
    """What is trained: collections with weights, whole conversations and chunks held out."""
    settings = project.load()
    wanted = settings.datasets
    log.info("training_dataset: nothing leaves this machine")
    tables = (
        segments_dataset, sharegpt_dataset, pretraining_dataset, text_dataset, reddit_dataset,
        qa_segments_dataset, generic_dataset,
    )  # fmt: skip
    entering = [row for table in tables for row in records.from_table(table, Row)]
    form = wanted.persona_format
    if wanted.identity:
        entering += identity.rows(settings.identities(), beside=entering, form=form)
    mixed, left_out = mixing.mix(
        entering, weights=wanted.weights, persona_format=form, generic=wanted.generic
    )
    rows, overlapping = splitting.split(mixed, held_out=wanted.held_out, seed=wanted.seed)
    axolotl.write(
        project.exports,
        base_model=settings.training.base_model,
        method=settings.training.method.name,
        max_tokens=settings.training.max_tokens,
    )
    sides = dict(sorted(Counter(f"{row.split} {row.collection}" for row in rows).items()))
    dropped = left_out + overlapping
    count = StageCount("training_dataset", "rows", len(entering), len(rows), dropped, sides)
    if not rows:
        raise dg.Failure(_nothing_to_train(project, count), allow_retries=False)
    return counted(records.to_table(rows, records.TRAINING_DATASET), count)


def _nothing_to_train(project: ProjectFolder, count: StageCount) -> str:
    lines = [
        f"  {stage.stage}: {stage.entered} {stage.unit} in, {stage.kept} kept, dropped "
        f"{ {reason: n for reason, n in stage.dropped.items() if n} or 'none' }"
        for stage in [*funnel.load(project.data / "funnel"), count]
    ]
    return "There is nothing to train on. What became of the input:\n" + "\n".join(lines)
