from hypothesis import given
from hypothesis import strategies as st

from clone_pipeline.chats import personal_data
from clone_pipeline.chats.prefilter import BATCH, places_to_look
from clone_pipeline_tests.chats.planted import HARMLESS, PERSONAL, TALK


def test_texts_with_personal_data_are_named_in_order() -> None:
    texts = ["plain talk", *(case.text for case in PERSONAL), "\0", "", "more \ud800 talk"]
    named = dict(places_to_look(texts))
    assert list(named) == list(range(1, len(PERSONAL) + 1))


def test_ordinary_talk_ids_and_links_are_passed() -> None:
    texts = [text for talk in TALK.values() for text in talk]
    texts += ["<@806051234567890123> hi", "@lunawolf42 see https://tenor.com/view/lol-14853210"]
    texts += [":kekw: we meet at 12:30", "so, no", "a good end of 2021 to the 3 of us"]
    assert list(places_to_look(texts)) == []


def test_places_count_on_behind_the_first_batch() -> None:
    texts = ["talk"] * (BATCH + 5) + ["me@example.org"]
    assert [place for place, _ in places_to_look(texts)] == [BATCH + 5]
    assert list(places_to_look([])) == []


@given(st.lists(st.text(max_size=30) | st.sampled_from([c.text for c in PERSONAL]), max_size=8))
def test_what_is_not_named_holds_nothing(texts: list[str]) -> None:
    named = dict(places_to_look(texts))
    for place, text in enumerate(texts):
        if place not in named:
            assert personal_data.find(personal_data.folded(text)) == []


@given(st.lists(st.sampled_from([t for texts in HARMLESS.values() for t in texts]), max_size=5))
def test_hints_change_nothing(texts: list[str]) -> None:
    for place, hints in places_to_look(texts):
        folded = personal_data.folded(texts[place])
        assert personal_data.find(folded, hints=hints) == personal_data.find(folded)
