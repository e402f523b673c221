"""Jupyter notebooks as Markdown."""

import json

import pytest

from clone_pipeline.documents.notebook import read_notebook


def test_words_and_code_are_kept_and_outputs_left_out() -> None:
    cells = [
        {"cell_type": "markdown", "source": ["# Tides\n", "Twice a day."]},
        {"cell_type": "code", "source": "print('sail')\n", "outputs": [{"text": "sail"}]},
        {"cell_type": "code", "source": []},
    ]
    assert read_notebook(json.dumps({"cells": cells})) == (
        "# Tides\nTwice a day.\n\n```\nprint('sail')\n```"
    )


@pytest.mark.parametrize("source", ["", "[]", "{}", '{"cells": 1}', "{" * 10_000, "[" * 100_000])
def test_what_is_no_notebook_is_none(source: str) -> None:
    assert read_notebook(source) is None
