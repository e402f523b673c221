"""ShareGPT rows: `{"conversations": [{"from": "system"|"human"|"gpt", "value": str}]}`."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from clone_pipeline.formats.choosing import chosen
from clone_pipeline.formats.defusing import defuse
from clone_pipeline.formats.files import write_whole
from clone_pipeline.formats.passages import filled, passages
from clone_pipeline.formats.rows import make_row, prompt_of
from clone_pipeline.records import Chunk, Dialogue, QaConversation, Row
from clone_pipeline.settings import Fault, FaultyInput

_ROLES = {"other": "human", "persona": "gpt"}
_MOST_FAULTS = 20


def from_dialogues(
    dialogues: Iterable[Dialogue], *, system_prompts: Mapping[str, str]
) -> tuple[list[Row], Counter[str]]:
    """One row a dialogue: the persona speaks as gpt, everyone else as human.

    Args:
        dialogues: any; what can't be a row is dropped.
        system_prompts: by persona key; where neither it nor the dialogue's context says anything,
            there is no system turn.

    Returns:
        Rows, and dialogues dropped by reason: "malformed" (turns not in turn, or an empty one),
        "duplicate" (the same row again).
    """
    rows: dict[str, Row] = {}
    dropped: Counter[str] = Counter()
    for dialogue in dialogues:
        said = [(_ROLES[turn.role], turn.text) for turn in dialogue.turns]
        content = _content(prompt_of(dialogue, system_prompts), said)
        if validate(content):
            dropped["malformed"] += 1
            continue
        sources = dict.fromkeys(name for turn in dialogue.turns for name in turn.message_ids)
        row = make_row(
            "persona", dialogue.persona, "sharegpt", content,
            sources=list(sources) or [f"persona:{dialogue.persona}"], persona=dialogue.persona,
            split_group=dialogue.conversation_id, ended=dialogue.ended,
        )  # fmt: skip
        dropped["duplicate"] += row.row_id in rows
        rows.setdefault(row.row_id, row)
    return list(rows.values()), +dropped


def from_qa(
    conversations: Iterable[QaConversation],
    *,
    chunks: Iterable[Chunk],
    system_prompt: str,
    system_prompt_rag: str,
    wrong_context: float = 0,
) -> tuple[list[Row], Counter[str]]:
    """Two rows a conversation, "no_rag" and "rag"; only their system prompts differ.

    A conversation of several chunks has all of them as its passage, a blank line between, and
    names all of them as its sources. A wrong passage is none of a row's sources: the answers do
    not come from it.

    Args:
        conversations: any; what can't be a row is dropped.
        chunks: those that the conversations came from, and whatever else there is.
        system_prompt: of the no_rag rows; empty gives them no system turn.
        system_prompt_rag: of the rag rows; the chunk's text takes the place of its `{data}`.
        wrong_context: share of the conversations, chosen by their ids, whose rag row has a chunk
            of another document (of the same if there is no other) instead of its own. Its turns
            are the same, so that the model relies on what it knows.

    Returns:
        Rows, the two of a conversation side by side, and conversations dropped by reason:
        "malformed", "unknown_chunk", "duplicate" (the same turns again).

    Raises:
        FaultyInput: a row is to be made, and `system_prompt_rag` has no `{data}`.
    """
    known = passages(chunks)
    rows: dict[str, Row] = {}
    dropped: Counter[str] = Counter()
    for conversation in conversations:
        own = [conversation.chunk_id, *(conversation.related or ())]
        if not all(each in known.texts for each in own):
            dropped["unknown_chunk"] += 1
            continue
        name = conversation.conversation_id
        shown = known.others(name, own, 1) if chosen(name, wrong_context) else own
        passage = "\n\n".join(known.texts[each] for each in shown or own)
        prompts = {"no_rag": system_prompt, "rag": filled(system_prompt_rag, passage)}
        pair = _qa_rows(conversation, own, prompts)
        if not pair:
            dropped["malformed"] += 1
        elif pair[0].row_id in rows:
            dropped["duplicate"] += 1
        else:
            rows |= {row.row_id: row for row in pair}
    return list(rows.values()), dropped


def write(rows: Iterable[Row], path: Path) -> int:
    """Write the rows' conversations as JSON lines, no line twice; returns how many there are."""
    lines = list(dict.fromkeys(row.content for row in rows if row.form == "sharegpt"))
    write_whole(path, (f"{line}\n" for line in lines))
    return len(lines)


def parse(path: Path) -> list[dict[str, Any]]:
    """The conversations of a ShareGPT file.

    Raises:
        FaultyInput: lines that break a rule of the format, the first 20 of them.
    """
    conversations, faults = [], []
    with path.open(encoding="utf-8", newline="\n") as file:
        for number, line in enumerate(file, 1):
            try:
                stored = json.loads(line)
            except ValueError:
                stored = None
            if broken := validate(stored):
                faults.append(Fault(f"{path}:{number}", "; ".join(broken), "Mend the line."))
            conversations.append(stored)
    if faults:
        raise FaultyInput(faults[:_MOST_FAULTS])
    return conversations


def validate(stored: Any) -> list[str]:
    """The rules of the format that `stored` breaks, as sentences; none if it is a conversation."""
    turns = stored.get("conversations") if isinstance(stored, dict) else None
    if not isinstance(turns, list) or not all(_is_turn(turn) for turn in turns):
        return ['not {"conversations": [{"from": .., "value": ..}, ..]}']
    roles = [turn["from"] for turn in turns]
    spoken = roles[1:] if roles[:1] == ["system"] else roles
    broken = []
    if "system" in spoken:
        broken.append("a system turn that is not the first")
    if not spoken or spoken != ["human", "gpt"] * (len(spoken) // 2):
        broken.append("human and gpt not in turn, human first and gpt last")
    if not all(turn["value"].strip() for turn in turns):
        broken.append("an empty value")
    if any(turn["value"] != defuse(turn["value"]) for turn in turns):
        broken.append("a template token")
    return broken


def _qa_rows(
    conversation: QaConversation, own: list[str], system_prompts: Mapping[str, str]
) -> list[Row]:
    """A row for each dataset and its system prompt; none if one of them can't be a row."""
    said = [(turn.role, turn.text) for turn in conversation.turns]
    contents = {dataset: _content(prompt, said) for dataset, prompt in system_prompts.items()}
    if any(map(validate, contents.values())):
        return []
    return [
        make_row("qa", dataset, "sharegpt", content, sources=own, split_group=own[0])
        for dataset, content in contents.items()
    ]


def _is_turn(turn: Any) -> bool:
    return (
        isinstance(turn, dict)
        and turn.keys() == {"from", "value"}
        and turn["from"] in {"system", "human", "gpt"}
        and isinstance(turn["value"], str)
    )


def _content(system_prompt: str, said: Iterable[tuple[str, str]]) -> dict[str, Any]:
    system = [("system", system_prompt)] if system_prompt.strip() else []
    turns = [{"from": role, "value": defuse(text.strip())} for role, text in [*system, *said]]
    return {"conversations": turns}
