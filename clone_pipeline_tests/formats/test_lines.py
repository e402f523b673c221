"""Texts in one line."""

from hypothesis import given

from clone_pipeline.formats.lines import folded, unfolded, unforged
from clone_pipeline_tests.reddit.trees import texts


@given(texts)
def test_a_text_in_one_line_is_read_back(text: str) -> None:
    said = unforged(text)
    assert "\n" not in folded(said)
    assert unfolded(folded(said)) == said
    assert unforged(said) == said
