import pytest
from hypothesis import given
from hypothesis import strategies as st

from clone_pipeline.retrieval.terms import terms


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("The fee is 10,080 VRSC!", ["The", "fee", "is", "10,080", "VRSC"]),
        ("don't e-mail a.b@example.org", ["don't", "e-mail", "a.b@example.org"]),
        ("切符は7ユーロ", ["切符", "符は", "7", "ユー", "ーロ"]),
        ("हिन्दी में", ["हिन्दी", "में"]),
        ("ตั๋ว", ["ตั", "ั๋", "๋ว"]),
        ("…", []),
    ],
)
def test_words_are_found_in_any_script(text: str, found: list[str]) -> None:
    assert terms(text) == found


@given(st.text())
def test_terms_are_parts_of_the_text(text: str) -> None:
    assert all(term and term in text for term in terms(text))
