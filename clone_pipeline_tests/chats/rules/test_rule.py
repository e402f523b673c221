from hypothesis import given
from hypothesis import strategies as st

from clone_pipeline.chats.rules.rule import NOT_ASCII, Change, bring_to_rest, closed, marked

HALVE = Change("halve", "aa", lambda text: text.replace("aa", "a"))
UNBRACE = Change("unbrace", "(", lambda text: text.replace("(a)", " aa "))


def test_changes_follow_one_another_until_nothing_changes() -> None:
    texts = ["aaaaaaaa", "(aa)", "b", "", "((aa))"]
    bring_to_rest(texts, [HALVE, UNBRACE])
    assert texts == ["a", "a", "b", "", "( a )"]


def test_a_change_sees_only_texts_with_its_sign() -> None:
    seen: list[str] = []

    def look(text: str) -> str:
        seen.append(text)
        return text

    every = [
        Change("any", "", look),
        Change("accent", NOT_ASCII, lambda text: text.replace("é", "e")),
    ]
    texts = ["a", "é"]
    bring_to_rest(texts, every)
    assert texts == ["a", "e"]
    assert seen == ["a", "é", "e"]


def test_only_texts_that_may_change_are_looked_at() -> None:
    texts = ["plain", "@a", "a:b", "`", ">", "\t", "é", ""]
    assert marked(texts, [Change("links", "://", str)]) == [1, 2, 3, 4, 5, 6]
    assert marked(texts, [Change("laughter", "", str)]) == [0, 1, 2, 3, 4, 5, 6]


@given(st.text(alphabet="a \n()<>[]"))
def test_no_gap_is_left(text: str) -> None:
    found = closed(text)
    assert "  " not in found
    assert "\n\n\n" not in found
    assert "\n " not in found
    assert found == found.strip()
