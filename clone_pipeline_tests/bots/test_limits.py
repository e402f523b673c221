"""Who gets answers, and how many."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clone_pipeline.bots.history import History
from clone_pipeline.bots.limits import channel_full, plain, user_full
from clone_pipeline_tests.bots.rule_rows import comment, decided, heard

OPEN: dict[str, Any] = {"active_chance": 1.0, "chance": 1.0}


@pytest.mark.parametrize("name", ["Anna", "u/anna", "/u/Anna", "@anna", " anna "])
def test_a_user_is_the_same_however_the_name_is_written(name: str) -> None:
    assert decided(heard(), **OPEN, block_users=[name]).reason == "blocked_user"
    assert decided(heard(author="/u/ANNA"), **OPEN, allow_users=[name]).speak


def test_only_allowed_users_are_answered_and_a_block_is_stronger() -> None:
    assert decided(heard(), **OPEN, allow_users=["ben"]).reason == "unlisted_user"
    assert decided(heard(), **OPEN, allow_users=["anna"]).speak
    both: dict[str, Any] = {"allow_users": ["anna"], "block_users": ["anna"]}
    assert decided(heard(), **OPEN, **both).reason == "blocked_user"


def test_a_number_without_quotes_is_an_id() -> None:
    identity = 806051627198709760
    found = decided(heard(author=str(identity)), **OPEN, block_users=[identity])
    assert found.reason == "blocked_user"


@pytest.mark.parametrize("name", ["garden", "r/Garden", "#garden"])
def test_channels_are_blocked_and_allowed_by_name(name: str) -> None:
    assert decided(heard(), **OPEN, block_channels=[name]).reason == "blocked_channel"
    assert decided(heard(), **OPEN, allow_channels=[name]).speak
    assert decided(heard(channel="x"), **OPEN, allow_channels=[name]).reason == "unlisted_channel"


def test_allowed_channels_do_not_shut_direct_messages_out() -> None:
    message = heard(kind="direct", channel="dm:1")
    assert decided(message, allow_channels=["garden"]).speak
    assert decided(message, block_channels=["dm:1"]).reason == "blocked_channel"
    assert decided(message, allow_dms=False).reason == "no_dms"


@pytest.mark.parametrize("name", ["AutoModerator", "reddit", "ProfanityCounter"])
def test_the_service_of_reddit_is_not_answered(name: str) -> None:
    """VTX: AutoModerator; ssi-bot: automoderator, reddit, profanitycounter."""
    assert decided(comment(author=name), **OPEN).reason == "service_account"
    assert decided(heard(author=name), **OPEN).speak


@pytest.mark.parametrize(
    ("limit", "fact"),
    [
        ("user_hour", "to_author_hour"),
        ("user_day", "to_author_day"),
        ("channel_hour", "in_channel_hour"),
        ("channel_day", "in_channel_day"),
    ],
)
def test_the_limit_itself_is_reached_and_never_passed(limit: str, fact: str) -> None:
    reason = "user_limit" if limit.startswith("user") else "channel_limit"
    for count, allowed in ((2, True), (3, False), (4, False)):
        facts: dict[str, Any] = {fact: count}
        decision = decided(heard(), **OPEN, limits={limit: 3}, history=History(**facts))
        assert decision.speak is allowed
        assert allowed or decision.reason == reason


def test_a_limit_of_null_is_none_and_of_0_is_silence() -> None:
    many = History(to_author_hour=10**6, to_author_day=10**6)
    assert decided(
        heard(), **OPEN, limits={"user_hour": None, "user_day": None}, history=many
    ).speak
    assert decided(heard(), **OPEN, limits={"channel_hour": 0}).reason == "channel_limit"


LIMIT = st.none() | st.integers(0, 9)
COUNT = st.integers(0, 12)


@given(COUNT, COUNT, LIMIT, LIMIT)
def test_full_is_what_reached_either_window(
    hour: int, day: int, per_hour: int | None, per_day: int | None
) -> None:
    history = History(
        to_author_hour=hour, to_author_day=day, in_channel_hour=hour, in_channel_day=day
    )
    full = any(limit is not None and n >= limit for n, limit in ((hour, per_hour), (day, per_day)))
    assert user_full(history, user_hour=per_hour, user_day=per_day) is full
    assert channel_full(history, channel_hour=per_hour, channel_day=per_day) is full


@given(st.from_regex(r"[A-Za-z0-9_-]{3,20}", fullmatch=True))
def test_a_name_is_the_same_with_every_mark_before_it(name: str) -> None:
    marks = ("", "u/", "/u/", "r/", "/r/", "@", "#")
    assert {plain(mark + name) for mark in marks} == {name.casefold()}
