from datetime import UTC, datetime, timedelta, timezone

from clone_pipeline.chats.parsers.times import in_utc


def test_a_time_is_given_in_utc_and_one_without_a_zone_is_taken_as_it() -> None:
    noon = datetime(2024, 3, 1, 12, tzinfo=UTC)
    assert in_utc(datetime(2024, 3, 1, 12)) == noon
    assert in_utc(datetime(2024, 3, 1, 14, tzinfo=timezone(timedelta(hours=2)))) == noon
    assert in_utc(noon).tzinfo is UTC
