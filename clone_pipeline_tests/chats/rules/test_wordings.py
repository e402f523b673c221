import pytest

from clone_pipeline.chats.phrases import NON_RESPONSES
from clone_pipeline.chats.rules.wordings import non_responses, welcomes, with_words


@pytest.mark.parametrize(
    "text",
    [
        *(
            "lol",
            "LOOOL!!",
            "lmao",
            "gg",
            "hahahaha",
            "Haha.",
            "xD",
            "^^",
            "^",
            "hihi",
            "hihihi!",
            "HAHA",
        ),
        *("lol 😂", "*lol*", "jajaja", "hehe"),
    ],
)
def test_a_non_response_is_found(text: str) -> None:
    assert non_responses(NON_RESPONSES).places([text]) == [0]


@pytest.mark.parametrize(
    "text",
    ["hi", "hiii", "Hi!", "ja", "jaaa", "he", "lol no", "ok", "", "?", "papa", "good", "x", "😂"],
)
def test_an_answer_is_none(text: str) -> None:
    assert non_responses(NON_RESPONSES).places([text]) == []


def test_a_word_that_is_listed_itself_counts_though_its_double_does_too() -> None:
    assert non_responses(["hi", "hihi"]).places(["hi", "hihi", "hii"]) == [0, 1, 2]


def test_welcomes_are_found_anywhere() -> None:
    assert welcomes().places(["You're WELCOME", "welc", "welch", ""]) == [0, 1]


def test_words_are_found_whole_or_as_they_stand_where_no_spaces_are_written() -> None:
    found = with_words(["cat", "red  fox", "密码", "c++"], reason="blocked_word")
    texts = ["a CAT!", "cats", "the red fox", "red\nfox", "我的密码是", "c++ is", "c+", ""]
    assert found.places(texts) == [0, 2, 3, 4, 5]
    assert found.reason == "blocked_word"
