"""Would QA generation go through? Its prompts tried on one chunk, and what the run will cost."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from clone_pipeline.checking_prompts import (
    further_prompts,
    judging_prompts,
    merged,
    telling_prompts,
    writing_prompts,
)
from clone_pipeline.documents import chunking, reading
from clone_pipeline.llm.asking import LlmFailure, Model
from clone_pipeline.llm.journal import Journal
from clone_pipeline.llm.opening import open_model
from clone_pipeline.project import Project
from clone_pipeline.qa import (
    corrections,
    forecast,
    multi_source,
    rewriting,
    trial,
    trial_more,
)
from clone_pipeline.records import Chunk
from clone_pipeline.settings import Fault, FaultyInput

SHOWN_STEPS = 12


@dataclass
class Tried:
    """What is known before the run: what it will ask and cost, and what will not work."""

    facts: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    sent: int = 0


def _further(
    settings: Project, chunks: Sequence[Chunk], pairs_per_chunk: float
) -> dict[str, float]:
    """How many requests are made of prompts that are switched on one by one."""
    qa, documents = settings.qa, len({chunk.document_id for chunk in chunks})
    pairs = len(chunks) * len(qa.styles) * pairs_per_chunk
    counts: dict[str, float] = {
        rewriting.prompt_of(kind): documents if kind == rewriting.SUMMARY else len(chunks)
        for kind in qa.rewrites
    }
    if qa.corrections:
        counts[corrections.PROMPT] = pairs * forecast.PASSED * qa.corrections
    if qa.multi_source.share:
        counts[multi_source.PROMPT] = len(chunks) * qa.multi_source.share
    return counts


def check_qa(settings: Project, folder: Path) -> Tried:
    """Read the documents, ask the model a handful of questions, tell what a run will ask.

    What is asked lies in the project's journal afterwards, so that the run does not ask it again.
    """
    read, _, _ = reading.read_documents(folder / "raw_input" / "docs")
    chunks, _, _ = chunking.chunks(read, **settings.chunking.model_dump())
    titles = {document.document_id: document.title for document in read}
    if not chunks:
        return Tried()
    try:
        return asyncio.run(try_directly(settings, folder, chunks=chunks, titles=titles))
    except LlmFailure as failure:
        return Tried(faults=[Fault("llm", str(failure), "Then check again.")])
    except FaultyInput as faulty:
        return Tried(faults=list(faulty.faults))


async def try_directly(
    settings: Project, folder: Path, *, chunks: Sequence[Chunk], titles: Mapping[str, str]
) -> Tried:
    """As `try_out`, on a connection of its own: a batch would take a day, so none is made."""
    batch = settings.llm.mode == "batch"
    llm = settings.llm.model_copy(update={"mode": "api"}) if batch else settings.llm
    with Journal(folder / "data" / "journal.sqlite") as journal:
        async with open_model(llm, journal=journal) as model:
            return await try_out(settings, folder, chunks=chunks, titles=titles, model=model)


async def try_out(
    settings: Project,
    folder: Path,
    *,
    chunks: Sequence[Chunk],
    titles: Mapping[str, str],
    model: Model,
) -> Tried:
    """Try every prompt of the QA part, and foretell what the whole of it will ask.

    Raises:
        LlmFailure: the endpoint gave no usable answer.
        FaultyInput: prompt files that are missing or wrong.
    """
    llm, qa = settings.llm, settings.qa
    loaded = (
        writing_prompts(settings, folder),
        judging_prompts(settings, folder),
        telling_prompts(settings, folder),
    )
    found = await trial.try_prompts(
        chunks,
        model=model,
        model_name=llm.model,
        large_model_name=llm.large_model or llm.model,
        prompts=merged(*loaded),
        styles=qa.styles,
        checks=qa.checks,
        votes=qa.votes,
        repair=qa.repair,
        min_rating=qa.min_rating,
        details=titles,
        structured=llm.structured_output,
        completion=llm.completion_mode,
        filter_chunks=qa.filter_chunks,
        top_up_rounds=qa.top_up.rounds,
        pairs_per_chunk=qa.top_up.pairs_per_chunk,
    )
    more = _further(settings, chunks, found.pairs_per_chunk)
    if more and found.pair and not found.faults:
        faults, sizes = await trial_more.try_more(
            found.pair,
            chunks,
            model=model,
            model_name=llm.model,
            prompts=merged(*loaded, further_prompts(settings, folder)),
            corrects=qa.corrections > 0,
            kinds=qa.rewrites,
            several=qa.multi_source.share > 0,
            structured=llm.structured_output,
            completion=llm.completion_mode,
        )
        found.faults += faults
        found.sizes = {**sizes, **found.sizes}
        found.used = model.usage()
    expected = forecast.forecast(
        found.sizes,
        chunks=len(chunks),
        styles=len(qa.styles),
        pairs_per_chunk=found.pairs_per_chunk,
        votes=qa.votes,
        checks=qa.checks,
        repairs=qa.repair,
        rounds=qa.top_up.rounds,
        price=(llm.prompt_price, llm.completion_price),
        large_price=llm.prices.get(llm.large_model or "", (llm.prompt_price, llm.completion_price)),
        more=more,
    )
    tried = Tried(faults=found.faults, sent=found.used.requests)
    if not found.faults:
        tried.facts = _told(expected, chunks=len(chunks))
        tried.warnings = _over(expected, llm.budget)
    return tried


def _told(expected: Sequence[forecast.Expected], *, chunks: int) -> list[str]:
    lines = [f"forecast for {chunks:,} chunks, from one tried: {forecast.sentence(expected)}"]
    lines += [f"forecast: {forecast.step_sentence(each)}" for each in expected[:SHOWN_STEPS]]
    return lines


def _over(expected: Sequence[forecast.Expected], budget: float | None) -> list[str]:
    cost = sum(each.cost for each in expected)
    if budget is None or cost <= budget:
        return []
    return [
        f"the forecast ({cost:,.2f}) passes llm.budget ({budget:,.2f}): the run will stop there; "
        "raise it, or set chunking.use_subset"
    ]
