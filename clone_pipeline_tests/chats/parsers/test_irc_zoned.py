from datetime import UTC, datetime
from pathlib import Path

from clone_pipeline.chats import parsers
from clone_pipeline.chats.parsers import irc, irc_zoned

LOUNGE = """[2023-03-12T10:00:00.000Z] *** anna (~a@host) joined
[2023-03-12T10:00:01.000Z] <@anna> the beans came up
[2023-03-12T10:00:02.000Z] * @ben waves
[2023-03-12T10:00:03.000Z] *** ben changed nick to ben_away
[2023-03-12T10:00:04.000Z] <ben_away> good
"""
TEXTUAL = """[2023-03-12T23:30:00-0500] <anna> the beans came up
[2023-03-12T23:30:01-0500] • ben: waves
[2023-03-12T23:59:00-0500] <ben> good
"""


def test_stamps_with_a_zone_are_times_in_utc_and_need_no_zone_of_the_project(
    tmp_path: Path,
) -> None:
    path = tmp_path / "garden.log"
    path.write_text(TEXTUAL, encoding="utf-8")
    assert parsers.find(path) is irc_zoned
    assert not hasattr(irc_zoned, "LOCAL_TIMES")
    found = list(irc_zoned.parse(path, source_file="garden.log"))
    assert [(m.author, m.text) for m in found] == [
        ("anna", "the beans came up"),
        ("ben", "waves"),
        ("ben", "good"),
    ]
    assert found[0].timestamp == datetime(2023, 3, 13, 4, 30, tzinfo=UTC)


def test_whoever_changed_nicks_keeps_the_first_one_as_id(tmp_path: Path) -> None:
    path = tmp_path / "garden.log"
    path.write_text(LOUNGE, encoding="utf-8")
    assert parsers.find(path) is irc_zoned
    found = list(irc_zoned.parse(path, source_file="garden.log"))
    assert [(m.kind, m.author_id, m.author) for m in found] == [
        ("system", "", ""),
        ("text", "anna", "anna"),
        ("text", "ben", "ben"),
        ("system", "", ""),
        ("text", "ben", "ben_away"),
    ]
    assert found[4].timestamp == datetime(2023, 3, 12, 10, 0, 4, tzinfo=UTC)


def test_a_log_of_a_clock_on_the_wall_is_left_to_the_other_parser(tmp_path: Path) -> None:
    path = tmp_path / "garden.log"
    path.write_text(LOUNGE.replace(".000Z", ""), encoding="utf-8")
    assert parsers.find(path) is irc
    times = [m.timestamp for m in irc.parse(path, source_file="garden.log")]
    assert times[0] == datetime(2023, 3, 12, 10, 0, tzinfo=UTC)
