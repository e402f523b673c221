"""Quiet hours: over midnight, by week day, in time zones that change their clocks."""

from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clone_pipeline.bots.hours import awake_delay, covers_week, instant, quiet_until, stretch
from clone_pipeline_tests.bots.rule_rows import comment, decided

BERLIN, NEW_YORK = ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York")
NIGHT = ("22:00-07:00",)
# Zones that change by an hour, by half an hour, at midnight, and never.
ZONES = st.sampled_from(
    ["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu",
     "America/Santiago", "Pacific/Apia", "Asia/Beirut"]
).map(ZoneInfo)  # fmt: skip
MOMENTS = st.datetimes(datetime(2023, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))
CLOCKS = st.times().map(lambda t: f"{t.hour:02}:{t.minute:02}")
STRETCHES = st.tuples(CLOCKS, CLOCKS).filter(lambda ends: ends[0] != ends[1]).map("-".join)


def at(text: str, zone: ZoneInfo = BERLIN) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


@pytest.mark.parametrize(
    ("local", "end"),
    [
        ("2026-01-14 21:59", None),
        ("2026-01-14 22:00", "2026-01-15 07:00"),
        ("2026-01-14 23:59", "2026-01-15 07:00"),
        ("2026-01-15 00:00", "2026-01-15 07:00"),
        ("2026-01-15 06:59", "2026-01-15 07:00"),
        ("2026-01-15 07:00", None),
    ],
)
def test_a_night_reaches_over_midnight(local: str, end: str | None) -> None:
    found = quiet_until(at(local), NIGHT, zone=BERLIN)
    assert found == (at(end).astimezone(UTC) if end else None)


@pytest.mark.parametrize(
    ("zone", "utc", "quiet"),
    [
        (BERLIN, "2026-01-14 20:59", False),  # winter: 21:59 in Berlin
        (BERLIN, "2026-01-14 21:00", True),
        (BERLIN, "2026-07-14 20:00", True),  # summer: 22:00 in Berlin
        (NEW_YORK, "2026-07-14 20:00", False),
        (NEW_YORK, "2026-07-15 02:00", True),
    ],
)
def test_quiet_hours_are_clock_times_of_the_zone(zone: ZoneInfo, utc: str, quiet: bool) -> None:
    moment = datetime.fromisoformat(utc).replace(tzinfo=UTC)
    assert (quiet_until(moment, NIGHT, zone=zone) is not None) is quiet


@pytest.mark.parametrize(
    ("day", "length"), [("2026-03-28", 8), ("2026-10-24", 10), ("2026-06-01", 9)]
)
def test_the_night_of_a_clock_change_is_an_hour_shorter_or_longer(day: str, length: int) -> None:
    began = at(f"{day} 22:00")
    end = quiet_until(began, NIGHT, zone=BERLIN)
    assert end is not None
    assert end - began.astimezone(UTC) == timedelta(hours=length)


def test_an_end_that_is_skipped_is_read_with_the_offset_before_the_change() -> None:
    """RFC 5545, 3.3.5: 02:30 on the day that New York goes to summer time is 03:30 EDT."""
    end = quiet_until(at("2026-03-08 01:00", NEW_YORK), ("00:00-02:30",), zone=NEW_YORK)
    assert end == datetime(2026, 3, 8, 7, 30, tzinfo=UTC)


def test_an_end_that_comes_twice_is_the_last_and_a_start_the_first() -> None:
    end = quiet_until(at("2026-11-01 00:10", NEW_YORK), ("00:00-01:30",), zone=NEW_YORK)
    assert end == datetime(2026, 11, 1, 6, 30, tzinfo=UTC)  # 01:30 EST, not EDT
    start = instant(datetime(2026, 11, 1).date(), time(1, 30), zone=NEW_YORK)
    assert start == datetime(2026, 11, 1, 5, 30, tzinfo=UTC)


