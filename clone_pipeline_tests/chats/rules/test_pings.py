import pytest

from clone_pipeline.chats.rules.pings import pings, pings_of_everybody

NAMES = frozenset({"dora lee", "ben"})


@pytest.mark.parametrize(
    "text",
    ["@Ben", "@someone", "<@123>", "<@!123> <#4>", "@a @b", "@Dora Lee", "@a <@1>", "<@1> @b"],
)
def test_a_single_ping_is_found(text: str) -> None:
    assert pings(NAMES).places([text]) == [0]


@pytest.mark.parametrize(
    "text", ["@Ben hi", "@Dora Leo", "<3", "@", "hi @Ben", "<b> @a", "", "@a b @c"]
)
def test_words_beside_a_ping_make_a_message(text: str) -> None:
    assert pings(NAMES).places([text]) == []


def test_pings_of_everybody_are_found_anywhere() -> None:
    texts = ["@everyone look", "come @here now", "@hereford", "everyone", "a@here.example", ""]
    assert pings_of_everybody().places(texts) == [0, 1, 4]
