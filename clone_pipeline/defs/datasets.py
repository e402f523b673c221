"""Group datasets: rows in the seeds' formats, and exported."""

import logging
from collections import Counter

import dagster as dg
import pyarrow as pa

from clone_pipeline import records, tokens
from clone_pipeline.defs.io_manager import Counted
from clone_pipeline.defs.reporting import counted
from clone_pipeline.defs.resources import ProjectFolder
from clone_pipeline.defs.training import base_folder
from clone_pipeline.formats import completion, segments, sharegpt
from clone_pipeline.funnel import StageCount
from clone_pipeline.records import (
    Chunk,
    Dialogue,
    Document,
    QaConversation,
    Rewriting,
    Row,
)

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
    persona_rows, persona_dropped = sharegpt.from_dialogues(
        dialogues, system_prompts=settings.system_prompts()
    )
    qa_rows, qa_dropped = sharegpt.from_qa(
        conversations,
        chunks=records.from_table(chunks, Chunk),
        system_prompt=settings.expert.system_prompt,
        system_prompt_rag=settings.expert.system_prompt_rag,
        wrong_context=settings.datasets.rag.wrong_context,
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
    project: ProjectFolder, chunks: pa.Table, documents: pa.Table, rewritings: pa.Table
) -> dg.Output[Counted]:
    """The documents and their rewritings as plain text; exported a record a document and one."""
    project.load()
    log.info("pretraining_dataset: nothing leaves this machine")
    listed = list(records.from_table(chunks, Chunk))
    retold = list(records.from_table(rewritings, Rewriting))
    files = list(records.from_table(documents, Document))
    rows, dropped = completion.from_chunks(listed)
    more_rows, more_dropped = completion.from_rewritings(retold)
    path = project.exports / "pretraining.jsonl"
    completion.write_documents(listed, files, path)
    completion.write_rewritings(retold, files, project.exports / "rewritings.jsonl")
    rows, dropped = rows + more_rows, dropped + more_dropped
    entered = len(listed) + len(retold)
    count = StageCount(
        "pretraining_dataset",
        "texts",
        entered,
        entered - sum(dropped.values()),
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
