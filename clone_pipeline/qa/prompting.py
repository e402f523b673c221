"""The prompt files of all steps that ask a model, loaded and checked before anything is asked."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from clone_pipeline.chats import scoring
from clone_pipeline.llm.prompt import Prompt, faults_with, load
from clone_pipeline.settings import Fault, FaultyInput

_CHUNK = ("text", "textdetails")
_PAIR = ("text", "question", "answer")

# By prompt: the fields that its step gives, and among them those without which it is useless.
FIELDS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "judge_paragraph": (("text",), ("text",)),
    "qatuples_gen_no_filenames": (_CHUNK, ("text",)),
    "more_questions": ((*_CHUNK, "asked", "left"), ("text", "asked")),
    "multi_source_questions": (_CHUNK, ("text",)),
    "check_question": (_PAIR, ("text", "question")),
    "check_answer": (_PAIR, _PAIR),
    "check_answer_relevancy_with_text": (_PAIR, ("text", "answer")),
    "check_qatuple_context_no_filenames": (("question", "answer"), ("question", "answer")),
    "rate_pair": (_PAIR, ("question", "answer")),
    "multi_turn_assistant_conversation": (("question_answer_list",), ("question_answer_list",)),
    "wrong_answer": (_PAIR, ("question", "answer")),
    "rewrite_summary": (_CHUNK, ("text",)),
    "rewrite_article": (_CHUNK, ("text",)),
    "rewrite_facts": (_CHUNK, ("text",)),
    "rewrite_inferences": (_CHUNK, ("text",)),
    "rewrite_dialogue": (_CHUNK, ("text",)),
    scoring.PROMPT: (scoring.FIELDS, ("dialogue",)),
    "question": (("sentence",), ("sentence",)),
    "answer": (("sentence", "question"), ("sentence", "question")),
}
# Styles that need no folder of their own.
BUILT_IN = ("default", "multi_source")


def load_prompts(
    names: Sequence[str], folders: Sequence[Path], *, completion: bool = False
) -> dict[str, Prompt]:
    """The prompts `names`, each from the first of `folders` that holds its file.

    Args:
        names: keys of `FIELDS`.
        folders: the project's own before the shipped ones; for the embedded model their
            subfolders `embedded`.
        completion: as in `llm.prompt.load`.

    Raises:
        FaultyInput: files that are missing, are no prompts, or use a field that their step does
            not give, or lack one that it needs; all of them at once.
    """
    prompts: dict[str, Prompt] = {}
    faults: list[Fault] = []
    for name in names:
        try:
            prompts[name] = load(name, folders, completion=completion)
        except FaultyInput as faulty:
            faults.extend(faulty.faults)
            continue
        given, needed = FIELDS[name]
        faults.extend(faults_with(prompts[name], given=given, needed=needed))
    if faults:
        raise FaultyInput(faults)
    return prompts


def load_styles(
    names: Sequence[str],
    styles: Sequence[str],
    folders: Sequence[Path],
    *,
    completion: bool = False,
) -> dict[str, dict[str, Prompt]]:
    """The prompts `names` of each style.

    A file is looked for in the style's folder in each of `folders`, then in `folders` themselves,
    so that a style holds only what differs.

    Args:
        names: keys of `FIELDS`.
        styles: "default" and "multi_source" need no folder of their own.
        folders: the project's own before the shipped ones.
        completion: as in `llm.prompt.load`.

    Raises:
        FaultyInput: a style that has a folder nowhere, and all that `load_prompts` says.
    """
    loaded: dict[str, dict[str, Prompt]] = {}
    faults: list[Fault] = []
    for style in styles:
        if style not in BUILT_IN and not any((folder / style).is_dir() for folder in folders):
            faults.append(_unknown(style, folders))
            continue
        where = [*(folder / style for folder in folders), *folders]
        try:
            loaded[style] = load_prompts(names, where, completion=completion)
        except FaultyInput as faulty:
            faults.extend(fault for fault in faulty.faults if fault not in faults)
    if faults:
        raise FaultyInput(faults)
    return loaded


def known_styles(folders: Sequence[Path]) -> list[str]:
    """The styles there are: "default", and each folder that holds a prompt for candidates."""
    found = {
        path.parent.name
        for folder in folders
        for path in folder.glob("*/*.*")
        if path.suffix in (".yaml", ".txt") and path.stem in FIELDS
    }
    return ["default", *sorted(found - {"default", "embedded"})]


def of_style(prompts: Mapping[str, Mapping[str, Prompt]], style: str) -> Mapping[str, Prompt]:
    """The prompts of `style`, of which pairs may have come from a run with other settings.

    Raises:
        FaultyInput: they were not loaded.
    """
    if style not in prompts:
        fix = "Name it in `qa.styles`, or write the candidates anew without it."
        raise FaultyInput([Fault("qa.styles", f"no prompts of `{style}` are loaded", fix)])
    return prompts[style]


def _unknown(style: str, folders: Sequence[Path]) -> Fault:
    known = known_styles(folders)
    looked = " or ".join(f"{folder}/{style}" for folder in folders)
    fix = f"Take one of {', '.join(known)}, or make the folder."
    return Fault("qa.styles", f"{style}, but there is no folder {looked}", fix)
