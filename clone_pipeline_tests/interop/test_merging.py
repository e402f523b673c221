"""A tree into the text of a clone.yaml: keys are added, none is changed."""

from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from clone_pipeline.interop.merging import merged
from clone_pipeline.interop.paths import Path
from clone_pipeline.settings import FaultyInput

KEYS = st.text("abc", min_size=1, max_size=2)
LEAVES = st.none() | st.integers(0, 2) | st.text("x#:\n ", max_size=4) | st.lists(st.integers(0, 1))
TREES = st.recursive(LEAVES, lambda inner: st.dictionaries(KEYS, inner, max_size=3), max_leaves=8)
MAPPINGS = st.dictionaries(KEYS, TREES, max_size=3)


def merge(
    written: str, tree: dict[str, Any], *defaults: Path, comments: dict[Path, str] | None = None
) -> tuple[str, list[str]]:
    return merged(
        written, tree, name="clone.yaml", comments=comments or {}, defaults=frozenset(defaults)
    )


def both(there: Any, tree: Any) -> Any:
    """What a merge comes to; a LookupError where they clash."""
    if tree == {} and (there is None or isinstance(there, dict)):
        return there
    if not (isinstance(there, dict) and isinstance(tree, dict)):
        if there == tree:
            return there
        if there is None and isinstance(tree, dict) and tree:
            return tree
        raise LookupError
    shared = {key: both(there[key], tree[key]) for key in there.keys() & tree.keys()}
    return {**there, **tree, **shared}


def is_within(text: str, more: str) -> bool:
    """Whether `text` is left if some signs are taken out of `more`."""
    signs = iter(more)
    return all(sign in signs for sign in text)


@given(MAPPINGS, MAPPINGS, st.sampled_from([True, False, None]))
def test_a_merge_has_all_of_both_and_takes_nothing_away(
    there: dict[str, Any], tree: dict[str, Any], style: bool | None
) -> None:
    written = yaml.safe_dump(there, default_flow_style=style, sort_keys=False) if there else ""
    try:
        expected = both(there, tree)
    except LookupError:
        with pytest.raises(FaultyInput):
            merge(written, tree)
        return
    try:
        text, kept = merge(written, tree)
    except FaultyInput as error:
        assert "nothing can be put" in str(error)  # noqa: PT017
        return
    assert (yaml.safe_load(text) or {}) == expected
    assert kept == []
    for line in written.splitlines():
        if "null" not in line:
            assert is_within(line, text)


WRITTEN = """\
# mine
personas:   # who
  anna:
    name: Anna  # the first

    system_prompt: |
      Be kind.

  # an end
bots: {main: {persona: anna}}
reddit:  # nothing yet

llm:
  model: small
"""


def test_comments_and_order_of_what_is_there_stay() -> None:
    tree = {
        "personas": {"anna": {"bias": 5}, "ben": {"name": "Ben"}},
        "bots": {"main": {"say_who": True}, "other": {"persona": "ben"}},
        "reddit": {"filter": ["a"]},
        "time_zone": "UTC",
    }
    text, _ = merge(WRITTEN, tree, comments={("time_zone",): "old.zone"})
    assert (
        text
        == """\
# mine
personas:   # who
  anna:
    name: Anna  # the first

    system_prompt: |
      Be kind.

    bias: 5
  ben:
    name: Ben
  # an end
bots: {main: {persona: anna, say_who: true}, other: {persona: ben}}
reddit: {filter: [a]}  # nothing yet

llm:
  model: small
time_zone: UTC  # old.zone
"""
    )


def test_every_clash_is_named_by_its_old_and_its_new_key() -> None:
    tree = {"personas": {"anna": {"name": "A"}}, "llm": {"model": "b", "concurrency": 5}}
    with pytest.raises(FaultyInput) as raised:
        merge(WRITTEN, tree, comments={("llm", "model"): "mind.model"})
    assert [fault.where for fault in raised.value.faults] == [
        "personas.anna.name", "mind.model (llm.model here)",
    ]  # fmt: skip


def test_a_default_gives_way_and_is_told() -> None:
    tree = {"personas": {"anna": {"name": "A", "bias": 5}}}
    text, kept = merge(WRITTEN, tree, ("personas", "anna", "name"))
    assert kept == ["personas.anna.name"]
    assert yaml.safe_load(text)["personas"]["anna"]["name"] == "Anna"
    assert yaml.safe_load(text)["personas"]["anna"]["bias"] == 5


def test_what_is_there_already_is_no_clash() -> None:
    assert merge(WRITTEN, {"llm": {"model": "small"}}) == (WRITTEN, [])


@pytest.mark.parametrize(
    "written",
    [
        "a: &x {b: 1}\nc: *x\n", "a: &x\n  b: 1\nc: *x\n", "a: {b: 1,}\n",
        "base: &x {b: 1}\na: {<<: *x}\n",
    ],
)  # fmt: skip
def test_a_form_that_cannot_be_added_to_is_a_fault_or_read_back(written: str) -> None:
    expected = yaml.safe_load(written)
    expected["a"] = {**expected["a"], "new": 1}
    try:
        text, _ = merge(written, {"a": {"new": 1}})
    except FaultyInput as error:
        assert "nothing can be put" in str(error)  # noqa: PT017
        return
    assert yaml.safe_load(text) == expected


def test_no_end_of_line_at_the_end_is_no_hindrance() -> None:
    assert merge("a:\n  b: 1", {"a": {"c": 2}})[0] == "a:\n  b: 1\n  c: 2\n"
    assert merge("# nothing", {"a": 1})[0] == "# nothing\na: 1\n"
