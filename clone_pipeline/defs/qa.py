"""Group qa: chunks -> candidates -> verified pairs -> conversations."""

import dagster as dg
import pyarrow as pa

from clone_pipeline import records
from clone_pipeline.defs.asking import ask, load_prompts, spent
from clone_pipeline.defs.io_manager import Counted, write_table
from clone_pipeline.defs.reporting import counted
from clone_pipeline.defs.resources import ProjectFolder
from clone_pipeline.funnel import StageCount
from clone_pipeline.qa import dialogue, embedded, generation, repair, verification
from clone_pipeline.records import Chunk, Document, Pair

JUDGED_BY_RULES = (
    "Rules decided, not votes: the embedded model judges no better than chance, so an answer is "
    "kept if it is grounded in its chunk. docs/qa.md has the figures."
)


@dg.asset(group_name="qa", kinds={"openai", "parquet"}, code_version="1")
def qa_candidates(
    project: ProjectFolder, chunks: pa.Table, documents: pa.Table
) -> dg.Output[Counted]:
    """Question and answer pairs as the model writes them from each chunk."""
    settings = project.load()
    by_rules = settings.llm.base_url is None
    names = (embedded.QUESTION_PROMPT, embedded.ANSWER_PROMPT) if by_rules else (generation.PROMPT,)
    prompts = load_prompts(settings, project, names, embedded=by_rules)
    listed = list(records.from_table(chunks, Chunk))
    titles = {d.document_id: d.title for d in records.from_table(documents, Document)}
    (pairs, dropped, made), usage = ask(
        project,
        "qa_candidates",
        "chunks",
        what="chunks",
        asks=bool(listed),
        work=lambda model, progress: generation.candidates(
            listed,
            model=model,
            model_name=settings.llm.model,
            prompts=prompts,
            style=settings.qa.style,
            details=titles,
            by_rules=by_rules,
            max_pairs_per_chunk=settings.qa.max_pairs_per_chunk,
            progress=progress,
        ),
    )
    kept = len(listed) - sum(dropped.values())
    count = StageCount("qa_candidates", "chunks", len(listed), kept, dropped, made, usage)
    return counted(records.to_table(pairs, records.QA_CANDIDATES), count, more=spent(usage))


@dg.asset(group_name="qa", kinds={"openai", "parquet"}, code_version="1")
def verified_qa(
    project: ProjectFolder, qa_candidates: pa.Table, chunks: pa.Table
) -> dg.Output[Counted]:
    """Pairs that a majority of votes let pass, repaired to make sense alone; votes beside it."""
    settings = project.load()
    by_rules = settings.llm.base_url is None
    checks = settings.qa.checks
    names = [] if by_rules else [verification.CHECKS[check].prompt for check in checks]
    if settings.qa.repair and not by_rules:
        names.append(repair.PROMPT)
    prompts = load_prompts(settings, project, names, embedded=by_rules)
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
            votes=settings.qa.votes,
            checks=checks,
            repair=settings.qa.repair,
            by_rules=by_rules,
            progress=progress,
        ),
    )
    write_table(records.to_table(votes, records.VOTES), project.data / "votes.parquet")
    made = {"votes": len(votes), "repaired": sum(pair.repaired for pair in kept)}
    count = StageCount("verified_qa", "pairs", len(pairs), len(kept), dropped, made, usage)
    judge = {"judge": JUDGED_BY_RULES} if by_rules else {}
    table = records.to_table(kept, records.VERIFIED_QA)
    return counted(table, count, more={**spent(usage), **judge})


@dg.asset(group_name="qa", kinds={"openai", "parquet"}, code_version="1")
def qa_conversations(
    project: ProjectFolder, verified_qa: pa.Table, chunks: pa.Table
) -> dg.Output[Counted]:
    """The verified pairs of each chunk as one conversation of a user with an assistant."""
    settings = project.load()
    by_rules = settings.llm.base_url is None
    names = [] if by_rules else [dialogue.PROMPT]
    prompts = load_prompts(settings, project, names, embedded=by_rules)
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
            by_rules=by_rules,
            progress=progress,
        ),
    )
    kept = len(pairs) - sum(dropped.values())
    count = StageCount("qa_conversations", "pairs", len(pairs), kept, dropped, made, usage)
    table = records.to_table(conversations, records.QA_CONVERSATIONS)
    return counted(table, count, more=spent(usage))
