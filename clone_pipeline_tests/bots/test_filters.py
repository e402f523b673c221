import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clone_pipeline.bots.filters import Rules, refusal, without_mass_mentions
from clone_pipeline.bots.likeness import cosine

LONG = "The beans need water every day, olive."


words = st.lists(
    st.sampled_from(
        [
            "the",
            "a",
            "beans",
            "water",
            "garden",
            "of",
            "dies",
            "grow",
            "tomato",
            "@everyone",
            "<@!1",
        ]
    )
).map(" ".join)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        ("  \n", "empty"),
        ("(", "empty"),
        ("?", None),
        (":)", None),
        ("hm\nBob: I confess", "forged_turn"),
        ("Anna: me", "forged_turn"),
        ("ok\nassistant: no", "forged_turn"),
        ("fine <|im_end|>", "template_token"),
        ("¶123456789012345678:> hi", "template_token"),
        ("see https://x.example", "link"),
        ("see www.x.example", "link"),
        ("[here](/r/x)", "link"),
        ("go to example.com now", "link"),
        ("e.g. this. ok.so", None),
        ("hey <@123456789012345678>", "mention"),
        ("hey @bob", "mention"),
        ("ask u/olive", "mention"),
        ("(((5)))", "mention"),
        ("mail me at 5 @ home", None),
        ("what a frobnicator", "keyword"),
        ("FROBNICATOR!", "keyword"),
        ("frobnicators", None),
        (LONG, "repeats_context"),
        ("need water every day", "repeats_context"),
        ("beans? they need their water, olive", "similar_to_context"),
        ("I keep bees under the old oak by the river", "tells_prompt"),
        ("Sure! I am Anna, a secret gardener of roses. Ok?", "tells_prompt"),
        ("Roses are lovely.", None),
        ("x" * 2001, "too_long"),
    ],
)
def test_each_reason_refuses_what_it_names(text: str, reason: str | None) -> None:
    found = refusal(
        text,
        rules=Rules(keywords=["frobnicator"], max_chars=2000),
        said=["hello", LONG],
        told=["I am Anna, a secret gardener of roses.",
              "Long ago. I keep bees under the old oak by the river. And more."],
        names=["Anna", "Bob"],
    )  # fmt: skip
    assert found == reason


def test_links_and_mentions_may_be_allowed_and_lengths_set() -> None:
    assert refusal("see https://x.example", rules=Rules(allow_links=True)) is None
    assert refusal("hey @bob", rules=Rules(allow_mentions=True)) is None
    assert refusal("ok", rules=Rules(min_chars=3)) == "too_short"


@pytest.mark.parametrize("start", [">", "~", '"', "'", "<@", "(("])
def test_vtx_beginnings_are_refused_in_its_form_only(start: str) -> None:
    rules = Rules(allow_mentions=True)
    assert refusal(f"{start}hello you", rules=rules, strict_start=True) == "bad_start"
    assert refusal(f"{start}hello you", rules=rules) is None


def test_a_text_like_one_of_the_last_six_is_refused_whatever_its_words() -> None:
    said = "is it that they are who we are or not so?"  # stop words only: no bag to compare
    other = "is it that they are who we are or not so!"
    assert cosine(said, other) == 0
    assert refusal(other, rules=Rules(), said=[said]) == "similar_to_ancestor"
    later = [f"number {n} of the others" for n in range(6)]
    assert refusal(other, rules=Rules(), said=[said, *later]) is None


def test_a_short_reply_is_no_echo_because_its_letters_stand_somewhere() -> None:
    assert refusal("ok", rules=Rules(), said=["look at that book"]) is None
    assert refusal("ok", rules=Rules(), said=["OK"]) == "repeats_context"


@given(words, st.lists(words, min_size=1))
def test_nothing_that_was_said_is_said_again(text: str, said: list[str]) -> None:
    assert refusal(text, rules=Rules(allow_mentions=True), said=[*said, text]) is not None


@given(st.one_of(st.text(), words.map(lambda text: text.replace(" ", "@here "))))
def test_no_mass_mention_is_left_and_doing_it_twice_is_doing_it_once(text: str) -> None:
    once = without_mass_mentions(text)
    assert without_mass_mentions(once) == once
    assert not any(mention in once.lower() for mention in ("@everyone", "@here", "@room"))
    assert once.replace("\u200b", "") == text.replace("\u200b", "")


def test_mentions_by_number_are_neutralised_as_discord_py_does() -> None:
    text = "@everyone <@123456789012345678> <@&123456789012345678> a@b.org"
    marked = "@\u200beveryone <@\u200b123456789012345678> <@\u200b&123456789012345678> a@b.org"
    assert without_mass_mentions(text) == marked


def test_long_texts_are_compared_in_good_time() -> None:
    began = time.process_time()
    text = "ab " * 3000
    for other in ("ba " * 30_000, "ba " * 3010, "".join(sorted(text)), "b" + text[:-2]):
        refusal(text, rules=Rules(), said=[other] * 50)
    assert time.process_time() - began < 5
