"""Verustoolkit's folder of results, read file by file: what is not of its schema is told.

Schemas: the program's own results (lists of strings and lists), its processing.py, and
process_multiturn_functions.py, whose way of reading a conversation `turns_of` repeats.
"""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import yaml

_UUID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_CHECK = rf"{_UUID}--subquestion--{_UUID}--check--{_UUID}\.txt"


def broken(folder: Path) -> list[str]:
    """Files that are missing, are named otherwise, or hold something else."""
    missing = [name for name in _FILES if not (folder / name).is_file()]
    return [f"{name} is missing" for name in missing] + [*_broken(folder)]


def turns_of(conversation: str) -> list[tuple[str, str]]:
    """Names and what they said: lines that are a name in asterisks part the turns."""
    turns: list[tuple[str, str]] = []
    for line in (line.strip() for line in conversation.strip().split("\n")):
        if line in ("**AI Assistant:**", "**User:**"):
            turns.append((line[2:-2].strip().removesuffix(":"), ""))
        elif turns:
            turns[-1] = (turns[-1][0], f"{turns[-1][1]}{line}\n")
    return [(name, said.strip()) for name, said in turns]


def is_pair(found: Any) -> bool:
    """[question, answer, text, source]."""
    return isinstance(found, list) and len(found) == 4 and all(isinstance(e, str) for e in found)


def is_pretraining(found: Any) -> bool:
    return found.keys() == {"text"} and isinstance(found["text"], str)


def is_worthy(found: Any) -> bool:
    return isinstance(found, list) and all(
        len(each) == 2 and isinstance(each[0], str) and isinstance(each[1], str) for each in found
    )


def is_info(found: Any) -> bool:
    return (
        isinstance(found, list)
        and len(found) == 5
        and bool(found[0])
        and all(map(is_pair, found[0]))
        and found[1:4] == ["will", "be", "replaced"]
        and bool(re.fullmatch(_UUID, found[4]))
    )


def is_conversation(found: Any) -> bool:
    names = [name for name, _ in turns_of(found[0])]
    return is_stored_conversation(found) and names == ["User", "AI Assistant"] * (len(names) // 2)


def is_stored_conversation(found: Any) -> bool:
    return (
        isinstance(found, list)
        and len(found) == 5
        and found[1:4] == ["AI Assistant", "", "N/A"]
        and bool(found[4])
        and all(map(is_pair, found[4]))
    )


def is_processed(found: Any) -> bool:
    return isinstance(found, list) and all(
        is_stored_conversation(each)
        and all(re.match("User: |AI Assistant: ", said) for said in each[0])
        for each in found
    )


def is_master(found: Any) -> bool:
    keys = ["conversation", "qa_tuples", "rag_context", "source_filename"]
    return (
        list(found) == keys
        and all(len(pair) == 2 for pair in found["qa_tuples"])
        and all(isinstance(found[key], str) for key in keys if key != "qa_tuples")
    )


def is_simplified(found: Any) -> bool:
    turns = found["conversations"]
    spoken = [turn["from"] for turn in turns if turn["from"] != "system"]
    return (
        list(found) == ["conversations"]
        and all(list(turn) == ["from", "value"] for turn in turns)
        and all(isinstance(turn["value"], str) for turn in turns)
        and [turn["from"] for turn in turns[1:]] == spoken == ["human", "gpt"] * (len(spoken) // 2)
    )


def is_exchange(found: Any) -> bool:
    """A YAML list of {role, content}, the answer last, with its `timeout`."""
    *asked, answer = found
    return (
        bool(asked)
        and all(said.keys() == {"role", "content"} for said in asked)
        and answer.keys() == {"role", "content", "timeout"}
        and answer["role"] == "assistant"
        and all(isinstance(said["content"], str) for said in found)
        and answer["timeout"] in (True, False)
    )


def exchange(path: Path) -> list[dict[str, Any]]:
    """What was said."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    said: list[dict[str, Any]] = yaml.load(path.read_text(encoding="utf-8"), Loader=loader)
    return said


_Holds = Callable[[Any], bool]
_FILES: dict[str, _Holds] = {
    "pretraining.json": is_pretraining,
    "filtered_worthy_for_questions.json": is_worthy,
    "master_list.jsonl": is_master,
    "simplified_data_no_rag.jsonl": is_simplified,
    "simplified_data_rag.jsonl": is_simplified,
    "processed_master_list.json": is_processed,
}
FOLDERS: dict[str, tuple[str, _Holds]] = {
    "qatuples_raw": (r"para_\d+_q_\d+\.json", is_pair),
    "qatuples_revised": (r"revised_\d+_\d+\.json", is_pair),
    "multi_turn_convs_info": (r"info_\d+\.json", is_info),
    "multi_turn_convs": (r"conv_\d+\.json", is_conversation),
    "question_generation_generations": (rf"{_UUID}\.txt", is_exchange),
    "check_question_generations": (_CHECK, is_exchange),
    "check_answer_accuracy_generations": (_CHECK, is_exchange),
    "check_answer_relevancy_generations": (_CHECK, is_exchange),
    "question_context_revision_generations": (rf"{_UUID}\.txt", is_exchange),
    "multiturn_conversation_generations": (rf"{_UUID}\.txt", is_exchange),
}


def _broken(folder: Path) -> Iterator[str]:
    for path in sorted(each for each in folder.rglob("*") if each.is_file()):
        name = path.relative_to(folder).as_posix()
        if name.startswith("."):
            continue
        pattern, holds = FOLDERS.get(path.parent.name, ("", None))
        holds = holds or _FILES.get(name)
        if holds is None or (pattern and not re.fullmatch(pattern, path.name)):
            yield f"{name}: no file of that system"
        elif not all(map(holds, values(path))):
            yield f"{name}: of another schema"


def values(path: Path) -> list[Any]:
    """What a file holds; nothing if it says `failed`."""
    text = path.read_text(encoding="utf-8")
    if text == "failed":
        return []
    if path.suffix == ".txt":
        return [exchange(path)]
    return [json.loads(part) for part in (text.splitlines() if path.suffix == ".jsonl" else [text])]
