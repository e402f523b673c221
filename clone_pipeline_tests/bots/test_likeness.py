import difflib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clone_pipeline.bots.likeness import cosine, likeness

words = st.lists(
    st.sampled_from(
        [
            "the",
            "a",
            "beans",
            "water",
            "garden",
            "of",
            "dies",
            "grow",
            "tomato",
            "@everyone",
            "<@!1",
        ]
    )
).map(" ".join)


@given(words, words)
def test_cosine_is_symmetric_bounded_and_one_for_equal_bags(one: str, other: str) -> None:
    assert 0 <= cosine(one, other) <= 1 + 1e-9
    assert cosine(one, other) == cosine(other, one)
    if cosine(one, one):
        assert cosine(one, f"{one} {one}") == pytest.approx(1)


@given(st.text("ab c", max_size=30), st.text("ab c", max_size=30))
def test_likeness_is_never_below_difflibs_ratio(one: str, other: str) -> None:
    assert likeness(one, other) >= difflib.SequenceMatcher(None, one, other).ratio() - 1e-9
    assert likeness(one, other) == likeness(other, one) <= 1
    assert (likeness(one, other) == 1) == (one == other)
