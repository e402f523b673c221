from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from clone_pipeline.chats.cleaning import (
    REASONS,
    Batch,
    CleaningSettings,
    cleaner,
)
from clone_pipeline.chats.conversation_rules import conversation_rules
from clone_pipeline_tests.chats.cleaned import ALL_OFF, batch, cleaned, in_pieces

LONG = "a message that is well above forty characters long, truly"
PIECES = (
    *(
        "hi",
        "lol",
        "haha",
        "@anna",
        "@everyone",
        "<@123>",
        "<:pepe:1>",
        ":x:",
        "https://a.example/b",
    ),
    *(
        "```",
        "`x`",
        "> ",
        ">>> ",
        "\n",
        "\t",
        "\u00a0",
        "\u200b",
        " ",
        "  ",
        "!play",
        "pls meme",
        "x@y",
    ),
    *(
        "no!!!!!",
        "Ünder",
        "😂",
        "𝓱",
        "[a](https://a.example)",
        "www.x.org",
        "welcome",
        "^",
        "# .",
        LONG,
    ),
    *(
        "(",
        ")",
        "<",
        ">",
        "@",
        ":",
        "/start",
        "a, ,b",
        "buy it now for free ",
        "\ud800",
        "привет",
        "你好",
    ),
)
TEXTS = st.lists(st.sampled_from(PIECES), max_size=6).map("".join) | st.text(max_size=50)
SWITCHES = [name for name, value in CleaningSettings() if isinstance(value, bool)]
SETTINGS = st.fixed_dictionaries(
    {},
    optional={
        **{name: st.booleans() for name in SWITCHES},
        "links": st.sampled_from(["shorten", "remove", "placeholder", "keep"]),
        "custom_emoji": st.sampled_from(["name", "remove", "keep"]),
        "min_chars": st.integers(0, 4),
        "max_chars": st.sampled_from([0, 20, 8000]),
        "non_responses": st.sampled_from([(), ("lol", "haha", "^")]),
        "blocked_words": st.sampled_from([(), ("play", "你好")]),
        "command_prefixes": st.sampled_from([(), ("pls",)]),
        "spam_repeats": st.sampled_from([0, 2, 3]),
        "spam_window": st.integers(1, 5),
        "near_duplicate_chars": st.sampled_from([1, 5, 40]),
        "kinds": st.fixed_dictionaries(
            {}, optional={"image": st.sampled_from(["drop", "placeholder", "caption"])}
        ),
    },
)
KINDS = ("text",) * 8 + ("image", "system", "bot", "link", "deleted")


@st.composite
def batches(draw: st.DrawFn) -> Batch:
    texts = draw(st.lists(TEXTS, max_size=25))
    kinds = [draw(st.sampled_from(KINDS)) for _ in texts]
    return batch(texts, kinds, [draw(st.sampled_from("ab")) for _ in texts])


@settings(max_examples=150, deadline=None)
@given(given=batches(), chosen=SETTINGS)
def test_every_message_is_kept_or_counted_under_one_known_reason(
    given: Batch, chosen: dict[str, Any]
) -> None:
    clean = cleaner(names=["anna"], **chosen)
    places, texts = clean(given)
    assert len(places) + clean.dropped.total() == len(given.texts)
    assert places == sorted(set(places))
    assert len(places) == len(texts)
    assert all(text == text.strip() != "" for text in texts)
    assert set(clean.dropped) <= set(REASONS)
    assert all(clean.dropped.values())


@settings(max_examples=100, deadline=None)
@given(given=batches(), chosen=SETTINGS, data=st.data())
def test_where_batches_end_makes_no_difference(
    given: Batch, chosen: dict[str, Any], data: st.DataObject
) -> None:
    cuts = data.draw(st.lists(st.integers(0, len(given.texts)), max_size=4))
    whole, parts = cleaner(**chosen), cleaner(**chosen)
    assert whole(given) == in_pieces(parts, given, cuts)
    assert whole.dropped == parts.dropped


@settings(max_examples=200, deadline=None)
@given(given=st.lists(TEXTS, max_size=20), chosen=SETTINGS)
def test_cleaning_clean_texts_changes_nothing(given: list[str], chosen: dict[str, Any]) -> None:
    alone = {**chosen, "exact_duplicates": False, "near_duplicates": False, "spam_repeats": 0}
    once, _ = cleaned(given, names=["anna"], **alone)
    assert cleaned(once, names=["anna"], **alone) == (once, {})


@pytest.mark.parametrize("name", SWITCHES)
@given(given=st.lists(TEXTS, max_size=10))
@settings(max_examples=20, deadline=None)
def test_a_single_rule_may_be_applied_twice(name: str, given: list[str]) -> None:
    once, _ = cleaned(given, **{**ALL_OFF, name: True})
    twice, _ = cleaned(once, **{**ALL_OFF, name: True})
    assert once == twice


@given(given=st.lists(TEXTS, max_size=20))
def test_rules_that_are_off_change_nothing(given: list[str]) -> None:
    stripped = [text.strip() for text in given]
    kept, dropped = cleaned(given, **ALL_OFF)
    assert kept == [text for text in stripped if text]
    assert dropped == ({"empty": stripped.count("")} if "" in stripped else {})


