"""Group datasets: rows in the seeds' formats, exported, and mixed into what is trained."""

import logging
from collections import Counter

import dagster as dg
import pyarrow as pa

from clone_pipeline import funnel, records, tokens
from clone_pipeline.defs.io_manager import Counted
from clone_pipeline.defs.reporting import counted
from clone_pipeline.defs.resources import ProjectFolder
from clone_pipeline.defs.training import base_folder
from clone_pipeline.formats import (
    axolotl,
    completion,
    identity,
    mixing,
    segments,
    sharegpt,
    splitting,
)
from clone_pipeline.funnel import StageCount
from clone_pipeline.records import Chunk, Dialogue, Document, QaConversation, Row

log = logging.getLogger("clone_pipeline.datasets")

raw_text = dg.AssetSpec(
    "raw_text",
    group_name="datasets",
    kinds={"file"},
    description="Texts in raw_input/text/<dataset>/: essays, journals; datasets of one's own.",
)


@dg.asset(group_name="datasets", kinds={"json"}, code_version="1")
def segments_dataset(project: ProjectFolder, persona_dialogues: pa.Table) -> dg.Output[Counted]:
    """Persona dialogues as template-free segments; exported as data/exports/segments.json."""
    settings = project.load()
    log.info("segments_dataset: nothing leaves this machine")
    listed = list(records.from_table(persona_dialogues, Dialogue))
    rows: list[Row] = []
    dropped: Counter[str] = Counter()
    if listed:
        rows, dropped = segments.from_dialogues(
            listed,
            system_prompts=settings.system_prompts(),
            max_tokens=settings.datasets.segments_max_tokens,
            count=tokens.load(base_folder(settings, project.root)).count,
        )
    segments.write_json(rows, project.exports / "segments.json")
    entered = sum(len(dialogue.turns) for dialogue in listed)
    count = StageCount(
        "segments_dataset",
        "turns",
        entered,
        entered - sum(dropped.values()),
        dropped,
        {"rows": len(rows)},
    )
    more = {"export": dg.MetadataValue.path(str(project.exports / "segments.json"))}
    return counted(records.to_table(rows, records.DATASET_ROWS), count, more=more)


@dg.asset(group_name="datasets", kinds={"json"}, code_version="1")
def sharegpt_dataset(
    project: ProjectFolder,
    persona_dialogues: pa.Table,
    qa_conversations: pa.Table,
    chunks: pa.Table,
) -> dg.Output[Counted]:
    """Persona dialogues and QA conversations as ShareGPT, the latter with and without passages."""
    settings = project.load()
    log.info("sharegpt_dataset: nothing leaves this machine")
    dialogues = list(records.from_table(persona_dialogues, Dialogue))
    conversations = list(records.from_table(qa_conversations, QaConversation))
    texts = {chunk.chunk_id: chunk.text for chunk in records.from_table(chunks, Chunk)}
    persona_rows, persona_dropped = sharegpt.from_dialogues(
        dialogues, system_prompts=settings.system_prompts()
    )
    qa_rows, qa_dropped = sharegpt.from_qa(
        conversations,
        chunks=texts,
        system_prompt=settings.expert.system_prompt,
        system_prompt_rag=settings.expert.system_prompt_rag,
    )
    rows = [*persona_rows, *qa_rows]
    exports = project.exports
    with_passages = [row for row in qa_rows if row.dataset == "rag"]
    without = [*persona_rows, *(row for row in qa_rows if row.dataset != "rag")]
    sharegpt.write(without, exports / "sharegpt.jsonl")
    sharegpt.write(with_passages, exports / "sharegpt_rag.jsonl")
    dropped = persona_dropped + qa_dropped
    entered = len(dialogues) + len(conversations)
    count = StageCount(
        "sharegpt_dataset",
        "conversations",
        entered,
        entered - sum(dropped.values()),
        dropped,
        {"rows": len(rows)},
    )
    more = {"export": dg.MetadataValue.path(str(exports / "sharegpt.jsonl"))}
    return counted(records.to_table(rows, records.DATASET_ROWS), count, more=more)


@dg.asset(group_name="datasets", kinds={"json"}, code_version="1")
def pretraining_dataset(
    project: ProjectFolder, chunks: pa.Table, documents: pa.Table
) -> dg.Output[Counted]:
    """The documents as plain text; one record a document in data/exports/pretraining.jsonl."""
    project.load()
    log.info("pretraining_dataset: nothing leaves this machine")
    listed = list(records.from_table(chunks, Chunk))
    rows, dropped = completion.from_chunks(listed)
    path = project.exports / "pretraining.jsonl"
    completion.write_documents(listed, records.from_table(documents, Document), path)
    count = StageCount(
        "pretraining_dataset",
        "chunks",
        len(listed),
        len(listed) - sum(dropped.values()),
        dropped,
        {"rows": len(rows)},
    )
    more = {"export": dg.MetadataValue.path(str(path))}
    return counted(records.to_table(rows, records.DATASET_ROWS), count, more=more)


@dg.asset(group_name="datasets", kinds={"file"}, deps=[raw_text], code_version="2")
def text_dataset(project: ProjectFolder) -> dg.Output[Counted]:
    """The texts of raw_input/text as rows of plain text, datasets in it as theirs."""
    settings = project.load()
    log.info("text_dataset: nothing leaves this machine")
    found = completion.from_text_folder(
        project.raw("text"), max_chars=settings.datasets.text_max_chars
    )
    for fault in found.faults:
        log.warning(f"text_dataset: {fault}")
    made = {"rows": len(found.rows)} | {f"records_{name}": n for name, n in found.records.items()}
    entered = found.files + found.dropped.total()
    count = StageCount("text_dataset", "files", entered, found.files, found.dropped, made)
    more = {"files_left_out": [str(fault) for fault in found.faults]}
    return counted(records.to_table(found.rows, records.DATASET_ROWS), count, more=more)


@dg.asset(group_name="datasets", kinds={"parquet"}, code_version="4")
def training_dataset(
    project: ProjectFolder,
    segments_dataset: pa.Table,
    sharegpt_dataset: pa.Table,
    pretraining_dataset: pa.Table,
    text_dataset: pa.Table,
    reddit_dataset: pa.Table,
) -> dg.Output[Counted]:
    """What is trained: collections with weights, whole conversations and chunks held out."""
    settings = project.load()
    log.info("training_dataset: nothing leaves this machine")
    tables = (
        segments_dataset, sharegpt_dataset, pretraining_dataset, text_dataset, reddit_dataset,
    )  # fmt: skip
    entering = [row for table in tables for row in records.from_table(table, Row)]
    form = settings.datasets.persona_format
    if settings.datasets.identity:
        entering += identity.rows(settings.identities(), beside=entering, form=form)
    mixed, left_out = mixing.mix(entering, weights=settings.datasets.weights, persona_format=form)
    rows, overlapping = splitting.split(
        mixed, held_out=settings.datasets.held_out, seed=settings.datasets.seed
    )
    axolotl.write(
        project.exports,
        base_model=settings.training.base_model,
        method=settings.training.method.name,
        max_tokens=settings.training.max_tokens,
    )
    sides = Counter(f"{row.split} {row.collection}" for row in rows)
    count = StageCount(
        "training_dataset",
        "rows",
        len(entering),
        len(rows),
        left_out + overlapping,
        dict(sorted(sides.items())),
    )
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
