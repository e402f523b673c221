import random
from collections.abc import Sequence
from string import ascii_lowercase

from hypothesis import given
from hypothesis import strategies as st

from clone_pipeline.chats.likeness import Alike, bands_of, folded


class Finder:
    """What finds likeness in batches of texts."""

    def __init__(self, least: int) -> None:
        self._least = least
        self._alike = Alike()

    def add(self, texts: Sequence[str]) -> list[int]:
        """The places of texts that are like one before."""
        bands = bands_of(texts, least=self._least)
        return list(map(int, bands.places[self._alike.add(bands.marks)]))


def passage(rng: random.Random, words: int) -> list[str]:
    return ["".join(rng.choices(ascii_lowercase, k=rng.randint(2, 8))) for _ in range(words)]


def test_signs_and_case_make_no_difference_and_short_texts_are_like_none() -> None:
    long = "I read the whole book about lighthouses in a single night"
    texts = [
        long,
        long.upper() + "!!",
        "i read, the whole book... about lighthouses in a single NIGHT",
    ]
    assert Finder(40).add([*texts, "short", "short", ""]) == [1, 2]
    assert Finder(60).add(texts) == []
    russian = "Вчера мы весь вечер говорили о маяках и кораблях"
    assert Finder(40).add(
        [russian, russian.upper() + "!", "Это совсем другое письмо о другом"]
    ) == [1]


def test_most_texts_with_a_word_changed_are_found_and_others_are_not() -> None:
    rng = random.Random(0)
    texts = [passage(rng, 40) for _ in range(400)]
    changed = [[*text[:20], "otherwise", *text[21:]] for text in texts]
    half = [[*text[:20], *passage(rng, 20)] for text in texts]
    alike = Finder(40)
    assert alike.add([" ".join(text) for text in texts]) == []
    assert len(alike.add([" ".join(text) for text in changed])) > 300
    assert len(alike.add([" ".join(text) for text in half])) < 40


@given(st.lists(st.text(max_size=80) | st.sampled_from(["a b c d e f g h", "A.B.C.D.E.F.G.H"])))
def test_where_batches_end_makes_no_difference(texts: list[str]) -> None:
    whole, parts = Finder(5), Finder(5)
    one_by_one = [place for place, text in enumerate(texts) if parts.add([text])]
    assert whole.add(texts) == one_by_one


@given(st.text())
def test_equal_letters_are_always_found(text: str) -> None:
    alike = Finder(1)
    again = alike.add([text, f"  {text}!"])
    assert again == ([1] if folded(text) else [])
