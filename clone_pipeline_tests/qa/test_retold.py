import pytest
from hypothesis import given
from hypothesis import strategies as st

from clone_pipeline.qa.retold import is_copy, is_too_short, retold

SOURCE = (
    "The ferry Alma sails twice a day, at nine and at two. The crossing takes 25 minutes. "
    "It does not sail when the wind is above force seven; then two black balls hang at the pier. "
    "A single ticket costs seven crowns."
)
OTHER = (
    "Twice daily, at nine in the morning and two in the afternoon, the Alma crosses in less than "
    "half an hour; strong wind keeps her in port, which black balls at the pier announce."
)


@pytest.mark.parametrize(
    "reply",
    [
        OTHER,
        f"Here is the rewritten article:\n\n{OTHER}",
        f"Sure! Here's a summary of the text:\n{OTHER}",
        f"<think>I need to be short.</think>\n{OTHER}",
        f"```\n{OTHER}\n```",
        f"{OTHER}\n\n---",
    ],
)
def test_what_stands_around_a_text_is_left_out(reply: str) -> None:
    assert retold(reply, source=SOURCE) == (OTHER, None)


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        ("", "empty"),
        (" \n---\n", "empty"),
        ("<think>All night long", "empty"),
        (SOURCE, "copied"),
        (SOURCE.upper().replace(",", ""), "copied"),
        ("The crossing takes 25 minutes.", "copied"),
        (f"{SOURCE} Bring a coat.", "copied"),
        ("I can't summarize this text.", "refused"),
        ("I'm sorry, but I can't help with that.", "refused"),
        ("I am unable to rewrite this.", "refused"),
        ("As an AI, I have no opinion.", "refused"),
        ("Please provide the text that you want me to rewrite.", "refused"),
        ("The text was not provided.", "refused"),
        (f"{OTHER}\n```\nsail", "cut_off"),
    ],
)
def test_a_reply_that_is_no_new_text_has_a_reason(reply: str, reason: str) -> None:
    assert retold(reply, source=SOURCE)[1] == reason


def test_a_cut_off_reply_is_not_used() -> None:
    assert retold(OTHER, source=SOURCE, cut_off=True)[1] == "cut_off"


def test_a_summary_is_shorter_than_its_text() -> None:
    assert retold(f"{OTHER} {OTHER}", source=SOURCE, shorter=True)[1] == "not_shorter"
    assert retold(OTHER, source=SOURCE, shorter=True)[1] is None


def test_a_text_that_begins_like_a_refusal_may_be_told_again_so() -> None:
    source = "I can't help it, said the captain, and cast off into the storm with all hands."
    assert retold("I can't help it, she said, casting off.", source=source)[1] is None


@pytest.mark.parametrize(
    "told",
    [
        "I can see the island from my window, and it is blue in the morning.",
        "Sorry seems to be the hardest word for the captain of the Alma.",
        "Unfortunately for the fishermen, the wind rose.",
        "There is no pier in Hove.",
        "Here is where the ferry lands:\nat the pier.",
    ],
)
def test_plain_sentences_are_no_refusals(told: str) -> None:
    assert retold(told, source=SOURCE) == (told, None)


@given(st.text(), st.text(max_size=80))
def test_any_reply_is_a_text_or_has_a_reason_and_a_copy_never_passes(
    reply: str, source: str
) -> None:
    said, reason = retold(reply, source=source)
    if reason is None:
        assert said.strip() == said != ""
        assert not is_copy(said, source=source)
    assert retold(source, source=source)[1] is not None


def test_little_but_headings_is_too_short() -> None:
    assert is_too_short("# The ferry to Hove and back again\n\nSee [1].")
    assert not is_too_short("The ferry sails at nine and at two.")
    assert is_too_short("The ferry sails at nine and at two.", summed_up=True)
