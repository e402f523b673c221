"""No key of an old configuration is lost: it is taken, not taken, or unknown."""

from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from clone_pipeline.interop.account import Account, Imported
from clone_pipeline.interop.hotshotbot import read_hotshotbot
from clone_pipeline.interop.old_tree import read
from clone_pipeline.interop.paths import dotted, leaves
from clone_pipeline.interop.vtx import read_vtx
from clone_pipeline.settings import FaultyInput
from clone_pipeline_tests.interop.configurations import HOT_ENV, HOTSHOTBOT, VTX

SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-5, 10**18),
    st.floats(0, 1),
    st.text("ab:¶'\"# ", max_size=9),
)
KEYS = st.text("abcxyz_9", min_size=1, max_size=6)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=6,
)


def accounted(text: str, imported: Imported) -> None:
    told = [*imported.taken, *(key for key, _ in imported.not_taken), *imported.unknown]
    for path in leaves(read(text, name="old")):
        shown = dotted(path)
        assert any(shown == key or shown.startswith((f"{key}.", f"{key}[")) for key in told), shown
    twice = {*imported.unknown} & {*imported.taken, *dict(imported.not_taken)}
    assert not twice


@pytest.mark.parametrize("env", [{}, {"FOCUS": "mind", "MATRIXUSER": "@ryanbot:m.org"}])
def test_every_leaf_of_vtx_is_accounted_for(env: dict[str, str]) -> None:
    imported = read_vtx(VTX, name="main", env=env)
    accounted(VTX, imported)
    assert imported.unknown == []


def test_every_leaf_of_hotshotbot_is_accounted_for() -> None:
    imported = read_hotshotbot(HOTSHOTBOT, name="main", env=HOT_ENV)
    accounted(HOTSHOTBOT, imported)
    assert imported.unknown == []


def _grafted(tree: Any, extra: Any, at: list[int]) -> Any:
    """`tree` with `extra` put somewhere, where `at` leads."""
    if not at or not isinstance(tree, dict | list) or not tree:
        return extra
    if isinstance(tree, list):
        place = at[0] % len(tree)
        return [*tree[:place], _grafted(tree[place], extra, at[1:]), *tree[place + 1 :]]
    key = sorted(map(str, tree))[at[0] % len(tree)]
    real = next(each for each in tree if str(each) == key)
    return {**tree, real: _grafted(tree[real], extra, at[1:])}


@given(VALUES, st.lists(st.integers(0, 30), min_size=1, max_size=4), st.sampled_from("vh"))
def test_whatever_stands_where_no_leaf_is_lost_and_nothing_but_faults_is_raised(
    extra: Any, at: list[int], which: str
) -> None:
    old, reader = (VTX, read_vtx) if which == "v" else (HOTSHOTBOT, read_hotshotbot)
    text = yaml.safe_dump(_grafted(yaml.safe_load(old), extra, at), allow_unicode=True)
    try:
        imported = reader(text, name="main", env=HOT_ENV)
    except FaultyInput:
        return
    accounted(text, imported)


@given(
    st.dictionaries(KEYS, VALUES, max_size=5), st.sampled_from(["", "discord", "reddit", "mind"])
)
def test_what_the_old_system_does_not_know_is_named(extra: dict[str, Any], where: str) -> None:
    tree = yaml.safe_load(VTX)
    added = {f"q{key}": value for key, value in extra.items()}
    (tree[where] if where else tree).update(added)
    imported = read_vtx(yaml.safe_dump(tree), name="main", env={})
    accounted(yaml.safe_dump(tree), imported)
    models = {"model", "training"}
    for key, value in added.items():
        name = f"{where}.{key}" if where else key
        if not (isinstance(value, dict) and models & set(value)):
            assert name in imported.unknown


def test_a_value_without_a_place_is_named_by_its_highest_key() -> None:
    account = Account({"a": {"b": {"c": 1, "d": 2}, "e": 3}, "f": 4}, system="Old", env={})
    account.put(("a", "e"), ("new",), 3)
    made = account.imported()
    assert made.unknown == ["a.b", "f"]
    assert made.tree == {"new": 3}


def test_a_default_gives_way_to_what_is_written() -> None:
    account = Account({"a": 1}, system="Old", env={})
    account.put(("a",), ("new",), 1)
    account.default(("new",), 2)
    account.default(("other",), 3)
    made = account.imported()
    assert made.tree == {"new": 1, "other": 3}
    assert made.defaults == {("other",)}
    assert made.origins[("other",)] == "Old's default"
