"""Training rows, named by what they hold."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from clone_pipeline.records import Form, Row, content_id


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
