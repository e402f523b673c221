"""Verustoolkit's config.yaml (https://github.com/e-p-armstrong/verustoolkit) as an expert.

Augmentoolkit's (https://github.com/e-p-armstrong/augmentoolkit), versions 1 and 2, is of the same
shape with keys of its own, which are read too. Neither has defaults: what is left out is this
project's default.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from clone_pipeline.interop import (
    old_tree,
    verustoolkit_api,
    verustoolkit_folders,
    verustoolkit_left,
)
from clone_pipeline.interop.account import Account, Imported
from clone_pipeline.interop.copying import Copy
from clone_pipeline.settings import Fault

FILE = "config.yaml"

_SYSTEM: Mapping[str, tuple[str, str]] = {
    "CHUNK_SIZE": ("chunking", "max_chars"),
    "USE_SUBSET": ("chunking", "use_subset"),
    "SUBSET_SIZE": ("chunking", "subset_size"),
    "COMPLETION_MODE": ("llm", "completion_mode"),
    "CONCURRENCY_LIMIT": ("llm", "concurrency"),
    "STOP": ("llm", "send_stop"),
    "FINAL_ASSISTANT_PROMPT_NO_RAG": ("expert", "system_prompt"),
    "FINAL_ASSISTANT_PROMPT_RAG": ("expert", "system_prompt_rag"),
}
_SWITCHES = frozenset({"USE_SUBSET", "COMPLETION_MODE", "STOP"})
# Augmentoolkit draws one of several system prompts for each row.
_SEVERAL: Mapping[str, tuple[str, str]] = {
    "FINAL_ASSISTANT_PROMPTS_NO_RAG": ("expert", "system_prompt"),
    "FINAL_ASSISTANT_PROMPTS_RAG": ("expert", "system_prompt_rag"),
}
_SENTENCES = (
    "Chunks are cut at blank lines, sentences and words, and joined they are the document again; "
    "Verustoolkit glues paragraphs together and cuts long ones inside words.",
    "A conversation that lacks one of its pairs is written once more, and then is the plain pairs; "
    "Verustoolkit drops such a conversation with all its pairs.",
    "Of questions that nearly repeat each other the first is kept (qa.near_duplicates; 1 keeps all "
    "but equal ones); Verustoolkit keeps all.",
    "Files of any kind are read (docs/formats.md); Verustoolkit takes every file for text.",
)


@dataclass(frozen=True, slots=True)
class Taken:
    """A configuration as this project's, and the files that go with it."""

    imported: Imported
    copies: list[Copy]


def read_verustoolkit(text: str, *, root: Path, folder: Path, env: Mapping[str, str]) -> Taken:
    """Verustoolkit's configuration: who is asked, how, with which prompts, about what.

    Args:
        text: of its YAML file.
        root: the folder that its paths are relative to.
        folder: of the project.
        env: the environment; its keys tell names of variables from secrets.

    Raises:
        FaultyInput: no YAML, no endpoint or model, a value that can't be meant, or a file that
            would be written over another; all of them at once.
    """
    account = Account(old_tree.read(text, name=FILE), system="Verustoolkit", env=env)
    for section in ("SYSTEM", "SKIP", "HUGGINGFACE", "PHASE", "SCRAPING"):
        account.section(section)
    verustoolkit_api.read(account)
    _system(account)
    _votes(account)
    _skip(account)
    verustoolkit_left.read(account)
    copies = verustoolkit_folders.read(account, text, root=root, folder=folder)
    for sentence in _SENTENCES:
        account.changes(sentence)
    return Taken(account.imported(), copies)


def _system(account: Account) -> None:
    for key, new in _SYSTEM.items():
        value = account.get("SYSTEM", key)
        if key in _SWITCHES:
            value = _switch(account, ("SYSTEM", key))
        account.put(("SYSTEM", key), new, value)
    for key, new in _SEVERAL.items():
        several = account.get("SYSTEM", key)
        first = several[0] if isinstance(several, list) and several else several
        account.put(("SYSTEM", key), new, first or None)
        if isinstance(several, list) and len(several) > 1:
            account.changes(
                f"SYSTEM.{key}: the first of {len(several)} is taken, for all rows; Augmentoolkit "
                "draws one for each row."
            )
    rate = account.get("SYSTEM", "RAG_FAILURE_PERCENTAGE")
    account.put(("SYSTEM", "RAG_FAILURE_PERCENTAGE"), ("datasets", "rag", "wrong_context"), rate)


def _votes(account: Account) -> None:
    old, new = ("SYSTEM", "DOUBLE_CHECK_COUNTER"), ("qa", "votes")
    votes = account.get(*old)
    if votes == 0 and votes is not False:
        account.leave(old, "not possible: 0 keeps every pair unchecked; each has one vote here")
        account.default(new, 1, why=".".join(old))
        return
    account.put(old, new, votes)
    if isinstance(votes, int) and votes > 0 and votes % 2 == 0:
        account.changes(
            f"Of {votes} votes more than half must be for a pair here, so a tie tosses it; "
            f"Verustoolkit's own code stops at the first {votes // 2} that agree and may keep such "
            f"a pair. {votes + 1} votes have no ties."
        )


def _skip(account: Account) -> None:
    """Which steps are made; each key is a yes to leaving one out."""
    checks = [
        name
        for name, key, made in (
            ("question", "QUESTION_CHECK", True),
            ("relevancy", "ANSWER_RELEVANCY_CHECK", False),
        )
        if not _skipped(account, key, otherwise=not made)
    ]
    said = [key for key in ("QUESTION_CHECK", "ANSWER_RELEVANCY_CHECK") if _says(account, key)]
    for key in said:
        account.put(("SKIP", key), ("qa", "checks"), [*checks, "accuracy"])
    for key, new in (("FILTER_CHUNKS", "filter_chunks"), ("REPAIR_QA_TUPLES", "repair")):
        if _says(account, key):
            account.put(("SKIP", key), ("qa", new), not _skipped(account, key, otherwise=False))


def _says(account: Account, key: str) -> bool:
    if account.get("SKIP", key) is None:
        account.took(("SKIP", key))
        return False
    return True


def _skipped(account: Account, key: str, *, otherwise: bool) -> bool:
    found = _switch(account, ("SKIP", key))
    return otherwise if found is None else bool(found)


def _switch(account: Account, old: tuple[str, str]) -> Any:
    """A yes or no; something else is a fault."""
    value = account.get(*old)
    if value is None or isinstance(value, bool):
        return value
    fault = Fault(".".join(old), "neither yes nor no", "Write true or false.")
    if fault not in account.faults:
        account.faults.append(fault)
    return None
