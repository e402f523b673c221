"""The prompt files of all steps that ask a model, loaded and checked before anything is asked."""

from collections.abc import Sequence
from pathlib import Path

from clone_pipeline.chats import scoring
from clone_pipeline.llm.prompt import Prompt, faults_with, load
from clone_pipeline.qa import dialogue, embedded, generation, repair
from clone_pipeline.qa.verification import CHECKS
from clone_pipeline.settings import Fault, FaultyInput

# By prompt: the fields that its step gives, and among them those without which it is useless.
FIELDS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    generation.PROMPT: (("text", "textdetails"), ("text",)),
    CHECKS["question"].prompt: (("text", "question", "answer"), ("text", "question")),
    CHECKS["accuracy"].prompt: (("text", "question", "answer"), ("text", "question", "answer")),
    CHECKS["relevancy"].prompt: (("text", "question", "answer"), ("text", "answer")),
    repair.PROMPT: (("question", "answer"), ("question", "answer")),
    dialogue.PROMPT: (("question_answer_list",), ("question_answer_list",)),
    scoring.PROMPT: (scoring.FIELDS, ("dialogue",)),
    embedded.QUESTION_PROMPT: (("sentence",), ("sentence",)),
    embedded.ANSWER_PROMPT: (("sentence", "question"), ("sentence", "question")),
}


def load_prompts(names: Sequence[str], folders: Sequence[Path]) -> dict[str, Prompt]:
    """The prompts `names`, each from the first of `folders` that holds its file.

    Args:
        names: keys of `FIELDS`.
        folders: the project's own before the shipped ones; for the embedded model their
            subfolders `embedded`.

    Raises:
        FaultyInput: files that are missing, are no prompts, or use a field that their step does
            not give, or lack one that it needs; all of them at once.
    """
    prompts: dict[str, Prompt] = {}
    faults: list[Fault] = []
    for name in names:
        try:
            prompts[name] = load(name, folders)
        except FaultyInput as faulty:
            faults.extend(faulty.faults)
            continue
        given, needed = FIELDS[name]
        faults.extend(faults_with(prompts[name], given=given, needed=needed))
    if faults:
        raise FaultyInput(faults)
    return prompts
