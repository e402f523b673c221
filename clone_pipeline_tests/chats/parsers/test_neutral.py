import csv
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clone_pipeline.chats import parsers
from clone_pipeline.chats.parsers import neutral
from clone_pipeline.chats.parsers.beside import nothing_beside
from clone_pipeline.records import Message
from clone_pipeline_tests.chats.samples import read_partly

COLUMNS = (
    "author text message_id timestamp channel conversation author_id reply_to".split()  # noqa: SIM905
)
WORDS = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=12).filter(
    str.strip
)
MULTILINE = st.text(st.characters(exclude_categories=("Cs", "Cc"), include_characters="\n"))
ROWS = st.lists(
    st.fixed_dictionaries(
        {"author": WORDS, "text": MULTILINE},
        optional={
            "timestamp": st.datetimes(timezones=st.just(UTC)).map(datetime.isoformat),
            "channel": WORDS,
            "conversation": WORDS,
            "author_id": WORDS,
            "reply_to": WORDS,
        },
    ),
    min_size=1,
    max_size=8,
)


def write_jsonl(path: Path, rows: list[dict[str, Any]]) -> None:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


def write_csv(path: Path, rows: list[dict[str, Any]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, delimiter=";", quoting=csv.QUOTE_ALL)
        writer.writeheader()
        writer.writerows(rows)


def write_parquet(path: Path, rows: list[dict[str, Any]]) -> None:
    columns = {name: pa.array([row.get(name) for row in rows], pa.string()) for name in COLUMNS}
    pq.write_table(pa.table(columns), path)


def parse(path: Path) -> list[Message]:
    assert parsers.find(path) is neutral
    return list(neutral.parse(path, source_file=path.name, beside=nothing_beside))


@settings(max_examples=40, deadline=None)
@given(rows=ROWS, write=st.sampled_from([write_jsonl, write_csv, write_parquet]))
def test_what_is_written_in_any_of_the_three_forms_is_read_back(
    rows: list[dict[str, Any]],
    write: Callable[[Path, list[dict[str, Any]]], None],
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    path = tmp_path_factory.mktemp("neutral") / "talk.data"
    write(path, rows)
    found = parse(path)
    assert len({m.message_id for m in found}) == len(rows)
    for message, row in zip(found, rows, strict=True):
        assert (message.author, message.text) == (row["author"], row["text"])
        assert message.channel == row.get("channel", "talk")
        assert message.conversation == row.get("conversation")
        assert message.author_id == row.get("author_id", row["author"])
        assert message.reply_to == (f"neutral:{row['reply_to']}" if "reply_to" in row else None)
        written = row.get("timestamp")
        assert message.timestamp == (datetime.fromisoformat(written) if written else None)


def test_ids_of_the_file_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    write_jsonl(path, [{"author": "A", "text": "hi", "message_id": 7}])
    assert [m.message_id for m in parse(path)] == ["neutral:7"]


def test_parquet_may_hold_real_timestamps(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    time = datetime(2024, 1, 2, 3, 4, tzinfo=UTC)
    pq.write_table(pa.table({"author": ["A"], "text": ["x"], "timestamp": [time]}), path)
    assert parse(path)[0].timestamp == time


def test_faulty_rows_are_counted_and_the_others_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    lines = [
        '{"author": "A", "text": "kept"}',
        '{"author": "A"}',
        '{"author": " ", "text": "x"}',
        "not json",
        '{"author": "A", "text": "x", "timestamp": "noon"}',
        '{"author": "A", "text": "x", "timestamp": 12}',
        "",
        '{"author": "A", "text": "half \\ud83e"}',
    ]
    path.write_text("\n".join(lines))
    found, told = read_partly(neutral, path)
    assert told is not None
    assert [m.text for m in found] == ["kept", "half ?"]
    assert told.lost == 5
    assert "row 2 with no text" in str(told)


def test_a_csv_field_may_hold_lines_and_separators(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes('\ufeffText,Author\r\n"a, ""b""\r\nc\u2028d",Ben\r\n'.encode())
    (found,) = parse(path)
    assert (found.author, found.text) == ("Ben", 'a, "b"\r\nc\u2028d')


@pytest.mark.parametrize(
    "content", [b"", b"\0\1\2", b"PAR1broken", b"{}", b"a,b\n1,2\n", b'{"text": "x"}\n', b"\r\rx"]
)
def test_other_files_are_not_claimed(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.bin"
    path.write_bytes(content)
    assert parsers.find(path) is None
