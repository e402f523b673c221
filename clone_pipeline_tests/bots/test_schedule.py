"""When posts are due."""

import random
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clone_pipeline.bots.history import History
from clone_pipeline.bots.hours import Day
from clone_pipeline.bots.rule_settings import RuleSettings
from clone_pipeline.bots.rules import may_post, volunteer
from clone_pipeline.bots.schedule import GRACE, next_post
from clone_pipeline_tests.bots.rule_rows import NOON

BERLIN = ZoneInfo("Europe/Berlin")
WEEK: dict[Day, list[str]] = {"wed": ["09:30", "18:00"], "sun": ["02:30"]}


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def due(now: str, last: str | None = None, hours: float = 0.0) -> datetime | None:
    return next_post(
        now=utc(now),
        last_post=utc(last) if last else None,
        post_frequency=hours,
        post_schedule={} if hours else WEEK,
        zone=BERLIN,
    )


@pytest.mark.parametrize(
    ("now", "last", "expected"),
    [
        ("2026-03-04 08:00", None, "2026-03-04 08:30"),  # Wednesday 09:30 in Berlin
        ("2026-03-04 08:31", None, "2026-03-04 08:30"),  # due
        ("2026-03-04 09:29", None, "2026-03-04 08:30"),  # due still, an hour late
        ("2026-03-04 09:30", None, "2026-03-04 17:00"),  # missed: the next one
        ("2026-03-04 08:31", "2026-03-04 08:30", "2026-03-04 17:00"),  # each once
        ("2026-03-04 20:00", "2026-03-04 17:00", "2026-03-08 01:30"),
        ("2026-03-29 00:00", None, "2026-03-29 01:30"),  # 02:30 is skipped that day: 03:30
    ],
)
def test_a_clock_time_is_due_once_for_an_hour(now: str, last: str | None, expected: str) -> None:
    assert due(now, last) == utc(expected)


def test_by_hours_the_first_post_is_due_at_once_and_the_next_after_them() -> None:
    """HotShotBot's submission_loop: post, then sleep post_frequency hours."""
    assert due("2026-03-04 08:00", None, 24) == utc("2026-03-04 08:00")
    assert due("2026-03-04 08:00", "2026-03-04 07:00", 24) == utc("2026-03-05 07:00")


CLOCK = st.times().map(lambda t: f"{t.hour:02}:{t.minute:02}")
DAYS: list[Day] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


@given(
    st.datetimes(datetime(2025, 1, 1), datetime(2026, 12, 31), timezones=st.just(UTC)),
    st.none() | st.integers(0, 10 * 86_400),
    st.dictionaries(st.sampled_from(DAYS), st.lists(CLOCK, min_size=1, max_size=3), min_size=1),
)
def test_the_next_clock_time_is_never_used_before_nor_stale(
    now: datetime, ago: int | None, week: dict[Day, list[str]]
) -> None:
    last = now - timedelta(seconds=ago) if ago is not None else None
    found = next_post(now=now, last_post=last, post_frequency=0, post_schedule=week, zone=BERLIN)
    assert found is not None
    assert found > now - GRACE
    assert last is None or found > last
    assert found <= now + timedelta(days=8)


def post_reason(history: History | None = None, **settings: object) -> str:
    rules = RuleSettings.model_validate(settings)
    decision = may_post("garden", settings=rules, history=history or History(), now=NOON)
    assert decision.speak is (decision.reason == "post_due")
    return decision.reason


def test_a_post_is_made_when_due_and_nothing_stands_against_it() -> None:
    assert post_reason() == "no_posts"
    assert post_reason(post_frequency=24) == "post_due"
    assert post_reason(post_schedule={"wed": ["11:30"]}) == "post_due"
    assert post_reason(post_schedule={"wed": ["12:30"]}) == "post_not_due"
    assert post_reason(History(post_waiting=True), post_frequency=24) == "post_waiting"
    assert post_reason(History(last_post=NOON), post_frequency=24) == "post_not_due"
    assert post_reason(post_frequency=24, quiet_hours=["11:00-13:00"]) == "quiet_hours"
    assert post_reason(post_frequency=24, block_channels=["garden"]) == "blocked_channel"
    assert post_reason(History(in_channel_day=200), post_frequency=24) == "channel_limit"


def remark(history: History | None = None, seed: int = 0, **settings: object) -> tuple[bool, str]:
    decision = volunteer(
        "garden",
        settings=RuleSettings.model_validate({"passive_chance": 1.0, **settings}),
        history=history or History(),
        seconds=1,
        now=NOON,
        draw=random.Random(seed),
    )
    return decision.speak, decision.reason


def test_an_unasked_remark_keeps_to_limits_quiet_hours_and_its_turn() -> None:
    assert remark() == (True, "passive_chance")
    assert remark(passive_chance=0.0) == (False, "passive_chance")
    assert remark(History(unanswered=1)) == (False, "monologue")
    assert remark(History(unanswered=1), loops={"max_unanswered": 2})[0]
    assert remark(quiet_hours=["11:00-13:00"]) == (False, "quiet_hours")
    assert remark(History(in_channel_hour=30)) == (False, "channel_limit")
    assert remark(allow_channels=["elsewhere"]) == (False, "unlisted_channel")
