"""Chats as VTX's texts."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clone_pipeline.formats import bias_lines, bias_text
from clone_pipeline.formats.bias_lines import Said
from clone_pipeline.records import Turn
from clone_pipeline.settings import FaultyInput
from clone_pipeline_tests.reddit.trees import texts

ONE, TWO = "12345678901234567", "123456789012345678"

said = st.builds(Said, st.sampled_from([ONE, TWO]), texts.map(bias_text.clean)).filter(
    lambda each: bool(each.text)
)


@given(listed=st.lists(st.lists(said, min_size=1, max_size=4), max_size=4))
def test_what_is_written_is_read_back(
    listed: list[list[Said]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.getbasetemp() / "bias.txt"
    assert bias_text.write(listed, path) == len(listed)
    assert bias_text.parse(path) == listed


def test_newlines_within_a_message_stay_and_a_blank_line_parts_conversations(
    tmp_path: Path,
) -> None:
    path = tmp_path / "x.txt"
    bias_text.write([[Said(ONE, "a\nb"), Said(TWO, "c")], [Said(ONE, "d")]], path)
    assert path.read_text() == f"¶{ONE}:> a\nb\n¶{TWO}:> c\n\n¶{ONE}:> d\n"


def test_lines_of_reddit_are_read_as_the_chains_that_they_hold() -> None:
    chains = [[Said("1", "((T)) | x\ny"), Said("2", "no")], [Said("1", "((T))"), Said("3", "yes")]]
    written = "".join(f"{bias_lines.line_of(chain)}\n" for chain in chains)
    assert bias_text.read(written) == chains


def test_no_sign_becomes_a_blank_line() -> None:
    assert bias_text.clean("a\n\x1d \r\n\u2028b\n\n") == "a\nb"


@pytest.mark.parametrize("written", ["hello", "¶x:> hi", "¶1:> a ¶2:> b\nloose"])
def test_what_is_no_message_is_refused(tmp_path: Path, written: str) -> None:
    (tmp_path / "x.txt").write_text(written)
    with pytest.raises(FaultyInput, match="bias"):
        bias_text.parse(tmp_path / "x.txt")


def turn(author_id: str, text: str, persona: str | None = None) -> Turn:
    return Turn("c", 0, author_id, "Ben", persona, text, None, None, [])


def test_a_bias_is_the_persona_s_or_the_discord_id_or_digits_of_one_s_own() -> None:
    bias_of = bias_text.biases({"anna": ONE}, seed=0)
    turns = [turn("x", "a", "anna"), turn(TWO, "b"), turn("ben", "c"), turn("ben", "d"),
             turn("", " ")]  # fmt: skip
    found = bias_text.of_turns(turns, bias_of=bias_of)
    assert [each.text for each in found] == ["a", "b", "c", "d"]
    assert [each.bias for each in found[:2]] == [ONE, TWO]
    assert found[2].bias == found[3].bias
    assert 18 <= len(found[2].bias) <= 19
