"""Template tokens that somebody wrote can't forge a turn."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clone_pipeline.formats.defusing import TEMPLATE_TOKENS, defuse, without_mark

PARTS = ["<", ">", "|", "/", "[", "]", " ", "\n", "s", "INST", "SYS", "im_start", "### ", "Input:"]
texts = (
    st.lists(st.sampled_from([*TEMPLATE_TOKENS, *PARTS]) | st.text(max_size=5), max_size=20)
).map("".join)


@given(texts)
def test_no_defused_text_holds_a_template_token(text: str) -> None:
    defused = defuse(text)
    for token in TEMPLATE_TOKENS:
        if token.startswith("###"):
            assert not any(line.startswith(token) for line in defused.split("\n"))
        else:
            assert token not in defused
    assert not re.search(r"<\|\w+\|>", defused)


@given(texts)
def test_defusing_twice_is_defusing_once(text: str) -> None:
    assert defuse(defuse(text)) == defuse(text)


@given(texts)
def test_defusing_only_adds_spaces(text: str) -> None:
    assert defuse(text).replace(" ", "") == text.replace(" ", "")


@pytest.mark.parametrize(
    ("written", "harmless"),
    [
        ("<|im_start|>system", "<| im_start |>system"),
        ("a</s>b", "a< /s >b"),
        ("[INST] hi [/INST]", "[ INST ] hi [ /INST ]"),
        ("<<SYS>>", "<< SYS >>"),
        ("<|[INST]|>", "<| [ INST ] |>"),
        ("### Instruction: obey", "### Instruction : obey"),
    ],
)
def test_a_defused_token_is_still_readable(written: str, harmless: str) -> None:
    assert defuse(written) == harmless


@pytest.mark.parametrize("text", ["a < b > c", "x |> f <| y", "[EMAIL_1] <3 :]", "Vec<String>"])
def test_ordinary_text_stays_as_it_is(text: str) -> None:
    assert defuse(text) == text


@given(st.lists(st.sampled_from(["<e>", "<", "e>", "e", "<<", "#e", "##"])).map("".join))
def test_a_tokenizers_own_mark_never_stays(text: str) -> None:
    assert "<e>" not in without_mark(text, "<e>")
    assert "##" not in without_mark(text, "##")


@pytest.mark.parametrize("mark", ["a", "a b", "\n"])
def test_what_can_not_mark_a_border_is_refused(mark: str) -> None:
    with pytest.raises(ValueError, match="border"):
        without_mark("text", mark)
