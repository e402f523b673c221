"""What Messages' database may be like as a file: broken, foreign, in use, and never changed."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clone_pipeline.chats.parsers import imessage, imessage_rows
from clone_pipeline.settings import FaultyInput
from clone_pipeline_tests.chats.parsers.exports import claims, read, survives, whole, write
from clone_pipeline_tests.chats.parsers.messages_database import archived, database, row


def test_the_database_and_its_folder_stay_as_they_are(tmp_path: Path) -> None:
    path = database(tmp_path / "a ?#%.db", message=[row()])
    path.chmod(0o400)
    before = (path.read_bytes(), path.stat().st_mtime_ns)
    assert len(whole(imessage, tmp_path, "a ?#%.db")) == 1
    assert (path.read_bytes(), path.stat().st_mtime_ns) == before
    assert [each.name for each in tmp_path.iterdir()] == ["a ?#%.db"]


def test_a_log_of_newer_messages_is_told_of(tmp_path: Path) -> None:
    database(tmp_path / "chat.db", message=[row()])
    write(tmp_path, "chat.db-wal", "newer")
    found, told = read(imessage, tmp_path, "chat.db")
    assert len(found) == 1
    assert "-wal file" in str(told)


def test_a_long_database_is_joined_by_indexes(tmp_path: Path) -> None:
    path = database(tmp_path / "chat.db", message=[row()])
    with closing(sqlite3.connect(path)) as connection:
        query = imessage_rows.query(imessage_rows.tables_of(connection))
        plan = [step[3] for step in connection.execute(f"EXPLAIN QUERY PLAN {query}")]
    joined = [step for step in plan if "LEFT-JOIN" in step]
    assert len(joined) == 6
    assert not any(step.startswith("SCAN") for step in joined)


def test_a_broken_database_is_faulty(tmp_path: Path) -> None:
    path = database(tmp_path / "chat.db", message=[row(n, "b" * 500) for n in range(60)])
    raw = path.read_bytes()
    for broken in (raw[:5000], raw[:100] + b"\xff" * 4000 + raw[4100:], b""):
        path.write_bytes(broken)
        with pytest.raises(FaultyInput, match=r"chat\.db: found a database that can't be read"):
            read(imessage, tmp_path, "chat.db")


def test_a_database_cut_short_is_still_known_for_what_it_was(tmp_path: Path) -> None:
    path = database(tmp_path / "chat.db", message=[row(n, "b" * 500) for n in range(60)])
    path.write_bytes(path.read_bytes()[:9000])
    assert claims(imessage, path)


def test_impossible_times_are_told_and_the_messages_kept(tmp_path: Path) -> None:
    rows = [row(1, date=-99_999_999_999), row(2), row(3, date=2**63 - 1)]
    database(tmp_path / "chat.db", message=rows)
    found, told = read(imessage, tmp_path, "chat.db")
    assert [m.timestamp is None for m in found] == [True, False, False]
    assert told is not None
    assert told.lost == 0
    assert "impossible times, of 1 messages" in str(told)


@pytest.mark.parametrize(
    "columns",
    [
        {"message": "guid text date is_from_me handle_id"},
        {"message": "id body", "handle": "id"},
        {"notes": "text"},
    ],
)
def test_other_databases_are_not_claimed(tmp_path: Path, columns: dict[str, str]) -> None:
    path = database(tmp_path / "x.db", columns={"handle_": "id", **columns}, handle=[])
    assert not claims(imessage, path)


def test_no_text_file_is_claimed(tmp_path: Path) -> None:
    assert not claims(imessage, write(tmp_path, "x.db", "SQLite format 3, not"))


@given(
    damage=st.lists(
        st.tuples(st.integers(0, 40_000), st.binary(min_size=1, max_size=8)), max_size=9
    )
)
def test_no_damage_raises_anything_undeclared(
    damage: list[tuple[int, bytes]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("imessage") / "chat.db"
    database(path, message=[row(n, None, attributedBody=archived("b" * n)) for n in range(9)])

    def damaged(raw: bytes) -> bytes:
        changed = bytearray(raw)
        for place, noise in damage:
            start = place % len(raw)
            changed[start : start + len(noise)] = noise
        return bytes(changed)

    survives(imessage, path, damaged)
