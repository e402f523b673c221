"""The changes of a few lines each; docs/cleaning.md has an example of every one."""

import pytest

from clone_pipeline.chats.rules import plainer
from clone_pipeline.chats.rules.at_signs import without_at_signs
from clone_pipeline.chats.rules.code_blocks import without_code_blocks
from clone_pipeline.chats.rules.markup import named_emoji, without_custom_emoji, without_mentions
from clone_pipeline.chats.rules.quotes import without_quotes
from clone_pipeline.chats.rules.spaces import without_odd_spaces


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        *(
            ("a ```x``` b", "a b"),
            ("```x", ""),
            ("a ```py\nx\n```", "a"),
            ("`x` ``y``", "`x` ``y``"),
        ),
        ("one\n```\nx\n```\ntwo\n```y```\nthree", "one\ntwo\nthree"),
    ],
)
def test_blocks_of_code_go_even_if_they_are_never_closed(text: str, rest: str) -> None:
    assert without_code_blocks(text) == rest


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        *(
            ("> a\nb", "b"),
            ("a\n> b\nc", "a\nc"),
            ("> a", ""),
            ("a > b", "a > b"),
            (">be me", ">be me"),
        ),
        *(("x\n>>> all\nthe rest", "x"), ("-> there", "-> there"), ("> a\n\n> b\nc", "c")),
    ],
)
def test_quoted_lines_go_and_signs_of_other_use_stay(text: str, rest: str) -> None:
    assert without_quotes(text) == rest


def test_markup_goes_and_emoji_keep_their_names() -> None:
    assert without_mentions("<@!1> hi <#2> <@&3> <t:16:R> </play:4> <id:guide> a<b>c") == "hi a<b>c"
    assert named_emoji("<:a_b:1><a:c:2> <b:3>") == ":a_b::c: <b:3>"
    text = "x <:ab:12> :b_c: 10:30:15 :) a::b :1:"
    assert without_custom_emoji(text) == "x 10:30:15 :) a::b :1:"


def test_every_at_sign_goes_and_words_stay_apart() -> None:
    assert without_at_signs("@Ben hi  there") == "Ben hi  there"
    assert without_at_signs("root@home, 10 @ night @@") == "root home, 10 night"


def test_odd_spaces_become_plain_and_joined_emoji_stay_joined() -> None:
    assert without_odd_spaces("a\u00a0b\u3000c\u200bd\u202ee\x07") == "a b cde"
    assert without_odd_spaces("👩\u200d💻 خانه\u200cها\n") == "👩\u200d💻 خانه\u200cها\n"


def test_what_clean_discord_takes_out_besides() -> None:
    assert plainer.without_laughter("hahaha ahaha lool lollipop aha so") == "lollipop aha so"
    assert plainer.without_rare_signs("Ünder привет 你 1+1 “x” ⇒ ∞ 👍🏽 ♥") == (
        "Ünder привет 你 1+1 “x” 👍🏽 ♥"
    )
    assert plainer.without_long_repeats("nooooo!!!!! a;;b ___ -- oooh") == "nooo!!! a;b __ - oooh"
    assert plainer.without_space_before_punctuation("yes ! no ? :) a .b") == "yes! no? :) a .b"
    assert plainer.without_leading_signs("!.. well, ok") == "well, ok"
    assert plainer.without_leading_signs("...") == "..."
    assert plainer.emoji_as_names("hi 👍🏽❤️ é") == "hi :thumbs_up_sign::heavy_black_heart: é"
