"""Training rows, named by what they hold."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from clone_pipeline.records import Dialogue, Form, Row, content_id


def prompt_of(dialogue: Dialogue, prompts: Mapping[str, str]) -> str:
    """What a row of the dialogue begins with: its persona's prompt, and its context below that.

    Serving puts a caller's system message in the context's place.
    """
    parts = (prompts.get(dialogue.persona, ""), dialogue.context)
    return "\n".join(part.strip() for part in parts if part.strip())


def make_row(
    collection: str,
    dataset: str,
    form: Form,
    content: Mapping[str, Any],
    *,
    sources: list[str],
    split_group: str,
    persona: str | None = None,
    ended: datetime | None = None,
) -> Row:
    """A row of weight 1, without a side of the split yet."""
    written = json.dumps(content, ensure_ascii=False)
    name = content_id(collection, dataset, form, written)
    return Row(name, collection, dataset, form, written, 1.0, sources, persona, split_group, ended)