@pytest.mark.parametrize(
    "text",
    [
        *(
            "ok",
            "k",
            "no",
            "?",
            "papa",
            "hi",
            "Hi!",
            "hiiii",
            "ja",
            "👍",
            "...",
            "+1",
            "$5",
            "nooooo",
        ),
        *(
            "lol that is so you",
            "I said: wait  ... what",
            "Crème brûlée !",
            "see #general, C# 3 > 2",
        ),
        *("well ^^ yes", ":) :D <3", "10:30:15", "naïve 😂😂😂", "*waves*", "/me waves", ">be me"),
    ],
)
def test_what_people_say_is_left_as_it_is(text: str) -> None:
    assert cleaned([text]) == ([text], {})


@pytest.mark.parametrize("text", ["", "  \n", "\u200b", "@", "https://a.example", "```x = 1```"])
def test_what_holds_no_words_is_empty(text: str) -> None:
    assert cleaned([text]) == ([], {"empty": 1})


@pytest.mark.parametrize("kind", ["system", "bot", "image", "sticker", "call", "link", "deleted"])
def test_a_kind_that_is_no_text_is_dropped_by_its_name(kind: str) -> None:
    assert cleaned(["whatever"], of_kinds=[kind]) == ([], {kind: 1})


def test_a_call_is_judged_before_it_is_taken_out() -> None:
    texts = ["@Dora Lee", "https://a.example/x @Ben", "@Ben ```x```", "<@1> @Ben", "@Ben hello"]
    assert cleaned(texts, names=["dora lee"]) == (["Ben hello"], {"ping": 4})


def test_a_joke_is_learnt_once_and_a_flood_not_at_all() -> None:
    texts = [LONG, LONG, LONG.upper() + "!!", *["buy"] * 5, "good morning", "good morning"]
    authors = ["a", "b", "a", *["c"] * 5, "a", "b"]
    kept, dropped = cleaned(texts, authors=authors)
    assert kept == [LONG, "buy", "buy", "good morning", "good morning"]
    assert dropped == {"exact_duplicate": 1, "near_duplicate": 1, "spam": 3}


def test_half_a_pair_of_surrogates_is_no_fault() -> None:
    assert cleaned(["broken \ud83d off", LONG + "\ud83d", LONG + "\ud83d"])[1] == {
        "exact_duplicate": 1
    }


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"ender": "eat"}, "ender"),
        ({"small_message_chars": -1}, "small_message_chars"),
        ({"links": "eat"}, "links"),
        ({"blocked_words": [""]}, "blocked_words"),
        ({"kinds": {"system": "caption"}}, "system"),
        ({"kinds": {"link": "caption"}}, "kinds.link"),
        ({"spam_repeats": 1}, "spam_repeats"),
        ({"near": True}, "near"),
    ],
)
def test_wrong_settings_are_refused(wrong: dict[str, Any], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        cleaner(**wrong)


def test_false_switches_every_rule_off() -> None:
    off: dict[str, Any] = dict.fromkeys(CleaningSettings.model_fields, False)
    for name in ("kinds", "toxicity_classifier", "toxicity_threshold", "language_chars"):
        del off[name]
    for name in ("spam_window", "near_duplicate_chars"):
        del off[name]
    assert cleaned(["@everyone lol", "!play", LONG, LONG], **off)[1] == {}
    assert conversation_rules(**off)(["gtg"]) == (1, "")


def test_a_small_conversation_of_short_messages_is_dropped() -> None:
    rules = conversation_rules()
    assert rules(["a word"] * 4) == (0, "low_quality_conversation")
    assert rules(["a word"] * 5) == (5, "")
    assert rules(["a word", LONG]) == (2, "")
    assert conversation_rules(small_conversation_messages=0)(["a word"]) == (1, "")
    assert rules([]) == (0, "")


@pytest.mark.parametrize(
    "text",
    ["gtg", "ok gtg, mum calls", "I’m going to sleep", "im going to sleep now", "cya!", "GN all"],
)
def test_a_conversation_with_a_goodbye_is_dropped_cut_or_kept(text: str) -> None:
    texts = [LONG, text, "wait, one more thing"]
    assert conversation_rules()(texts) == (0, "conversation_with_ender")
    assert conversation_rules(ender="cut_after")(texts) == (2, "after_ender")
    assert conversation_rules(ender="cut_after")(texts[:2]) == (2, "")
    assert conversation_rules(ender="keep")(texts) == (3, "")
    assert conversation_rules(enders=[])(texts) == (3, "")


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    "piece",
    [
        *(
            "@",
            "@a ",
            "<@",
            "<@1>",
            "<:a:",
            ":a",
            "```",
            "`",
            "> ",
            ">",
            "https://",
            "http",
            "[",
            "](h",
        ),
        *(
            "[a](https://x",
            "!",
            "ha",
            "lo",
            "a",
            " ",
            "\t",
            "\n",
            "\u00a0",
            "_",
            ".",
            ",",
            "a,",
            "(",
            "()",
        ),
        *(
            "é",
            "😂",
            "\u0301",
            "buy now and win ",
            "^",
            "pls ",
            "://",
            "a://!",
            "@everyone",
            "1:",
            "<t:1",
        ),
    ],
)
def test_a_million_adversarial_signs_take_seconds_at_most(piece: str) -> None:
    size = 1_000_000 if piece != "😂" else 50_000  # their names are 30 times as long
    text = piece * (size // len(piece))
    everything: dict[str, Any] = {
        **dict.fromkeys(SWITCHES, True),
        "max_chars": 0,
        "blocked_words": ["zebra"],
    }
    cleaned([f"x {text} x"], **everything, custom_emoji="remove")
    cleaned([text], max_chars=0)
