"""Threads, edits and deletions of Slack, and files that are broken or none of its messages."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clone_pipeline.chats.parsers import slack
from clone_pipeline_tests.chats.parsers.exports import claims, read, survives, whole, write
from clone_pipeline_tests.chats.parsers.test_slack import CHANNELS, DAY, PEOPLE, export, row


def test_a_reply_answers_the_first_of_its_thread(tmp_path: Path) -> None:
    thread = "1714761000.000200"
    first, second = export(
        tmp_path, [row(thread, thread_ts=thread), row("1714761060.000300", thread_ts=thread)]
    )
    assert first.reply_to is None
    assert second.reply_to == first.message_id


def test_an_edit_has_the_time_of_the_last_one(tmp_path: Path) -> None:
    (found,) = export(tmp_path, [row(edited={"user": "U1", "ts": "1714761300.000000"})])
    assert found.edited == datetime(2024, 5, 3, 18, 35, tzinfo=UTC)


def test_logged_edits_and_deletions_are_about_the_message_they_name(tmp_path: Path) -> None:
    changed = {
        "type": "message",
        "subtype": "message_changed",
        "ts": "1714761300.000100",
        "message": row(text="hello"),
    }
    deleted = {
        "type": "message",
        "subtype": "message_deleted",
        "ts": "1714761360.000100",
        "deleted_ts": "1714761000.000200",
    }
    first, edit, gone = export(tmp_path, [row(), changed, deleted])
    assert first.message_id == edit.message_id == gone.message_id
    assert (edit.text, edit.kind, gone.kind, gone.text) == ("hello", "text", "deleted", "")
    assert edit.timestamp == gone.timestamp == first.timestamp
    assert first.edited is None
    assert edit.edited is not None
    assert gone.edited is not None
    assert edit.edited < gone.edited


def test_what_belongs_to_the_export_is_claimed_and_holds_no_messages(tmp_path: Path) -> None:
    log = {"user_id": "U1", "change_type": "added", "date": "1", "app_type": "Rain"}
    for name, rows in (
        ("users.json", PEOPLE),
        ("channels.json", CHANNELS),
        ("groups.json", []),
        ("integration_logs.json", [log]),
    ):
        write(tmp_path, name, rows)
        assert whole(slack, tmp_path, name) == []


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{}",
        "[1, 2]",
        '[{"id": 1, "name": "x"}]',
        '[{"type": "message", "ts": 12}]',
        "[2024-05-03, 18:30] Anna: hi",
        '{"messages": [{"type": "message", "ts": "1714761000.000200"}]}',
    ],
)
def test_other_files_are_not_claimed(tmp_path: Path, content: str) -> None:
    assert not claims(slack, write(tmp_path, "x.json", content))


def test_a_long_first_message_is_still_recognised(tmp_path: Path) -> None:
    write(tmp_path, DAY, [{**row(), "blocks": ["b" * 70_000]}])
    assert [m.text for m in whole(slack, tmp_path, DAY)] == ["hi"]


def test_what_cannot_be_read_is_counted_and_the_rest_is_kept(tmp_path: Path) -> None:
    rows = [row(), row("yesterday"), row("9" * 12 + ".0"), row("1714761009.000000")]
    path = write(tmp_path, DAY, rows)
    path.write_text(path.read_text().removesuffix("]") + ", 7")
    found, told = read(slack, tmp_path, DAY)
    assert len(found) == 2
    assert told is not None
    assert told.lost == 2
    assert "cut short after 4 whole objects" in str(told)


def test_half_a_surrogate_pair_is_replaced(tmp_path: Path) -> None:
    write(tmp_path, DAY, '[{"type": "message", "ts": "1714761000.0", "text": "a\\ud83e b"}]')
    found, _ = read(slack, tmp_path, DAY)
    assert [m.text for m in found] == ["a? b"]


@given(cut=st.integers(0, 900), noise=st.binary(max_size=6), key=st.sampled_from(list(row())))
def test_no_damage_raises_anything_undeclared(
    cut: int, noise: bytes, key: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("slack") / "a.json"
    write(path.parent, path.name, [{**row(), key: {}}, row(files=[{}], edited=[], file=7, user={})])
    survives(slack, path, lambda raw: raw[:cut] + noise + raw[cut + 1 :])
