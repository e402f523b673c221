from pathlib import Path

import dagster as dg
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from clone_pipeline import funnel, records
from clone_pipeline.defs.io_manager import (
    SCHEMAS,
    Counted,
    content_digest,
    part_of,
    read_table,
    write_counted,
    write_table,
)
from clone_pipeline.funnel import StageCount
from clone_pipeline.records import Chunk


def table(*texts: str) -> pa.Table:
    rows = [Chunk(f"c{n}", "d", n, 0, len(text), text) for n, text in enumerate(texts)]
    return records.to_table(rows, records.CHUNKS)


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_table_that_was_never_made_reads_as_an_empty_one(tmp_path: Path, name: str) -> None:
    read = read_table(tmp_path, name)
    assert read.num_rows == 0
    assert read.schema.equals(SCHEMAS[name])


def test_what_is_written_comes_back(tmp_path: Path) -> None:
    write_table(table("a", "ä"), tmp_path / "deep" / "chunks.parquet")
    assert read_table(tmp_path / "deep", "chunks").equals(table("a", "ä"))
    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["chunks.parquet"]


def test_a_write_that_fails_halfway_leaves_the_last_good_table(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "chunks.parquet"
    write_table(table("good"), path)

    def half(made: pa.Table, where: Path, **options: object) -> None:
        where.write_bytes(b"PAR1half")
        raise OSError("no space left on device")

    monkeypatch.setattr(pq, "write_table", half)
    with pytest.raises(OSError, match="no space"):
        write_table(table("bad"), path)
    assert pq.read_table(path).equals(table("good"))
    monkeypatch.undo()
    write_table(table("better"), path)
    assert read_table(tmp_path, "chunks").equals(table("better"))
    assert [each.name for each in tmp_path.iterdir()] == ["chunks.parquet"]


def test_the_digest_is_of_the_rows_not_of_how_they_are_stored() -> None:
    parts = pa.concat_tables([table("a", "b").slice(0, 1), table("a", "b").slice(1)])
    assert content_digest(parts) == content_digest(table("a", "b"))
    assert content_digest(table("a", "b")) != content_digest(table("b", "a"))


def test_a_table_in_parts_is_read_as_one_and_its_funnel_is_the_sum(tmp_path: Path) -> None:
    for part, texts in (("b/2026-01-02", ["x", "y"]), ("a/2026-01-01", ["z"])):
        count = StageCount("chunks", "documents", len(texts) + 1, len(texts), {"empty": 1})
        write_counted(Counted(table(*texts), count), tmp_path, part=part)
    assert read_table(tmp_path, "chunks")["text"].to_pylist() == ["z", "x", "y"]
    (together,) = funnel.load(tmp_path / "funnel")
    assert (together.entered, together.kept, together.dropped) == (5, 3, {"empty": 2})


def test_a_partition_lies_in_the_folder_of_its_subreddit() -> None:
    key = dg.MultiPartitionKey({"day": "2026-01-02", "subreddit": "ferries"})
    assert part_of(key) == "ferries/2026-01-02"
