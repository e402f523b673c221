"""Another system's YAML."""

import pytest

from clone_pipeline.interop.old_tree import read
from clone_pipeline.settings import FaultyInput


def test_ids_that_are_numbers_become_strings_as_keys() -> None:
    assert read("{830300981966143488: {true: 1}}", name="old") == {
        "830300981966143488": {"True": 1}
    }


@pytest.mark.parametrize(
    "text", ["- a", "a: 1\na: 2", "a: [", "a: &a [*a]", "&a {b: *a}", "5", "\x00"]
)
def test_what_is_no_configuration_is_a_fault_that_names_the_file(text: str) -> None:
    with pytest.raises(FaultyInput, match=r"config\.yml"):
        read(text, name="config.yml")


def test_aliases_that_multiply_without_end_are_a_fault() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 10)]
    with pytest.raises(FaultyInput, match="a tree without end"):
        read("\n".join(lines), name="old")


def test_a_list_is_told_what_was_expected() -> None:
    with pytest.raises(FaultyInput, match="the old system's configuration"):
        read("- a", name="old")
