"""Groups qa and datasets: what else a model writes from documents and pairs, if it is asked for."""

import logging
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import dagster as dg
import pyarrow as pa

from clone_pipeline import records, tokens
from clone_pipeline.defs.asking import ask, load_prompts, spent
from clone_pipeline.defs.io_manager import Counted
from clone_pipeline.defs.reporting import counted
from clone_pipeline.defs.resources import ProjectFolder
from clone_pipeline.defs.training import base_folder
from clone_pipeline.formats import qa_segments, segments
from clone_pipeline.funnel import StageCount
from clone_pipeline.project import Project
from clone_pipeline.qa import corrections, rewriting
from clone_pipeline.records import Chunk, Correction, Document, Pair, Row

log = logging.getLogger("clone_pipeline.qa")

NO_CORRECTIONS = "No rows: qa.corrections is 0, so nothing was asked."
NO_REWRITES = "No rows: qa.rewrites names no kind, so nothing was asked."
NO_SEGMENTS = "No rows: there are no corrections, and datasets.rag.segments is off."


@dg.asset(group_name="qa", kinds={"openai", "parquet"}, code_version="1")
def qa_corrections(
    project: ProjectFolder, verified_qa: pa.Table, chunks: pa.Table
) -> dg.Output[Counted]:
    """Of a share of the verified pairs a wrong answer, an objection, and the right answer."""
    settings = project.load()
    share = settings.qa.corrections
    pairs = list(records.from_table(verified_qa, Pair)) if share else []
    chosen = corrections.asked_about(pairs, share=share)
    prompts = load_prompts(
        settings, project, [corrections.PROMPT] if chosen else [], embedded=False
    )
    (kept, dropped, made), usage = ask(
        project,
        "qa_corrections",
        "pairs",
        what="verified_qa and chunks",
        asks=bool(chosen),
        work=lambda model, progress: corrections.corrections(
            chosen,
            chunks=list(records.from_table(chunks, Chunk)),
            model=model,
            model_name=settings.llm.model,
            prompts=prompts,
            structured=settings.llm.structured_output,
            completion=settings.llm.completion_mode,
            progress=progress,
        ),
    )
    made |= {"pairs_not_chosen": len(pairs) - len(chosen)} if share else {}
    count = StageCount("qa_corrections", "pairs", len(chosen), len(kept), dropped, made, usage)
    note = {} if share else {"note": NO_CORRECTIONS}
    table = records.to_table(kept, records.CORRECTIONS)
    return counted(table, count, more={**spent(usage), **note})


@dg.asset(group_name="qa", kinds={"openai", "parquet"}, code_version="1")
def rewritings(project: ProjectFolder, documents: pa.Table, chunks: pa.Table) -> dg.Output[Counted]:
    """The chunks told again as `qa.rewrites` says, and summaries of the documents."""
    settings = project.load()
    kinds = settings.qa.rewrites
    listed = list(records.from_table(chunks, Chunk)) if kinds else []
    names = [rewriting.prompt_of(kind) for kind in kinds] if listed else []
    prompts = load_prompts(settings, project, names, embedded=False)
    (kept, dropped, made), usage = ask(
        project,
        "rewritings",
        "texts",
        what="chunks and documents",
        asks=bool(listed),
        work=lambda model, progress: rewriting.rewritings(
            listed,
            documents=list(records.from_table(documents, Document)),
            kinds=kinds,
            model=model,
            model_name=settings.llm.model,
            prompts=prompts,
            completion=settings.llm.completion_mode,
            progress=progress,
        ),
    )
    entered = len(kept) + sum(dropped.values())
    count = StageCount("rewritings", "texts", entered, len(kept), dropped, made, usage)
    note = {} if kinds else {"note": NO_REWRITES}
    table = records.to_table(kept, records.REWRITINGS)
    return counted(table, count, more={**spent(usage), **note})


@dg.asset(group_name="datasets", kinds={"json"}, code_version="1")
def qa_segments_dataset(
    project: ProjectFolder, qa_corrections: pa.Table, verified_qa: pa.Table, chunks: pa.Table
) -> dg.Output[Counted]:
    """Corrections, and pairs below passages, as segments; data/exports/qa_segments.json."""
    settings = project.load()
    log.info("qa_segments_dataset: nothing leaves this machine")
    corrected = list(records.from_table(qa_corrections, Correction))
    pairs = list(records.from_table(verified_qa, Pair))
    entered = len(corrected) + (len(pairs) if settings.datasets.rag.segments else 0)
    rows: list[Row] = []
    dropped: Counter[str] = Counter()
    if entered:
        rows, dropped = _qa_rows(
            settings, project.root, corrected, pairs, list(records.from_table(chunks, Chunk))
        )
    path = project.exports / "qa_segments.json"
    segments.write_json(rows, path)
    kept = entered - dropped.total()
    made = {"rows": len(rows)}
    count = StageCount("qa_segments_dataset", "pairs", entered, kept, dropped, made)
    more = {"export": dg.MetadataValue.path(str(path))}
    note = {} if entered else {"note": NO_SEGMENTS}
    table = records.to_table(rows, records.DATASET_ROWS)
    return counted(table, count, more={**more, **note})


def _qa_rows(
    settings: Project,
    root: Path,
    corrected: Sequence[Correction],
    pairs: Sequence[Pair],
    chunks: Sequence[Chunk],
) -> tuple[list[Row], Counter[str]]:
    rag = settings.datasets.rag
    limit = qa_segments.Limit(
        settings.training.max_tokens, tokens.load(base_folder(settings, root)).count
    )
    rows, dropped = qa_segments.from_corrections(
        corrected,
        related={pair.pair_id: pair.related or [] for pair in pairs},
        system_prompt=settings.expert.system_prompt,
        limit=limit,
    )
    more, lost = qa_segments.from_pairs(
        pairs if rag.segments else [],
        chunks=chunks,
        system_prompt_rag=settings.expert.system_prompt_rag,
        limit=limit,
        wrong_context=rag.wrong_context,
        max_chunks=rag.max_chunks,
        max_pairs=rag.max_pairs,
    )
    return rows + more, dropped + lost
