import pytest
from hypothesis import given
from hypothesis import strategies as st

from clone_pipeline.chats.rules.repetition import repetition


@pytest.mark.parametrize(
    "text",
    [
        *("buy now and win! " * 2, "a" * 30, "ha" * 15, "no " * 11, "join my server! " * 100),
        "hello friends, " + "join my server today! " * 3,
        "this is what the story says, " * 2 + "and then some more of it",
    ],
)
def test_a_text_that_says_one_thing_over_and_over_is_found(text: str) -> None:
    assert repetition().places([text]) == [0]


@pytest.mark.parametrize(
    "text",
    [
        *("", "hahahaha", "a" * 29, "the cat sat on the mat and the dog sat on the log"),
        "row, row, row your boat gently down the stream, merrily, merrily, merrily, merrily",
        "no no no, what I wanted to say is that we should go there on Monday and not on Sunday",
        "is it one? is it two? is it three? is it four? is it five? is it six? is it seven?",
    ],
)
def test_a_text_with_a_refrain_is_kept(text: str) -> None:
    assert repetition().places([text]) == []


@given(st.text(min_size=15, max_size=40), st.integers(2, 6))
def test_every_passage_said_twice_or_more_is_found(passage: str, times: int) -> None:
    assert repetition().places([passage.lower() * times]) == [0]


@given(st.text(alphabet="ab ", max_size=200))
def test_what_is_found_holds_a_passage_twice_in_a_row(text: str) -> None:
    if repetition().places([text]):
        spans = (
            (start, size)
            for size in range(1, len(text) // 2 + 1)
            for start in range(len(text) - 2 * size + 1)
        )
        assert any(text[s : s + n] == text[s + n : s + 2 * n] for s, n in spans)
