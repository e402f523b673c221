"""Conversations of whatever format as ShareGPT has them, or the reason why they can't be."""

import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from clone_pipeline.formats.defusing import defuse
from clone_pipeline.formats.sharegpt import validate
from clone_pipeline.settings import Fault, FaultyInput

# {"conversations": [{"from": "system"|"human"|"gpt", "value": str}, ..]}
Content = dict[str, Any]

SHAREGPT_ROLES = {"system": "system", "user": "human", "assistant": "gpt"}
# How else the three are called in datasets that people share.
_ROLES = SHAREGPT_ROLES | {
    "developer": "system",
    "human": "human",
    "prompter": "human",
    "gpt": "gpt",
    "bot": "gpt",
    "chatgpt": "gpt",
    "model": "gpt",
}
_TOOLS = {"tool", "function", "observation", "function_call", "tool_response"}
_MOST_FAULTS = 20


class Unfit(Exception):
    """A record that can't be a conversation here; its text is the reason, one word."""


def content_of(said: Iterable[tuple[str, str]]) -> Content:
    """What was said as a conversation; template tokens in it are defused.

    A first turn of the model's, which answers nothing, is left out, and what is asked last and
    never answered.

    Halves of surrogate pairs, as JSON may hold them, become question marks.

    Args:
        said: role and text; an empty system turn counts as none.

    Raises:
        Unfit: "unknown_role", "tools", "empty", "not_in_turn", "unanswered" (nothing is left).
    """
    turns = [(_role(role), defuse(whole(text).strip())) for role, text in said]
    if turns[:1] == [("system", "")]:
        turns = turns[1:]
    head = turns[:1] if turns and turns[0][0] == "system" else []
    spoken = turns[len(head) :]
    if spoken and spoken[0][0] == "gpt":
        spoken = spoken[1:]
    while spoken and spoken[-1][0] == "human":
        spoken = spoken[:-1]
    if not spoken:
        raise Unfit("unanswered")
    if not all(text for _, text in spoken):
        raise Unfit("empty")
    content = {"conversations": [{"from": r, "value": text} for r, text in [*head, *spoken]]}
    if validate(content):
        raise Unfit("not_in_turn")
    return content


def whole(text: str) -> str:
    """The text without halves of surrogate pairs, which no file can hold: `?` in their place."""
    return text.encode("utf-8", "replace").decode("utf-8")


def of_sharegpt(record: Any) -> Content:
    """A ShareGPT record as it is shared: other names of roles, further keys.

    Raises:
        Unfit: "unknown_shape", "not_text", and what `content_of` refuses.
    """
    turns = record.get("conversations") if isinstance(record, dict) else None
    if not isinstance(turns, list) or not all(isinstance(turn, dict) for turn in turns):
        raise Unfit("unknown_shape")
    said = [
        (turn.get("from", turn.get("role")), turn.get("value", turn.get("content")))
        for turn in turns
    ]
    if not all(isinstance(text, str) for _, text in said):
        raise Unfit("not_text")
    system = record.get("system")
    if isinstance(system, str) and system.strip() and said and said[0][0] != "system":
        said.insert(0, ("system", system))
    return content_of((str(role), str(text)) for role, text in said)


def json_lines(path: Path) -> Iterator[tuple[int, Any]]:
    """The lines of a JSONL file with their numbers from 1; None for one that is no JSON."""
    with path.open(encoding="utf-8-sig", errors="replace", newline="\n") as file:
        for number, line in enumerate(file, 1):
            if line.strip():
                yield number, _loaded(line)


def read_each(path: Path, read: Callable[[Any], Content]) -> list[Content]:
    """Every line's conversation.

    Raises:
        FaultyInput: lines that `read` refuses, the first 20 of them.
    """
    contents, faults = [], []
    for number, record in json_lines(path):
        try:
            contents.append(read(record))
        except Unfit as reason:
            faults.append(Fault(f"{path}:{number}", str(reason), "Mend the line."))
    if faults:
        raise FaultyInput(faults[:_MOST_FAULTS])
    return contents


def _role(role: str) -> str:
    known = _ROLES.get(role.casefold())
    if known is None:
        raise Unfit("tools" if role.casefold() in _TOOLS else "unknown_role")
    return known


def _loaded(line: str) -> Any:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None
