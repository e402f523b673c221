"""Would QA generation go through? Its prompts tried on one chunk, and what the run will cost."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from clone_pipeline.documents import chunking, reading
from clone_pipeline.llm import prompt as prompt_files
from clone_pipeline.llm.asking import LlmFailure, Model
from clone_pipeline.llm.journal import Journal
from clone_pipeline.llm.opening import open_model
from clone_pipeline.llm.prompt import Prompt
from clone_pipeline.project import Project
from clone_pipeline.qa import (
    dialogue,
    forecast,
    generation,
    multi_source,
    prompting,
    rating,
    suitability,
    trial,
    writing,
)
from clone_pipeline.qa import repair as context
from clone_pipeline.qa.verification import CHECKS
from clone_pipeline.records import Chunk
from clone_pipeline.settings import Fault, FaultyInput

Styles = Mapping[str, Mapping[str, Prompt]]
SHOWN_STEPS = 12


@dataclass
class Tried:
    """What is known before the run: what it will ask and cost, and what will not work."""

    facts: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    sent: int = 0


def prompt_folders(settings: Project, folder: Path) -> list[Path]:
    """Where prompt files are looked for: the project's own folder, then the shipped one."""
    own = [folder / settings.qa.prompts] if settings.qa.prompts else []
    return [*own, prompt_files.default_folder()]


def writing_prompts(settings: Project, folder: Path) -> Styles:
    """The prompts that `qa_candidates` asks with, by style.

    Raises:
        FaultyInput: files or styles that are missing or wrong, all at once.
    """
    qa = settings.qa
    names = [generation.PROMPT]
    names += [suitability.PROMPT] if qa.filter_chunks else []
    names += [writing.MORE_PROMPT] if qa.top_up.rounds else []
    styles = list(qa.styles)
    if qa.multi_source.share:
        names.append(multi_source.PROMPT)
        styles.append(multi_source.STYLE)
    return _load(names, styles, settings, folder)


def judging_prompts(settings: Project, folder: Path) -> Styles:
    """The prompts that `verified_qa` asks with, by style; raises as `writing_prompts` does."""
    names = [CHECKS[check].prompt for check in settings.qa.checks]
    names += [context.PROMPT] if settings.qa.repair else []
    names += [rating.PROMPT] if settings.qa.min_rating is not None else []
    return _load(names, _all_styles(settings), settings, folder)


def telling_prompts(settings: Project, folder: Path) -> Styles:
    """The prompts that `qa_conversations` asks with, by style; raises as `writing_prompts` does."""
    return _load([dialogue.PROMPT], _all_styles(settings), settings, folder)


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
        prompts=_merged(*loaded),
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


def _all_styles(settings: Project) -> list[str]:
    more = [multi_source.STYLE] if settings.qa.multi_source.share else []
    return [*settings.qa.styles, *more]


def _load(names: Sequence[str], styles: Sequence[str], settings: Project, folder: Path) -> Styles:
    return prompting.load_styles(
        names, styles, prompt_folders(settings, folder), completion=settings.llm.completion_mode
    )


def _merged(*loaded: Styles) -> Styles:
    """The prompts of all stages together, by style."""
    styles = {style for each in loaded for style in each}
    return {
        style: {name: p for each in loaded for name, p in each.get(style, {}).items()}
        for style in styles
    }
