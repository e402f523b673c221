import asyncio

from hypothesis import given
from hypothesis import strategies as st

from clone_pipeline.qa import multi_source
from clone_pipeline.records import Chunk

SUBJECTS = ("paraffin lamp wick flame", "ferry timetable harbour pier", "bread oven flour yeast")


def chunk(number: int) -> Chunk:
    text = f"Page {number} tells of {SUBJECTS[number % 3]}, and of thing{number} by itself."
    return Chunk(f"c{number}", f"d{number}", 0, 0, len(text), text)


@given(st.lists(st.integers(0, 60), unique=True, max_size=30), st.floats(0, 1))
def test_which_chunks_are_chosen_does_not_depend_on_the_others(
    numbers: list[int], share: float
) -> None:
    chunks = [chunk(number) for number in numbers]
    chosen = set(multi_source.plan(chunks, share=share, count=2))
    alone = {one.chunk_id for one in chunks if multi_source.plan([one], share=share, count=2)}
    assert chosen == alone
    assert chosen <= set(multi_source.plan(chunks, share=1.0, count=2))


def test_about_the_share_of_the_chunks_is_chosen() -> None:
    chunks = [chunk(number) for number in range(600)]
    assert not multi_source.plan(chunks, share=0, count=2)
    assert 120 <= len(multi_source.plan(chunks, share=0.25, count=2)) <= 180
    assert len(multi_source.plan(chunks, share=1.0, count=2)) == 600


def test_related_chunks_are_of_the_same_subject_and_none_is_too_short() -> None:
    chunks = [*(chunk(number) for number in range(12)), Chunk("c99", "d99", 0, 0, 4, "lamp")]
    for chunk_id, others in multi_source.plan(chunks, share=1.0, count=1).items():
        assert {int(one.chunk_id[1:]) % 3 for one in others[:3]} == {int(chunk_id[1:]) % 3}
        assert "c99" not in {one.chunk_id for one in others}


def test_the_first_that_fit_are_taken_and_no_more_are_tried() -> None:
    tried: list[str] = []

    async def fit(one: Chunk) -> bool:
        tried.append(one.chunk_id)
        return one.chunk_id != "c0"

    chunks = [chunk(number) for number in range(5)]
    found = asyncio.run(multi_source.first_fit(chunks, count=2, fit=fit))
    assert [one.chunk_id for one in found] == ["c1", "c2"]
    assert tried == ["c0", "c1", "c2"]
