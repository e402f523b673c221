"""Dialogues in both forms: cut into exchanges, and built into tokens from those that are kept."""

import re
from collections.abc import Sequence
from typing import Any

from clone_pipeline.local_model.labelled import (
    Build,
    Encoded,
    Exchange,
    Speaker,
    between_marks,
    by_ranges,
    by_sections,
)
from clone_pipeline.local_model.templates import (
    ROLES,
    fitting,
    harmless,
    scaffold,
    special_tokens,
)

_NAME = re.compile(r"([^\n:]{1,64}): ")
_ANY_NAME = r"[^\n:]{1,64}"


def sharegpt(
    tokenizer: Any, turns: Sequence[dict[str, str]], speaker: Speaker, end_marks: bool
) -> tuple[list[Exchange], Build]:
    """The exchanges of ShareGPT `turns`, and how kept ones go through the chat template."""
    said = [(ROLES[turn["from"]], turn["value"]) for turn in turns]
    system = [turn for turn in said if turn[0] == "system"]
    whose = "assistant" if speaker == "persona" else "user"

    def build(exchanges: list[Exchange]) -> Encoded:
        kept = [turn for exchange in exchanges for turn in exchange]
        return _chat(tokenizer, fitting(tokenizer, system + kept), whose, end_marks)

    return _exchanges(said[len(system) :], last="assistant"), build


def segments(
    tokenizer: Any, parts: Sequence[dict[str, Any]], speaker: Speaker, end_marks: bool
) -> tuple[list[Exchange], Build]:
    """The exchanges of a segments row, and how kept ones stand between bos and eos."""
    who = {True: "persona", False: "other"}
    said = [(who[bool(part["label"])], harmless(tokenizer, part["text"])) for part in parts]
    head = _system_prompt(said)
    if head:
        said[0] = ("other", said[0][1][len(head) :])

    def build(exchanges: list[Exchange]) -> Encoded:
        kept = [part for exchange in exchanges for part in exchange]
        sections = [(text, whose == speaker) for whose, text in kept]
        if speaker == kept[0][0]:
            sections.insert(0, (head, False))
        else:
            sections[0] = (head + sections[0][0], False)
        ended = end_marks and kept[-1][0] == speaker
        return between_marks(tokenizer, by_sections(tokenizer, sections), label_end=ended)

    return _exchanges(said, last="persona"), build


def _chat(tokenizer: Any, turns: Sequence[tuple[str, str]], whose: str, end_marks: bool) -> Encoded:
    roles = tuple(role for role, _ in turns)
    around = scaffold(tokenizer, roles)
    text = around[0]
    ranges = []
    for number, (role, said) in enumerate(turns):
        start = len(text) - _beyond_head(tokenizer, roles[:number], role, around[number])
        text += said
        if role == whose:
            mark = special_tokens(tokenizer).search(around[number + 1]) if end_marks else None
            ranges.append((start, len(text) + (mark.end() if mark else 0)))
        text += around[number + 1]
    return by_ranges(tokenizer, text, ranges)


def _beyond_head(tokenizer: Any, before: tuple[str, ...], role: str, written: str) -> int:
    """How many characters before a reply the model has to write, as the prompt ends earlier."""
    if role != "assistant" or not before:
        return 0
    head = scaffold(tokenizer, before, reply=True)[-1]
    return len(written) - len(head) if written.startswith(head) else 0


def _system_prompt(said: Sequence[tuple[str, str]]) -> str:
    """What stands before the first speaker's name, with its newline; "" if nothing does."""
    if not said or said[0][0] != "other":
        return ""
    names = [found[1] for who, text in said[1:] if who == "other" and (found := _NAME.match(text))]
    name = re.escape(names[0]) if names else _ANY_NAME
    found = re.search(rf"\n(?={name}: )", said[0][1])
    return said[0][1][: found.end()] if found else ""


def _exchanges(turns: Sequence[tuple[str, str]], *, last: str) -> list[Exchange]:
    """Runs of turns that each end with a turn of `last`, but for what follows the last such."""
    runs: list[Exchange] = [[]]
    for turn in turns:
        runs[-1].append(turn)
        if turn[0] == last:
            runs.append([])
    return [run for run in runs if run]
