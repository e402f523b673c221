"""The gates: each closes by itself, and the first of those that are closed gives the reason."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from clone_pipeline.bots.heard import Heard
from clone_pipeline.bots.history import History
from clone_pipeline_tests.bots.rule_rows import NOON, comment, decided, heard, said

SLUR = "heil hitler"
# In the documented order: reason, what is heard, history, settings. They are closed one by one.
GATES: list[tuple[str, dict[str, Any], dict[str, Any], dict[str, Any]]] = [
    ("ours", {"ours": True}, {}, {}),
    ("blocked_user", {}, {}, {"block_users": ["anna"]}),
    ("unlisted_user", {}, {}, {"allow_users": ["ben"]}),
    ("blocked_channel", {}, {}, {"block_channels": ["garden"]}),
    ("unlisted_channel", {}, {}, {"allow_channels": ["kitchen"]}),
    ("stopped", {}, {"stopped": True}, {}),
    ("already_answered", {}, {"answered": True}, {}),
    ("locked", {"locked": True}, {}, {}),
    ("deleted", {}, {"deleted": True}, {}),
    ("ignored_start", {"text": f"!{SLUR} x"}, {}, {"ignored_starts": ["!"]}),
    ("negative_keyword", {"text": f"!{SLUR} x"}, {}, {}),
    ("filter", {"title": "My Grandma"}, {}, {"filter": ["grandma"]}),
    ("too_deep", {"depth": 99}, {}, {}),
    ("other_bot", {"author_is_bot": True}, {}, {}),
    ("user_limit", {}, {"to_author_hour": 99}, {}),
    ("channel_limit", {}, {"in_channel_hour": 99}, {}),
    ("quiet_hours", {}, {}, {"quiet_hours": ["11:00-13:00"]}),
]


def parts(start: int) -> tuple[Heard, History, dict[str, Any]]:
    """A message for which the gates from `start` on are closed, those before it open."""
    facts: dict[str, Any] = {}
    past: dict[str, Any] = {}
    settings: dict[str, Any] = {"chance": 1.0}
    for _, heard_so, history_so, set_so in GATES[start:]:
        facts |= {name: value for name, value in heard_so.items() if name not in facts}
        past |= history_so
        settings |= set_so
    return comment(**facts), History(**past), settings


@pytest.mark.parametrize("place", range(len(GATES)), ids=[gate[0] for gate in GATES])
def test_of_all_closed_gates_the_first_gives_the_reason(place: int) -> None:
    message, history, settings = parts(place)
    decision = decided(message, history=history, **settings)
    assert (decision.speak, decision.reason) == (False, GATES[place][0])
    assert decision.probability is None


@pytest.mark.parametrize("gate", GATES, ids=[gate[0] for gate in GATES])
def test_each_gate_closes_by_itself(
    gate: tuple[str, dict[str, Any], dict[str, Any], dict[str, Any]],
) -> None:
    reason, facts, past, settings = gate
    assert decided(comment(), chance=1.0).speak
    closed = decided(
        comment(**facts),
        history=History(**past),
        **{"chance": 1.0, **settings},
    )
    expected = "negative_keyword" if reason == "negative_keyword" else reason
    assert (closed.speak, closed.reason) == (False, expected)


@pytest.mark.parametrize(
    "facts",
    [{"author": "[deleted]"}, {"author": ""}, {"text": "[removed]"}, {"text": " [deleted] "}],
)
def test_what_reddit_shows_of_deleted_comments_is_not_answered(facts: dict[str, Any]) -> None:
    assert decided(comment(**facts), chance=1.0).reason == "deleted"


def test_an_empty_message_is_answered_only_for_its_image() -> None:
    assert decided(heard(text=" "), active_chance=1.0).reason == "empty"
    assert decided(heard(text="", images=("http://x/y.png",)), active_chance=1.0).speak


def test_a_negative_keyword_counts_in_a_submissions_title_and_a_comments_body() -> None:
    """Spec 3.1: in title or selftext of a submission; in the body of a comment."""
    settings: dict[str, Any] = {"chance": 1.0, "negative_keywords": ["grandma"]}
    title: dict[str, Any] = {"title": "My GRANDMA", "text": "grows basil"}
    assert decided(comment(kind="submission", depth=0, **title), **settings).speak is False
    assert decided(comment(**title), **settings).speak is True
    assert decided(comment(text="My grandma"), **settings).reason == "negative_keyword"


def test_the_filter_leaves_comments_of_a_filtered_thread_alone_too() -> None:
    """VTX's filter_response: title, selftext and body, anywhere in them, whatever the case."""
    settings: dict[str, Any] = {"chance": 1.0, "filter": ["Grandma"]}
    for facts in (
        {"title": "my grandmas"},
        {"text": "supergrandma"},
        {"context": (said("GRANDMA wrote this"), said("and this"))},
    ):
        assert decided(comment(**facts), **settings).reason == "filter"
    assert decided(comment(), **settings).speak


def test_the_default_list_stays_whole_words_when_ones_own_are_beginnings() -> None:
    settings: dict[str, Any] = {
        "chance": 1.0,
        "keyword_match": "prefix",
        "negative_keywords": ["base"],
    }
    assert decided(comment(text="a spice rack"), **settings).speak
    assert decided(comment(text="baseball"), **settings).reason == "negative_keyword"


def test_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        decided(heard(), now=NOON.replace(tzinfo=None))


def test_a_closed_gate_draws_no_dice() -> None:
    open_now = decided(comment(), chance=0.5, seed=3)
    assert open_now.probability == 0.5
    assert decided(replace(comment(), ours=True), chance=0.5, seed=3).probability is None
    later = decided(comment(), chance=0.5, seed=3, now=NOON + timedelta(hours=1))
    assert later.speak is open_now.speak