def test_a_stretch_of_named_days_starts_on_those_days_only() -> None:
    weekend = ("fri,sat 23:00-10:00",)
    quiet = {
        local: quiet_until(at(local), weekend, zone=BERLIN) is not None
        for local in ("2026-01-15 23:30", "2026-01-16 23:30", "2026-01-17 09:00",
                      "2026-01-18 09:00", "2026-01-19 09:00")
    }  # fmt: skip
    assert list(quiet.values()) == [False, True, True, True, False]


def test_stretches_that_touch_are_one() -> None:
    end = quiet_until(at("2026-01-14 23:00"), ("22:00-01:00", "01:00-06:00"), zone=BERLIN)
    assert end == at("2026-01-15 06:00").astimezone(UTC)


@given(MOMENTS, st.lists(STRETCHES, max_size=3).filter(lambda s: not covers_week(s)), ZONES)
def test_the_end_of_quiet_hours_is_awake_and_all_before_it_is_quiet(
    moment: datetime, texts: list[str], zone: ZoneInfo
) -> None:
    end = quiet_until(moment, texts, zone=zone)
    if end is None:
        return
    assert end > moment
    assert quiet_until(end, texts, zone=zone) is None
    for share in (0.25, 0.5, 0.999):
        between = moment + share * (end - moment)
        assert quiet_until(between, texts, zone=zone) == end


@given(MOMENTS, STRETCHES, ZONES)
def test_far_from_a_clock_change_quiet_is_what_the_clock_says(
    moment: datetime, text: str, zone: ZoneInfo
) -> None:
    nearby = {(moment + timedelta(days=d)).astimezone(zone).utcoffset() for d in (-2, -1, 0, 1, 2)}
    if len(nearby) > 1:
        return
    clock, each = moment.astimezone(zone).time(), stretch(text)
    if each.start < each.end:
        says = each.start <= clock < each.end
    else:
        says = clock >= each.start or clock < each.end
    assert (quiet_until(moment, [text], zone=zone) is not None) is says


@given(MOMENTS, STRETCHES, ZONES, st.floats(0, 90_000))
def test_nothing_is_ever_sent_in_quiet_hours_nor_earlier_than_the_wait(
    moment: datetime, text: str, zone: ZoneInfo, delay: float
) -> None:
    wait = awake_delay(moment, delay, [text], zone=zone)
    sent = moment + timedelta(seconds=wait) + timedelta(microseconds=1)
    assert wait >= delay
    assert quiet_until(sent, [text], zone=zone) is None


@pytest.mark.parametrize("text", ["22-7", "24:00-07:00", "22:00-22:00", "funday 22:00-07:00", ""])
def test_what_is_no_stretch_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"write it as|length below a day"):
        stretch(text)


def test_a_week_is_covered_only_if_no_minute_is_left() -> None:
    assert covers_week(["00:00-12:00", "12:00-00:00"])
    assert not covers_week(["00:00-12:00", "12:01-00:00"])
    assert not covers_week([])


def test_who_addresses_the_bot_at_night_is_answered_in_the_morning() -> None:
    night = at("2026-01-14 23:00")
    settings: dict[str, Any] = {
        "quiet_hours": NIGHT,
        "time_zone": "Europe/Berlin",
        "mention_self_frequency": 1.0,
    }
    assert decided(comment(), now=night, chance=1.0, **settings).reason == "quiet_hours"
    asked = decided(comment(to_us=True), now=night, delay={"min": 60, "max": 60}, **settings)
    assert (asked.speak, asked.delay) == (True, 8 * 3600 + 60)
    answer = decided(comment(parent_is_ours=True), now=night, followup_frequency=1.0, **settings)
    assert answer.delay > 8 * 3600
    silent = decided(comment(to_us=True), now=night, after_quiet_hours=False, **settings)
    assert silent.reason == "quiet_hours"


def test_a_wait_that_ends_in_quiet_hours_begins_when_they_end() -> None:
    evening = at("2026-01-14 21:55")
    settings: dict[str, Any] = {"quiet_hours": NIGHT, "time_zone": "Europe/Berlin", "chance": 1.0}
    decision = decided(comment(), now=evening, delay={"min": 600, "max": 600}, **settings)
    assert decision.delay == 5 * 60 + 9 * 3600 + 600
