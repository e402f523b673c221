"""OpenAI's chat format: `{"messages": [{"role": "system"|"user"|"assistant", "content": str}]}`.

As https://platform.openai.com/docs/guides/supervised-fine-tuning has it: a line an example.
"""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from clone_pipeline.formats.files import write_whole
from clone_pipeline.formats.talked import SHAREGPT_ROLES, Content, Unfit, content_of, read_each

ROLES = {role: name for name, role in SHAREGPT_ROLES.items()}


def write(contents: Iterable[Content], path: Path) -> int:
    """Write a line a conversation, in the same order; returns how many there are."""
    lines = [json.dumps(example(content), ensure_ascii=False) + "\n" for content in contents]
    write_whole(path, lines)
    return len(lines)


def parse(path: Path) -> list[Content]:
    """The conversations of a file.

    Raises:
        FaultyInput: lines that are no such conversation, the first 20 of them.
    """
    return read_each(path, content)


def example(content: Content) -> dict[str, Any]:
    """A ShareGPT conversation in OpenAI's words."""
    turns = content["conversations"]
    return {"messages": [{"role": ROLES[t["from"]], "content": t["value"]} for t in turns]}


def content(record: Any) -> Content:
    """A conversation of OpenAI's as ShareGPT has it.

    Raises:
        Unfit: "unknown_shape", "tools" (calls of them, or their answers), "not_text" (pictures,
            sounds), "unlearned_answer" (an answer of weight 0 is not to be learned, and here every
            answer is), and what `content_of` refuses.
    """
    messages = record.get("messages") if isinstance(record, dict) else None
    if not isinstance(messages, list) or not all(isinstance(m, dict) for m in messages):
        raise Unfit("unknown_shape")
    if any(m.get("tool_calls") or m.get("function_call") for m in messages):
        raise Unfit("tools")
    if any(m.get("weight") == 0 for m in messages):
        raise Unfit("unlearned_answer")
    return content_of((str(m.get("role")), _text(m.get("content"))) for m in messages)


def _text(written: Any) -> str:
    """A message's text, which may be told in parts."""
    if isinstance(written, str):
        return written
    if not isinstance(written, list):
        raise Unfit("not_text")
    parts = [p.get("text") if isinstance(p, dict) and p.get("type") == "text" else None
             for p in written]  # fmt: skip
    if not all(isinstance(part, str) for part in parts):
        raise Unfit("not_text")
    return "\n".join(str(part) for part in parts)
