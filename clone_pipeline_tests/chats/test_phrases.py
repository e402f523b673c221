import pytest

from clone_pipeline.chats.phrases import goodbye, squeezed


@pytest.mark.parametrize(
    ("text", "bare"), [("LOOOL!!", "lol"), ("hahaha", "ha"), ("???", "?"), ("", "")]
)
def test_repeats_case_and_edges_do_not_count(text: str, bare: str) -> None:
    assert squeezed(text) == bare
    assert squeezed(squeezed(text)) == bare


def test_a_goodbye_is_whole_words_in_a_short_message() -> None:
    says = goodbye(["gtg", "i'm off"])
    assert says("ok GTG")
    assert says("I’m off!")
    assert not says("gtgs")
    assert not says("gtg " * 9)
