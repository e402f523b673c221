"""Whom a line speaks to."""

import pytest

from clone_pipeline.chats.threads_names import addressees

PEOPLE = {"1": "Anna Kern", "2": "Ben", "3": "Cleo 🌸", "4": "_dan_", "5": "Ben-Luca", "6": "Will"}


def to(text: str, *, author: str = "4") -> str:
    """The addressee of a line among lines of everybody."""
    rows = [(key, name, "hm") for key, name in PEOPLE.items()] + [(author, PEOPLE[author], text)]
    authors, names, texts = (list(column) for column in zip(*rows, strict=True))
    return addressees(authors, names, texts)[-1]


@pytest.mark.parametrize(
    "text",
    ["Anna: yes", "anna, yes", "@Anna yes", "Anna yes", "ANNA!", "well, @anna.", "thanks Anna",
     "@Anna Kern: yes", "see you tomorrow Anna!"],
)  # fmt: skip
def test_a_name_at_the_start_a_mention_and_a_last_word_speak_to_someone(text: str) -> None:
    assert to(text) == "1"


@pytest.mark.parametrize(
    "text",
    ["yes", "", "   ", "I saw Anna on the train yesterday", "annabel, yes", "mail a@nna.org",
     "did you tell any of them, I mean Anna", "Will you come?", "?!", "@", "_dan_: note to self"],
)  # fmt: skip
def test_other_lines_speak_to_nobody(text: str) -> None:
    assert to(text) == ""


def test_names_are_found_without_their_decoration_but_not_without_their_letters() -> None:
    assert to("cleo: hi") == "3"
    assert to("ben-luca: hi") == "5"
    assert to("ben: hi") == "2"
    assert to("_dan_: hi", author="2") == "4"


def test_a_name_that_two_share_calls_neither() -> None:
    assert (
        addressees(["1", "2", "3"], ["Anna K", "Anna B", "C"], ["x", "x", "Anna: hi"]) == [""] * 3
    )
