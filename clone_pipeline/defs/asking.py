"""A stage that asks the project's model: connection, journal, progress, what it spent."""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, TypeVar

import dagster as dg

from clone_pipeline.checking_prompts import prompt_folders
from clone_pipeline.defs.interrupts import run_cancellable
from clone_pipeline.defs.progress import Progress
from clone_pipeline.defs.resources import ProjectFolder
from clone_pipeline.funnel import Usage
from clone_pipeline.llm.asking import LlmFailure, Model, Reply, Request
from clone_pipeline.llm.journal import Journal
from clone_pipeline.llm.opening import open_model, who_receives
from clone_pipeline.llm.prompt import Prompt
from clone_pipeline.project import Project
from clone_pipeline.qa import prompting

log = logging.getLogger("clone_pipeline.qa")

Made = TypeVar("Made")
Work = Callable[[Model, Callable[[int, int], None]], Coroutine[Any, Any, Made]]


class Nobody:
    """The model of a stage that has nothing to ask."""

    async def ask(self, request: Request) -> Reply:
        """Never called; a stage that calls it is wrong."""
        raise AssertionError(f"a stage without work asked {request.model}")

    async def ask_votes(self, request: Request, votes: Sequence[int]) -> list[Reply]:
        """Never called either."""
        return [await self.ask(request) for _ in votes]

    def usage(self) -> Usage:
        """Nothing."""
        return Usage()


def ask(
    project: ProjectFolder, stage: str, unit: str, *, work: Work[Made], what: str, asks: bool
) -> tuple[Made, Usage]:
    """Run `work` with the project's model.

    Args:
        project: whose settings name the model.
        stage: the asset's name.
        unit: of the progress, plural.
        work: given the model and a callback (done, total).
        what: the tables whose text the model receives.
        asks: whether there is anything to ask; if not, nothing is connected or started.

    Returns:
        What `work` returned, and what it spent.

    Raises:
        dg.Failure: the endpoint gave no usable answer; all answers so far are in the journal.
        FaultyInput: a missing key, or the embedded model is not installed.
    """
    if not asks:
        return asyncio.run(work(Nobody(), lambda done, total: None)), Usage()
    try:
        return run_cancellable(_connected(project, stage, unit, work, what))
    except LlmFailure as failure:
        kept = "Answers that came are kept: the next run asks only for the rest."
        raise dg.Failure(f"{failure}\n{kept}", allow_retries=False) from failure


async def _connected(
    project: ProjectFolder, stage: str, unit: str, work: Work[Made], what: str
) -> tuple[Made, Usage]:
    settings = project.load()
    log.info(f"{stage}: {who_receives(settings.llm, what=what)}")
    with journal_of(project) as journal:
        async with open_model(settings.llm, journal=journal) as model:
            with Progress(stage, unit, awaiting=model.waiting) as progress:
                return await work(model, progress), model.usage()


def load_prompts(
    settings: Project, project: ProjectFolder, names: Sequence[str], *, embedded: bool
) -> dict[str, Prompt]:
    """The prompt files of a stage, the project's own before the shipped ones."""
    folders = prompt_folders(settings, project.root)
    if embedded:
        folders = [folder / "embedded" for folder in folders]
        return prompting.load_prompts(names, folders)
    return prompting.load_prompts(names, folders, completion=settings.llm.completion_mode)


def journal_of(project: ProjectFolder) -> Journal:
    """The project's journal; to be closed by the caller."""
    return Journal(project.data / "journal.sqlite")


def spent(usage: Usage) -> dict[str, Any]:
    """What a stage asked, as metadata."""
    return {
        "requests": usage.requests,
        "from_journal": usage.from_journal,
        "prompt_tokens": usage.prompt_tokens,
        "completion_tokens": usage.completion_tokens,
        "cost": float(usage.cost),
    }
