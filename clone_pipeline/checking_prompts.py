"""The prompts that each stage of QA asks with, as the settings name them."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from clone_pipeline.llm import prompt as prompt_files
from clone_pipeline.llm.prompt import Prompt
from clone_pipeline.project import Project
from clone_pipeline.qa import (
    corrections,
    dialogue,
    generation,
    multi_source,
    prompting,
    rating,
    rewriting,
    suitability,
    writing,
)
from clone_pipeline.qa import repair as context
from clone_pipeline.qa.verification import CHECKS

Styles = Mapping[str, Mapping[str, Prompt]]


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


def further_prompts(settings: Project, folder: Path) -> Styles:
    """The prompts of corrections and rewritings; raises as `writing_prompts` does."""
    names = [rewriting.prompt_of(kind) for kind in settings.qa.rewrites]
    names += [corrections.PROMPT] if settings.qa.corrections else []
    return _load(names, ["default"], settings, folder)


def _all_styles(settings: Project) -> list[str]:
    more = [multi_source.STYLE] if settings.qa.multi_source.share else []
    return [*settings.qa.styles, *more]


def _load(names: Sequence[str], styles: Sequence[str], settings: Project, folder: Path) -> Styles:
    return prompting.load_styles(
        names, styles, prompt_folders(settings, folder), completion=settings.llm.completion_mode
    )


def merged(*loaded: Styles) -> Styles:
    """The prompts of all stages together, by style."""
    styles = {style for each in loaded for style in each}
    return {
        style: {name: p for each in loaded for name, p in each.get(style, {}).items()}
        for style in styles
    }
