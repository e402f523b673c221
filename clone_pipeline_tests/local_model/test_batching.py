from hypothesis import given
from hypothesis import strategies as st

from clone_pipeline.local_model.batching import by_length, padded
from clone_pipeline.local_model.labelled import Encoded

LENGTHS = st.lists(st.integers(1, 300), min_size=1, max_size=60)


@given(lengths=LENGTHS, batch_tokens=st.integers(1, 1000), twice=st.booleans())
def test_every_row_is_in_one_batch_and_no_batch_of_several_is_too_large(
    lengths: list[int], batch_tokens: int, twice: bool
) -> None:
    numbers = list(range(len(lengths))) * (1 + twice)
    batches = list(by_length(numbers, lengths, batch_tokens=batch_tokens))
    assert sorted(number for batch in batches for number in batch) == sorted(numbers)
    for batch in batches:
        size = len(batch) * max(lengths[number] for number in batch)
        assert len(batch) == 1 or size <= batch_tokens


def test_padding_is_on_the_right_unlabelled_and_a_multiple_wide() -> None:
    rows = [Encoded([5, 6, 7], [-100, 6, 7]), Encoded([8], [8])]
    ids, labels = padded(rows, multiple=4)
    assert ids.tolist() == [[5, 6, 7, 0], [8, 0, 0, 0]]
    assert labels.tolist() == [[-100, 6, 7, -100], [8, -100, -100, -100]]
