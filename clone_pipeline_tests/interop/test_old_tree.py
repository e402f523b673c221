"""Another system's YAML."""

import pytest

from clone_pipeline.interop.old_tree import read
from clone_pipeline.settings import FaultyInput


def test_ids_that_are_numbers_become_strings_as_keys() -> None:
    assert read("{830300981966143488: {'yes': 1, 2020-01-01: 2}}", name="old") == {
        "830300981966143488": {"yes": 1, "2020-01-01": 2}
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


@pytest.mark.parametrize("key", ["yes", "no", "On", "off", "007", "0x10", "1_000", "12:30", "null"])
def test_a_key_that_would_be_called_something_else_is_a_fault(key: str) -> None:
    with pytest.raises(FaultyInput, match=rf"line 2: found the key `{key}`.*Put it in quotes"):
        read(f"reddit:\n  {key}: 1", name="old")
    with pytest.raises(FaultyInput, match=f"`{key}`"):
        read(f"a: [&b {{{key}: 1}}, *b]", name="old")
    assert read(f"{{'{key}': 1}}", name="old") == {key: 1}


def test_what_is_merged_in_is_no_other_key() -> None:
    tree = read("a: &b {chance: 1}\nc:\n  <<: *b", name="old")
    assert tree["c"] == {"chance": 1}


@pytest.mark.parametrize("text", ['a: "x\\ud800y"', '"x\\ud800y": 1', 'a: ["x\\udfff"]'])
def test_half_a_character_is_a_fault(text: str) -> None:
    with pytest.raises(FaultyInput, match="half a character") as raised:
        read(text, name="old")
    str(raised.value).encode()
