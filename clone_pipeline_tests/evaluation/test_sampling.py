from hypothesis import given
from hypothesis import strategies as st

from clone_pipeline.evaluation.sampling import WORDS, memorisation

WORD = st.sampled_from(["rain", "beans", "shed", "garden", "tomato", "Sunday", "water"])


@given(st.lists(WORD, min_size=WORDS, max_size=30), st.integers(0, 22))
def test_a_reply_that_copies_eight_words_of_training_is_counted_whatever_its_case(
    said: list[str], start: int
) -> None:
    start = min(start, len(said) - WORDS)
    copied = ", ".join(said[start : start + WORDS]).upper()
    found = memorisation([copied, "something new"], [" ".join(said)])
    assert (found.replies, found.repeating) == (2, 1)


def test_seven_words_in_a_row_are_no_copy() -> None:
    text = "a b c d e f g h"
    assert memorisation(["a b c d e f g x", ""], [text]).repeating == 0


def test_a_reply_that_copies_twice_counts_once() -> None:
    text = "a b c d e f g h i"
    assert memorisation([text], [text, text]).repeating == 1
