from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clone_pipeline.chats.company import MOST_NAMED, Acquaintance, Telling

PEOPLE = {
    "person:ben": Acquaintance("Ben", "your brother"),
    "person:dora": Acquaintance("Dora", "your boss."),
    "person:eve": Acquaintance("Eve"),
}
STARTED = datetime(2021, 3, 2, 18, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("present", "told"),
    [
        ({"person:ben": "Ben"}, "You are talking with Ben, your brother."),
        ({"person:eve": "Eve"}, "You are talking with Eve."),
        ({"7": "Carl"}, ""),
        ({"7": "Carl", "8": "Finn"}, ""),
        (
            {"person:ben": "Ben", "7": "Carl", "person:dora": "Dora"},
            "You are talking with Ben (your brother), Carl and Dora (your boss).",
        ),
    ],
)
def test_who_is_there_is_told_if_somebody_is_known(present: dict[str, str], told: str) -> None:
    assert Telling(PEOPLE).of(present, STARTED) == told


def test_of_a_crowd_the_first_are_named_and_the_others_counted() -> None:
    crowd = {"person:ben": "Ben"} | {str(n): f"N{n}" for n in range(20)}
    told = Telling(PEOPLE).of(crowd, None)
    assert told.endswith(f" and {20 - MOST_NAMED + 2} others.")
    assert told.count(",") == MOST_NAMED - 2


@pytest.mark.parametrize(
    ("hours", "zone", "told"),
    [
        (0, "UTC", "It is Tuesday evening, 2021-03-02."),
        (0, "Asia/Tokyo", "It is Wednesday night, 2021-03-03."),
        (12, "UTC", "It is Wednesday morning, 2021-03-03."),
        (-4, "Europe/Berlin", "It is Tuesday afternoon, 2021-03-02."),
        (5, "UTC", "It is Tuesday night, 2021-03-02."),
    ],
)
def test_the_time_is_told_in_the_projects_zone(hours: int, zone: str, told: str) -> None:
    telling = Telling(times=True, zone=ZoneInfo(zone))
    assert telling.of({"7": "Carl"}, STARTED + timedelta(hours=hours)) == told


def test_an_unknown_time_and_one_beyond_the_calendar_are_not_told() -> None:
    telling = Telling(PEOPLE, times=True, zone=ZoneInfo("America/New_York"))
    assert telling.of({"7": "Carl"}, None) == ""
    assert telling.of({"7": "Carl"}, datetime.min.replace(tzinfo=UTC)) == ""
    assert telling.of({"person:ben": "Ben"}, STARTED).count("You are talking") == 1
    assert telling.of({"person:ben": "Ben"}, STARTED).endswith(
        " It is Tuesday afternoon, 2021-03-02."
    )


@given(
    st.dictionaries(st.text(), st.builds(Acquaintance, st.text(), st.text()), min_size=1), st.data()
)
def test_a_context_is_one_line_without_a_colon_whatever_people_are_called(
    people: dict[str, Acquaintance], data: st.DataObject
) -> None:
    names = st.dictionaries(st.sampled_from(sorted(people)) | st.text(), st.text(), min_size=1)
    told = Telling(people, times=True).of(data.draw(names), STARTED)
    assert len(told.splitlines()) == 1
    assert ":" not in told
