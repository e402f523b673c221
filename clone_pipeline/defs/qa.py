"""Group qa: chunks -> candidates -> verified pairs -> conversations."""

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import dagster as dg
import pyarrow as pa

from clone_pipeline import checking_prompts, checking_qa, records
from clone_pipeline.defs.asking import ask, load_prompts, spent
from clone_pipeline.defs.io_manager import Counted, write_table
from clone_pipeline.defs.qa_shown import agreed, covered
from clone_pipeline.defs.reporting import counted
from clone_pipeline.defs.resources import ProjectFolder
from clone_pipeline.funnel import StageCount
from clone_pipeline.llm.asking import Model
from clone_pipeline.project import Project
from clone_pipeline.qa import dialogue, embedded, generation, verification
from clone_pipeline.records import Chunk, Document, Pair
from clone_pipeline.settings import FaultyInput

log = logging.getLogger("clone_pipeline.qa")

JUDGED_BY_RULES = (
    "Rules decided, not votes: the embedded model judges no better than chance, so an answer is "
    "kept if it is grounded in its chunk. docs/qa.md has the figures."
)
EMBEDDED_PROMPTS = (embedded.QUESTION_PROMPT, embedded.ANSWER_PROMPT)

Told = Callable[[int, int], None]


@dg.asset(group_name="qa", kinds={"openai", "parquet"}, code_version="2")
def qa_candidates(
    project: ProjectFolder, chunks: pa.Table, documents: pa.Table
) -> dg.Output[Counted]:
    """Question and answer pairs as the model writes them from each chunk."""
    settings = project.load()
    qa, by_rules = settings.qa, settings.llm.address is None
    if by_rules:
        names = EMBEDDED_PROMPTS
        prompts: Any = {"default": load_prompts(settings, project, names, embedded=True)}
    else:
        prompts = checking_prompts.writing_prompts(settings, project.root)
    listed = list(records.from_table(chunks, Chunk))
    titles = {d.document_id: d.title for d in records.from_table(documents, Document)}

    async def work(model: Model, progress: Told) -> Any:
        if qa.smoke_test and not by_rules:
            await _try_out(settings, project, listed, titles, model)
        return await generation.candidates(
            listed,
            model=model,
            model_name=settings.llm.model,
            prompts=prompts,
            styles=qa.styles,
            details=titles,
            **_forms(settings),
            by_rules=by_rules,
            max_pairs_per_chunk=qa.max_pairs_per_chunk,
            filter_chunks=qa.filter_chunks,
            top_up_rounds=qa.top_up.rounds,
            pairs_per_chunk=qa.top_up.pairs_per_chunk,
            multi_source_share=qa.multi_source.share,
            related=qa.multi_source.related,
            near_duplicates=qa.near_duplicates,
            progress=progress,
        )

    (pairs, dropped, made), usage = ask(
        project, "qa_candidates", "chunks", work=work, what="chunks", asks=bool(listed)
    )
    kept = len(listed) - sum(dropped.values())
    count = StageCount("qa_candidates", "chunks", len(listed), kept, dropped, made, usage)
    more = {**spent(usage), **covered(listed, pairs)}
    return counted(records.to_table(pairs, records.QA_CANDIDATES), count, more=more)


@dg.asset(group_name="qa", kinds={"openai", "parquet"}, code_version="2")
def verified_qa(
    project: ProjectFolder, qa_candidates: pa.Table, chunks: pa.Table
) -> dg.Output[Counted]:
    """Pairs that a majority of votes let pass, repaired to make sense alone; votes beside it."""
    settings = project.load()
    qa, by_rules = settings.qa, settings.llm.address is None
    prompts = {} if by_rules else checking_prompts.judging_prompts(settings, project.root)
    pairs = list(records.from_table(qa_candidates, Pair))
    (kept, votes, dropped), usage = ask(
        project,
        "verified_qa",
        "pairs",
        what="chunks and qa_candidates",
        asks=bool(pairs) and not by_rules,
        work=lambda model, progress: verification.verify(
            pairs,
            chunks=list(records.from_table(chunks, Chunk)),
            model=model,
            model_name=settings.llm.model,
            prompts=prompts,
            votes=qa.votes,
            checks=qa.checks,
            repair=qa.repair,
            min_rating=qa.min_rating,
            **_forms(settings),
            by_rules=by_rules,
            progress=progress,
        ),
    )
    write_table(records.to_table(votes, records.VOTES), project.data / "votes.parquet")
    made = {"votes": len(votes), "repaired": sum(pair.repaired for pair in kept)}
    count = StageCount("verified_qa", "pairs", len(pairs), len(kept), dropped, made, usage)
    judge = {"judge": JUDGED_BY_RULES} if by_rules else agreed(votes, pairs)
    table = records.to_table(kept, records.VERIFIED_QA)
    return counted(table, count, more={**spent(usage), **judge})


@dg.asset(group_name="qa", kinds={"openai", "parquet"}, code_version="2")
def qa_conversations(
    project: ProjectFolder, verified_qa: pa.Table, chunks: pa.Table
) -> dg.Output[Counted]:
    """The verified pairs of each chunk as one conversation of a user with an assistant."""
    settings = project.load()
    by_rules = settings.llm.address is None
    prompts = {} if by_rules else checking_prompts.telling_prompts(settings, project.root)
    pairs = list(records.from_table(verified_qa, Pair))
    (conversations, dropped, made), usage = ask(
        project,
        "qa_conversations",
        "pairs",
        what="verified_qa",
        asks=bool(pairs) and not by_rules,
        work=lambda model, progress: dialogue.converse(
            pairs,
            chunks=list(records.from_table(chunks, Chunk)),
            model=model,
            model_name=settings.llm.large_model or settings.llm.model,
            prompts=prompts,
            **_forms(settings),
            by_rules=by_rules,
            progress=progress,
        ),
    )
    kept = len(pairs) - sum(dropped.values())
    count = StageCount("qa_conversations", "pairs", len(pairs), kept, dropped, made, usage)
    table = records.to_table(conversations, records.QA_CONVERSATIONS)
    return counted(table, count, more=spent(usage))


async def _try_out(
    settings: Project,
    project: ProjectFolder,
    chunks: Sequence[Chunk],
    titles: Mapping[str, str],
    model: Model,
) -> None:
    """Try every prompt on one chunk.

    Raises:
        FaultyInput: a prompt's replies don't parse; nothing else was asked.
    """
    root = project.root
    if settings.llm.mode == "batch":
        tried = await checking_qa.try_directly(settings, root, chunks=chunks, titles=titles)
    else:
        tried = await checking_qa.try_out(settings, root, chunks=chunks, titles=titles, model=model)
    if tried.faults:
        raise FaultyInput(tried.faults)
    for sentence in (*tried.facts, *tried.warnings) if tried.sent else ():
        log.info(f"qa_candidates: {sentence}")


def _forms(settings: Project) -> dict[str, bool]:
    llm = settings.llm
    return {"structured": llm.structured_output, "completion": llm.completion_mode}
