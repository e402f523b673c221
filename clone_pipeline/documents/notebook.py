"""The readable text of a Jupyter notebook (nbformat 4)."""

import json
from typing import Any


def read_notebook(source: str) -> str | None:
    """The notebook's Markdown and code as one Markdown text, without outputs; None if it is none.

    Args:
        source: the `.ipynb` file's text.
    """
    try:
        notebook = json.loads(source)
    except (ValueError, RecursionError):
        return None
    cells = notebook.get("cells") if isinstance(notebook, dict) else None
    if not isinstance(cells, list):
        return None
    shown = (_cell(cell) for cell in cells if isinstance(cell, dict))
    return "\n\n".join(text for text in shown if text)


def _cell(cell: dict[str, Any]) -> str:
    source = cell.get("source", "")
    text = "".join(map(str, source)) if isinstance(source, list) else str(source)
    if not text.strip():
        return ""
    return f"```\n{text.strip()}\n```" if cell.get("cell_type") == "code" else text.strip()
