from hypothesis import given
from hypothesis import strategies as st

from clone_pipeline.formats.choosing import chosen

shares = st.floats(0, 1)


@given(st.text(), shares, shares)
def test_what_a_share_chooses_a_larger_one_chooses_too(name: str, one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert chosen(name, low) <= chosen(name, high)
    assert not chosen(name, 0)
    assert chosen(name, 1)


def test_about_the_share_is_chosen() -> None:
    assert 230 < sum(chosen(f"pair {n}", 0.25) for n in range(1000)) < 270
