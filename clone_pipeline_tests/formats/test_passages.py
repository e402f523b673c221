"""What is shown beside or instead of the right passage."""

import pytest

from clone_pipeline.formats.passages import filled, passages
from clone_pipeline.settings import FaultyInput
from clone_pipeline_tests.formats.samples import chunk

MANY = [chunk(f"k{n}", f" Text {n}.\n", document=f"d{n // 5}") for n in range(20)]


@pytest.mark.parametrize("number", [0, 1, 3, 15])
def test_others_are_of_other_documents_and_the_same_each_time(number: int) -> None:
    known = passages(MANY)
    for n in range(20):
        found = known.others(f"q{n}", [f"k{n}"], number)
        assert found == known.others(f"q{n}", [f"k{n}"], number)
        assert len(set(found)) == len(found) == number
        assert all(known.documents[each] != f"d{n // 5}" for each in found)


def test_the_same_document_serves_when_no_other_is_left() -> None:
    known = passages(MANY)
    assert len(known.others("q", ["k0"], 99)) == 19
    assert set(passages(MANY[:5]).others("q", ["k0"], 99)) == {"k1", "k2", "k3", "k4"}
    assert passages(MANY[:1]).others("q", ["k0"], 1) == []
    assert passages([]).others("q", [], 1) == []


def test_no_other_says_the_same_holds_the_answer_or_is_blank() -> None:
    known = passages(
        [
            chunk("k1", "The reef lies north."), chunk("k2", "The reef lies north. "),
            chunk("k3", "Twelve ships were LOST there.", document="d2"), chunk("k4", " "),
            chunk("k5", "Fish is dear.", document="d3"), chunk("k6", "Fish is dear."),
        ]
    )  # fmt: skip
    found = known.others("q", ["k1"], 9, answer="Twelve ships were lost")
    assert len(found) == 1
    assert found[0] in {"k5", "k6"}


def test_a_prompt_is_filled_once_and_has_to_have_a_place() -> None:
    assert filled("Use {data}.", "this {data}") == "Use this {data}."
    with pytest.raises(FaultyInput, match=r"expert\.system_prompt_rag"):
        filled("Use it.", "this")
