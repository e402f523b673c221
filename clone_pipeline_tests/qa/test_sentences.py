import pytest
from hypothesis import given
from hypothesis import strategies as st

from clone_pipeline.qa.sentences import informative, prose, sentences, stands_alone

PAGE = """# The lens

The lens of Skarholm Light was made in [Paris](https://example.org) in **1870**. It was
expensive. Mr. Holm paid for it, i.e. he signed the bill.

- The bath holds 120 kilograms of mercury.
- Click `Save` twice.

| a | b |
|---|---|

```
The code holds a sentence of 12 words that is no prose at all.
```
::: warning
"""


def test_prose_leaves_out_code_tables_headings_and_marks() -> None:
    assert prose(PAGE) == [
        "The lens of Skarholm Light was made in Paris in 1870. It was expensive. "
        "Mr. Holm paid for it, i.e. he signed the bill.",
        "The bath holds 120 kilograms of mercury.",
        "Click Save twice.",
    ]


def test_sentences_are_not_cut_at_abbreviations() -> None:
    assert sentences(PAGE)[2] == "Mr. Holm paid for it, i.e. he signed the bill."


def test_a_heading_without_marks_is_no_part_of_the_next_sentence() -> None:
    assert sentences("Getting here\nThe crossing takes 25 minutes.") == [
        "Getting here",
        "The crossing takes 25 minutes.",
    ]


@pytest.mark.parametrize(
    "sentence",
    [
        "It was installed in the tower in 1899.",
        "However, the lens floats in a bath of mercury.",
        "See the table below for all of the prices.",
        "When it is dark, the keeper lights the lamp.",
        "Where does the ferry leave in the winter?",
        "Run npm install && npm start {now} in the folder.",
        "Go to the settings.",
        "the lens of the lighthouse was made in Paris.",
        "I joined the rowing club in the spring of 2016.",
        "The lens of the lighthouse was made in",
    ],
)
def test_a_sentence_that_leans_on_others_or_is_none_is_not_asked_about(sentence: str) -> None:
    assert not stands_alone(sentence)


def test_a_whole_sentence_with_its_own_subject_stands_alone() -> None:
    assert stands_alone("The crossing takes 25 minutes.")


def test_the_most_informative_sentences_are_taken_in_reading_order() -> None:
    text = (
        "The old lamp was quite old and also rather bright. "
        "The lens of Skarholm Light was made in Paris in 1870 by Maison Lavergne. "
        "The lens of Skarholm Light was made in Paris in 1870 by the workshop of Maison Lavergne. "
        "The bath holds 120 kilograms of mercury in a ring of iron."
    )
    chosen = informative(text, limit=2, fit=lambda _: True)
    assert chosen == [sentences(text)[2], sentences(text)[3]]
    assert informative(text, limit=2, fit=lambda _: False) == []


@given(st.text(), st.integers(1, 5))
def test_any_text_gives_at_most_so_many_sentences_of_its_own(text: str, limit: int) -> None:
    chosen = informative(text, limit=limit, fit=lambda _: True)
    assert len(chosen) <= limit
    assert all(stands_alone(sentence) for sentence in chosen)
