"""clone.yaml as text."""

from typing import Any

import yaml
from hypothesis import given
from hypothesis import strategies as st

from clone_pipeline.interop.paths import Path
from clone_pipeline.interop.yaml_text import flow, lines

SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(VALUES)
def test_a_value_stands_in_one_line_and_is_read_back(value: Any) -> None:
    shown = flow(value)
    assert len(shown.splitlines()) <= 1
    assert yaml.safe_load(f"key: {shown}\n") == {"key": value}
    assert yaml.safe_load(f"[{shown}]") == [value]


@given(st.dictionaries(st.text(max_size=9), VALUES, max_size=4), st.text())
def test_a_tree_is_read_back_whatever_its_comments_are(tree: dict[str, Any], comment: str) -> None:
    comments: dict[Path, str] = {(key,): f"x: {comment}" for key in tree}
    written = "".join(f"{line}\n" for line in lines(tree, comments))
    assert (yaml.safe_load(written) or {}) == tree


def test_a_value_says_where_it_came_from() -> None:
    made = list(lines({"a": {"b": 1}}, {("a", "b"): "old.key\nforged: 2"}))
    assert made == ["a:", "  b: 1  # old.key forged: 2"]
