import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clone_pipeline.records import Chunk
from clone_pipeline.retrieval.related import related

LAMP = "The paraffin lamp in the tower burns until dawn and the keeper trims its wick."
WICK = "A keeper trims the wick of every paraffin lamp before it smokes, with scissors."
FERRY = "The ferry carries bicycles free of charge, and single tickets are sold on board."
BREAD = "Knead the dough for ten minutes, then let it rise near the warm oven overnight."


def chunk(name: str, text: str, document: str = "") -> Chunk:
    return Chunk(name, document or f"d-{name}", 0, 0, len(text), text)


def names(found: list[Chunk]) -> list[str]:
    return [one.chunk_id for one in found]


def test_the_chunk_that_shares_most_telling_words_comes_first() -> None:
    chunks = [chunk("ferry", FERRY), chunk("wick", WICK), chunk("bread", BREAD), chunk("l", LAMP)]
    assert names(related(chunks, of=["l"], k=3)[0])[0] == "wick"
    assert [names(one)[:1] for one in related(chunks, of=["wick", "l"], k=1)] == [["l"], ["wick"]]


def test_neither_the_chunk_nor_a_copy_of_it_nor_two_copies_of_another_are_related() -> None:
    chunks = [
        chunk("l", LAMP),
        chunk("copy", LAMP + " Now."),
        chunk("w", WICK),
        chunk("w2", WICK + " So."),
        chunk("ferry", FERRY),
    ]
    assert names(related(chunks, of=["l"], k=4)[0])[:1] == ["w"]
    assert not {"l", "copy", "w2"} & set(names(related(chunks, of=["l"], k=4)[0]))


def test_other_documents_come_first_and_the_own_one_fills_what_is_left() -> None:
    own = "The keeper trims the paraffin lamp's wick in the tower at dawn, each day anew."
    far = "A tower may hold a paraffin lamp, a bell or a horn for days of fog."
    chunks = [chunk("l", LAMP, "d"), chunk("own", own, "d"), chunk("far", far), chunk("b", BREAD)]
    assert names(related(chunks, of=["l"], k=1)[0]) == ["far"]
    assert names(related(chunks, of=["l"], k=3)[0])[:2] == ["far", "own"]


def test_what_has_nothing_in_common_is_not_related() -> None:
    chunks = [chunk("l", "Paraffin burns."), chunk("b", "Dough rises overnight."), chunk("e", "!")]
    assert related(chunks, of=["l", "e"], k=2) == [[], []]
    assert related(chunks, of=[], k=2) == []
    assert related([], of=[], k=2) == []


def test_an_unknown_chunk_is_an_error() -> None:
    with pytest.raises(KeyError):
        related([chunk("l", LAMP)], of=["x"], k=1)


TEXTS = st.lists(st.sampled_from([LAMP, WICK, FERRY, BREAD, LAMP + FERRY, WICK + BREAD, "", "!"]))


@given(TEXTS, st.integers(1, 4))
def test_no_chunk_is_its_own_relative_or_comes_twice_and_a_second_time_gives_the_same(
    texts: list[str], k: int
) -> None:
    chunks = [chunk(f"c{n}", text, f"d{n % 3}") for n, text in enumerate(texts)]
    ids = names(chunks)
    found = related(chunks, of=ids, k=k)
    for chunk_id, others in zip(ids, found, strict=True):
        assert chunk_id not in names(others)
        assert len(set(names(others))) == len(others) <= k
    assert related(chunks, of=ids, k=k) == found
    order = random.Random(k).sample(range(len(ids)), len(ids))
    assert related(chunks, of=[ids[n] for n in order], k=k) == [found[n] for n in order]
