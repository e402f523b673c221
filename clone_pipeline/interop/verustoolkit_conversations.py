"""Conversations as Verustoolkit writes them, so that its own reader finds the same turns."""

from collections.abc import Mapping, Sequence
from typing import Any

from clone_pipeline.records import QaTurn

_NAMES: Mapping[str, str] = {"human": "User", "gpt": "AI Assistant"}
_MARKS = frozenset(f"**{name}:**" for name in _NAMES.values())


def as_text(turns: Sequence[QaTurn]) -> str:
    """`**User:**` and `**AI Assistant:**`, each on a line of its own before what was said.

    A line of a turn that would be such a name there loses its asterisks.
    """
    return "\n\n".join(f"**{_NAMES[turn.role]}:**\n{_plain(turn.text)}" for turn in turns)


def as_lines(turns: Sequence[QaTurn]) -> list[str]:
    """Each turn as `NAME: what was said`, in processed_master_list.json."""
    return [f"{_NAMES[turn.role]}: {_plain(turn.text)}" for turn in turns]


def master_row(text: str, rows: Sequence[Sequence[str]]) -> dict[str, Any]:
    """A line of master_list.jsonl.

    Args:
        text: of the conversation.
        rows: its pairs as [question, answer, text, source], at least one.
    """
    return {
        "conversation": text,
        "qa_tuples": [list(row[:2]) for row in rows],
        "rag_context": rows[0][2],
        "source_filename": rows[0][3],
    }


def _plain(text: str) -> str:
    return "\n".join(
        line.replace("**", "") if line.strip() in _MARKS else line
        for line in text.strip().split("\n")
    )
