import pytest
from hypothesis import given
from hypothesis import strategies as st

from clone_pipeline.chats.renaming import also_words, replacer

NAMES = {
    "Zed Okafor": "Mira",
    "zed_o": "Mira",
    "★Zofka★": "Otto",
    "Will": "Nora",
    "May": "Pia",
    "cat": "Uwe",
    "小明": "Kofi",
    "The Real Deal": "Vasil",
    "Al": "Ewa",
    "[PHONE_1]": "Rolf",
    "Phone": "Rolf",
    "Rose": "Ida",
    "Will Marlow": "Nora",
}


@pytest.mark.parametrize(
    ("text", "renamed"),
    [
        ("hey Zed Okafor!", "hey Mira!"),
        ("hey zed, ZED's here", "hey Mira, Mira's here"),
        ("Okafor? @zed_o @Zed Okafor", "Mira? @Mira @Mira"),
        ("Zedekiah zeds it", "Zedekiah zeds it"),
        ("zofka and ★Zofka★", "Otto and ★Otto★"),
        ("Will you? I will. Will", "Will you? I will. Will"),
        ("I saw Will and may tell May", "I saw Nora and may tell Pia"),
        ("@will @May", "@Nora @Pia"),
        ("the cat sat. The Cat. @cat", "the cat sat. The Cat. @Uwe"),
        ("我和小明去", "我和Kofi去"),
        ("the real deal, the deal", "Vasil, the deal"),
        ("al fresco Al @al", "al fresco Al @Ewa"),
        ("[PHONE_1] rang", "[PHONE_1] rang"),
        ("Zed", "Mira"),
        ("see Will Marlow, Will? yes, Rose, Marlow", "see Nora, Nora? yes, Ida, Nora"),
        ("", ""),
    ],
)
def test_people_are_renamed_where_they_are_named(text: str, renamed: str) -> None:
    assert replacer(NAMES)([text]) == [renamed]


def test_a_persona_s_name_and_its_words_stay() -> None:
    rename = replacer({"Anna Berg": "Mira", "Ute Kern": "Otto"}, keep=["Anna Kern"])
    assert rename(["Anna, Kern, Anna Berg, Berg, Ute"]) == ["Anna, Kern, Mira, Mira, Otto"]


def test_names_that_are_words_are_told() -> None:
    assert also_words(NAMES) == ["Al", "May", "Phone", "Rose", "Will", "cat"]


def test_nobody_to_rename_changes_nothing() -> None:
    assert replacer({})(["Ben"]) == ["Ben"]


words = st.sampled_from(["zed", "Zed", "Okafor", "will", "小明", "@", " ", ".", "x", "_", "★"])
texts = st.lists(words | st.text(max_size=3), max_size=8).map("".join)


@given(st.dictionaries(texts, st.just("Mira")), st.lists(texts), st.sets(texts))
def test_any_names_and_texts_give_as_many_texts(
    names: dict[str, str], listed: list[str], keep: set[str]
) -> None:
    assert len(replacer(names, keep=keep)(listed)) == len(listed)


@given(st.lists(texts))
def test_renaming_twice_is_renaming_once(listed: list[str]) -> None:
    rename = replacer({"Zed Okafor": "Mira", "小明": "Kofi"})
    once = rename(listed)
    assert rename(once) == once


@pytest.mark.parametrize(
    ("text", "renamed"),
    [
        ("holgers list and Brandts key", "Coras list and Coras key"),
        ("James, jame", "Ida, Uwe"),
        ("ask Rose, she and May know", "ask Pia, she and Pia know"),
        ("Rose. may be a rose", "Rose. may be a rose"),
        ("the bot told the Customer support", "the bot told the Noor support"),
        ("maras and Mara", "maras and Mara"),
    ],
)
def test_names_with_an_s_and_names_of_two_words_are_replaced(text: str, renamed: str) -> None:
    names = {"Holger Brandt": "Cora", "Rose May": "Pia", "Jame": "Uwe", "James": "Ida"}
    names |= {"bot": "Rolf", "Customer": "Noor", "Mara Klein": "Ewa"}
    assert replacer(names, keep=["Mara"])([text]) == [renamed]


def test_the_words_of_a_name_that_are_words_are_told() -> None:
    assert also_words({"Rose May": "Pia", "The Real Deal": "Vasil"}) == ["May", "Rose"]
