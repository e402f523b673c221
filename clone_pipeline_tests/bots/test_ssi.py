"""ssi-bot's formula, by spec 3.3 and its reddit_io/logic_mixin.py."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clone_pipeline.bots.heard import Heard
from clone_pipeline.bots.ssi import SsiSettings, reply_probability
from clone_pipeline_tests.bots.rule_rows import NOON, comment, decided, heard, said, submission

WEIGHTS = SsiSettings().model_dump(
    exclude={"positive_keywords", "message_mention_reply_probability"}
)
DULL = "The basil has come up."


@pytest.mark.parametrize(
    ("message", "hours", "expected"),
    [
        (comment(text=DULL), 0, 0.2),  # -0.1 + 0.3
        (comment(text=DULL, depth=3), 0, 0.1),  # two levels below the first: -0.1
        (comment(text=DULL, depth=9), 0, 0.0),  # below 0 is never
        (comment(text=DULL, author="garden_ssi"), 0, 0.0),  # -0.1 - 0.1
        (comment(text=DULL, author="GardenBot"), 0, 0.0),
        (comment(text=DULL, flair="Verified GPT-2 Bot"), 0, 0.0),
        (comment(text=DULL, author_is_bot=True), 0, 0.0),
        (comment(text="Tomatoes!"), 0, 0.7),  # + 0.5: "tomato" begins a word of it
        (comment(text="automatoes"), 0, 0.2),  # but not inside a word
        (comment(text="Really?"), 0, 0.2),  # a question, but not to the bot
        (comment(text=DULL, parent_is_ours=True), 0, 0.5),
        (comment(text="Really?", parent_is_ours=True), 0, 0.9),
        (comment(text="I like you", parent_is_ours=True), 0, 0.9),
        (comment(text=DULL, thread_is_ours=True), 0, 0.7),
        (comment(text="Why?", parent_is_ours=True, thread_is_ours=True), 0, 1.0),  # at most 1
        (submission(title="Basil", text=DULL), 0, 0.3),
        (submission(title="Basil?", text=DULL), 0, 0.7),
        (submission(title="Basil", text=DULL), 12, 0.15),  # half of 24 hours
        (comment(text="Why?", parent_is_ours=True, thread_is_ours=True), 18, 0.25),
        (comment(text="Why?", parent_is_ours=True), 24, 0.0),
        (comment(text="Why?", parent_is_ours=True), 1000, 0.0),
        (comment(text=DULL, parent_is_ours=True), 5, 0.4),  # 0.5 * 19/24 = 0.3958
    ],
)
def test_the_probability_is_the_sum_of_the_weights_that_apply(
    message: Heard, hours: float, expected: float
) -> None:
    """Spec 3.3, "Reply probability", with its default weights and `tomato` as keyword."""
    found = reply_probability(message, age=hours, positive_keywords=["tomato"], weights=WEIGHTS)
    assert found == expected


@pytest.mark.parametrize(
    "message", [heard(kind="direct"), comment(to_us=True), submission(to_us=True, title="u/me")]
)
def test_direct_messages_and_mentions_go_by_their_own_probability(message: Heard) -> None:
    """Spec 3.3: username mention or private message -> message_mention_reply_probability (1)."""
    assert decided(message, style="ssi").probability == 1.0
    rare = {"message_mention_reply_probability": 0.25}
    assert decided(message, style="ssi", ssi=rare).probability == 0.25


def test_nothing_is_said_under_an_announcement() -> None:
    decision = decided(submission(flair="Announcement", to_us=True), style="ssi")
    assert (decision.speak, decision.reason) == (False, "announcement")


@pytest.mark.parametrize(("depth", "reason"), [(12, "mentioned"), (13, "too_deep")])
def test_beyond_depth_12_nothing_is_answered(depth: int, reason: str) -> None:
    """Spec 3.3: depth > 12 -> 0."""
    assert decided(comment(depth=depth, to_us=True), style="ssi").reason == reason


def test_the_age_is_the_threads_and_without_one_the_messages() -> None:
    half = NOON - timedelta(hours=12)
    assert decided(comment(thread_started=half), style="ssi").probability == 0.1
    assert decided(comment(heard=half), style="ssi").probability == 0.1


MESSAGES = st.builds(
    heard,
    platform=st.just("reddit"),
    kind=st.sampled_from(["comment", "submission", "message"]),
    author=st.sampled_from(["anna", "ssi", "Bot"]),
    text=st.sampled_from(["Why you?", DULL, "tomato", ""]),
    depth=st.integers(0, 12),
    parent_is_ours=st.booleans(),
    thread_is_ours=st.booleans(),
    context=st.just((said("x"),)),
)
KEYWORDS = st.lists(st.sampled_from(["tomato", "basil", "why"]), max_size=3)


@given(
    MESSAGES,
    st.floats(-1, 100),
    st.fixed_dictionaries({name: st.floats(-1, 1) for name in WEIGHTS}),
    KEYWORDS,
)
def test_the_result_is_a_probability_whatever_the_weights(
    message: Heard, age: float, weights: dict[str, float], keywords: list[str]
) -> None:
    found = reply_probability(message, age=age, positive_keywords=keywords, weights=weights)
    assert 0 <= found <= 1


@given(MESSAGES, st.floats(0, 30), KEYWORDS, KEYWORDS)
def test_more_positive_keywords_never_lower_the_probability(
    message: Heard, age: float, keywords: list[str], more: list[str]
) -> None:
    few = reply_probability(message, age=age, positive_keywords=keywords, weights=WEIGHTS)
    many = reply_probability(message, age=age, positive_keywords=keywords + more, weights=WEIGHTS)
    assert few <= many
