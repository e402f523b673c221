"""Keywords are found whole, by their beginning or anywhere, as the seeds find them."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clone_pipeline.bots.keywords import Match, default_negative, first_hit


@pytest.mark.parametrize(
    ("text", "word", "prefix", "substring"),
    [
        ("I like plants", False, True, True),
        ("A PLANT!", True, True, True),
        ("plant", True, True, True),
        ("eggplant", False, False, True),
        ("egg-plant", True, True, True),
        ("plant_pot", False, True, True),
        ("pl\u200bant", True, True, True),  # a space of no width hides nothing
        ("\uff50\uff4c\uff41\uff4e\uff54", True, True, True),  # full-width letters
        ("animal", False, False, False),
    ],
)
def test_a_keyword_is_found_as_its_match_says(
    text: str, word: bool, prefix: bool, substring: bool
) -> None:
    """HotShotBot: `\\bKEYWORD\\b`; ssi-bot: `\\bKEYWORD`; VTX's filter: anywhere."""
    found = {m: bool(first_hit([text], ["Plant"], match=m)) for m in _MATCHES}
    assert found == {"word": word, "prefix": prefix, "substring": substring}


_MATCHES: tuple[Match, ...] = ("word", "prefix", "substring")


@pytest.mark.parametrize("match", _MATCHES)
@pytest.mark.parametrize("term", ["c++", "(a|b", ".*", "a  b", "?"])
def test_terms_are_taken_literally(term: str, match: Match) -> None:
    assert first_hit([f"see {term} here"], [term], match=match)
    assert not first_hit(["see nothing here"], [term], match=match)


def test_white_space_in_a_term_stands_for_any() -> None:
    assert first_hit(["white\n  power"], ["white power"], match="word") == "white\n  power"


@given(st.text(max_size=40), st.sampled_from(_MATCHES))
def test_no_terms_find_nothing(text: str, match: Match) -> None:
    assert first_hit([text], [], match=match) == ""


@given(st.text(max_size=40), st.text(min_size=1, max_size=5).filter(lambda t: t.strip().isalnum()))
def test_what_is_found_whole_is_found_by_its_beginning_and_anywhere(text: str, term: str) -> None:
    for narrow, wide in (("word", "prefix"), ("prefix", "substring")):
        if first_hit([text], [term], match=narrow):  # type: ignore[arg-type]
            assert first_hit([text], [term], match=wide)  # type: ignore[arg-type]


def test_the_default_list_is_plain_words_each_once() -> None:
    words = default_negative()
    assert len(words) > 50
    assert len(set(words)) == len(words)
    assert all(word == word.strip().casefold() for word in words)


@pytest.mark.parametrize(
    "text",
    [
        "My Jewish neighbour and my Muslim neighbour grow tomatoes.",
        "Black people, white people, Israel, Palestine, Pakistan.",
        "A Maine coon sleeps on the spice rack; the despicable cat.",
        "Grapes, drapes and rapeseed; retarding the fermentation.",
        "Aryan from Pune and Dick van Dyke met.",
    ],
)
def test_the_default_list_leaves_peoples_and_harmless_words_alone(text: str) -> None:
    assert first_hit([text], default_negative(), match="word") == ""


def test_a_long_message_is_searched_in_no_time() -> None:
    text = "plants grow and " * 6_250  # 100,000 characters
    first_hit(["warm up"], default_negative(), match="word")
    began = time.process_time()
    assert not first_hit([text], default_negative(), match="word")
    assert time.process_time() - began < 1
