"""HotShotBot's loops, case by case from its bot.py (watch_comments, watch_submissions)."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clone_pipeline.bots.heard import Heard
from clone_pipeline.bots.hotshot import ranker_input, reply_probability
from clone_pipeline_tests.bots.rule_rows import comment, decided, heard, said, submission

# The example of HotShotBot's configuration (spec 3.1), followup_only apart.
SEED: dict[str, Any] = {
    "style": "hotshot",
    "followup_only": False,
    "reply_chance": 0.1,
    "trigger_words": ["who", "what", "where", "when", "why", "how", "?"],
    "trigger_boost": 0.1,
    "min_reply_score": 0.5,
    "mention_self_frequency": 0.0,
    "followup_frequency": 0.0,
}
WORDS = st.lists(st.text(min_size=1, max_size=4), max_size=8)


@pytest.mark.parametrize(
    ("text", "probability"),
    [
        ("The basil has come up.", 0.1),
        ("Why?", 0.3),
        ("WHY", 0.2),
        ("I show you", 0.2),  # "how" in "show": found inside words
        ("why why why", 0.2),  # a word counts once
        ("who what where when why how ?", 0.8),
    ],
)
def test_each_trigger_word_adds_its_boost(text: str, probability: float) -> None:
    """Spec 3.1: p = reply_chance + boost * hits, lower-cased substrings."""
    decision = decided(comment(text=text), **SEED)
    assert decision.probability == pytest.approx(probability)
    assert decision.reason == "reply_chance"


def test_of_a_submission_title_and_body_are_searched_for_trigger_words() -> None:
    decision = decided(submission(title="Why", text="and how"), **SEED)
    assert decision.probability == pytest.approx(0.3)


@pytest.mark.parametrize(
    ("facts", "settings", "speak", "reason"),
    [
        # followup_only: only answers to the bot; the submission reader is not started
        ({"depth": 1}, {"followup_only": True, "force_top_reply": True}, False, "followup_only"),
        ({"depth": 3}, {"followup_only": True}, False, "followup_only"),
        ({"kind": "submission", "depth": 0}, {"followup_only": True}, False, "followup_only"),
        ({"depth": 1, "parent_is_ours": True}, {"followup_only": True, "reply_chance": 1.0}, True,
         "reply_chance"),
        # top level: forced, else by chance
        ({"depth": 1}, {"force_top_reply": True, "reply_chance": 0.0}, True, "top_reply"),
        ({"depth": 2}, {"force_top_reply": True, "min_reply_score": 0.5}, True, "ranker"),
        # linkpost_only 1: self posts are skipped; 2: links are forced, self posts by chance
        ({"kind": "submission", "depth": 0}, {"linkpost_only": 1}, False, "self_post"),
        ({"kind": "submission", "depth": 0, "is_link": True},
         {"linkpost_only": 1, "reply_chance": 1.0}, True, "reply_chance"),
        ({"kind": "submission", "depth": 0, "is_link": True},
         {"linkpost_only": 2, "reply_chance": 0.0}, True, "link_post"),
        ({"kind": "submission", "depth": 0}, {"linkpost_only": 2, "reply_chance": 1.0}, True,
         "reply_chance"),
        ({"kind": "submission", "depth": 0, "is_link": True},
         {"linkpost_only": 2, "followup_only": True}, False, "followup_only"),
    ],
)  # fmt: skip
def test_the_loops_decide_as_hotshotbot_does(
    facts: dict[str, Any], settings: dict[str, Any], speak: bool, reason: str
) -> None:
    """Spec 3.1, "Comment loop" and "Submission loop", and linkpost_only of the later code."""
    decision = decided(comment(**facts), **SEED | settings)
    assert (decision.speak, decision.reason) == (speak, reason)


def test_a_deeper_comment_waits_for_the_ranker_and_names_the_score() -> None:
    decision = decided(comment(depth=2), **SEED | {"min_reply_score": 0.7})
    assert (decision.speak, decision.ranked, decision.probability) == (True, 0.7, None)


def test_without_a_ranker_deeper_comments_go_by_chance_and_answers_by_followup() -> None:
    without: dict[str, Any] = SEED | {"min_reply_score": None, "followup_frequency": 0.6}
    assert decided(comment(depth=2), **without).probability == pytest.approx(0.1)
    decision = decided(comment(depth=2, parent_is_ours=True), **without)
    assert (decision.probability, decision.reason) == (0.6, "followup")


@pytest.mark.parametrize(("words", "reason"), [(500, "ranker"), (501, "too_long_to_rank")])
def test_the_ranker_reads_at_most_a_thousand_words(words: int, reason: str) -> None:
    """Spec 3.1: the input needs < 1000 words; bot.py, words_below: at most 1,000 are.

    The separator glues the last word before it to the first behind it.
    """
    parent = said("soil " * 500 + "ends")
    message = comment(depth=2, text="leaf " * (words - 1) + "falls", context=(parent,))
    assert decided(message, **SEED).reason == reason


def test_the_ranker_is_given_what_is_answered_a_separator_and_the_message() -> None:
    message = comment(context=(said("first"), said("Water it.")), text="How often?")
    assert ranker_input(message) == "Water it.<|endoftext|>How often?"


@pytest.mark.parametrize("kind", ["comment", "submission", "message"])
def test_who_names_the_bot_is_answered_even_with_followup_only(kind: str) -> None:
    message = heard(platform="reddit", kind=kind, depth=2, to_us=True, title="Basil")
    settings: dict[str, Any] = {
        "style": "hotshot",
        "linkpost_only": 1,
        "mention_self_frequency": 1.0,
    }
    decision = decided(message, **settings)
    assert (decision.speak, decision.reason) == (True, "mentioned")


@pytest.mark.parametrize("message", [comment(to_us=True), submission(to_us=True)])
def test_to_name_the_bot_never_lowers_the_probability(message: Heard) -> None:
    rare = SEED | {"reply_chance": 0.4, "mention_self_frequency": 0.3}
    assert decided(message, **rare).probability == pytest.approx(0.4)


def test_in_a_chat_nothing_is_forced_or_ranked_and_answers_go_by_the_higher_chance() -> None:
    settings: dict[str, Any] = SEED | {"force_top_reply": True, "followup_frequency": 0.6}
    assert decided(heard(), **settings).probability == pytest.approx(0.1)
    assert decided(heard(parent_is_ours=True), **settings).probability == 0.6
    often = settings | {"reply_chance": 0.8}
    assert decided(heard(parent_is_ours=True), **often).probability == pytest.approx(0.8)


@given(st.text(max_size=60), WORDS, WORDS, st.floats(0, 1), st.floats(0, 1))
def test_more_trigger_words_never_lower_the_probability(
    text: str, words: list[str], more: list[str], chance: float, boost: float
) -> None:
    given_words = {"reply_chance": chance, "trigger_boost": boost}
    few = reply_probability(text, trigger_words=words, **given_words)
    many = reply_probability(text, trigger_words=words + more, **given_words)
    assert 0 <= few <= many <= 1
