"""A dump's file is known by its name, and read to its last frame."""

import random
from datetime import UTC, datetime
from pathlib import Path

import pytest
import zstandard

from clone_pipeline.reddit.dump_files import lines, recognized, stretch
from clone_pipeline.settings import FaultyInput

READ = 1 << 14  # what `lines` reads at once


@pytest.mark.parametrize(
    ("name", "kind", "subreddits"),
    [
        ("RS_2015-03.zst", "submissions", set()),
        ("RC_v2_2015-03.ndjson", "comments", set()),
        ("Plants_submissions.zst", "submissions", {"plants"}),
        ("r_plants_posts.jsonl", "submissions", {"plants", "r_plants"}),
        ("r_plants_comments.jsonl", "comments", {"plants", "r_plants"}),
        ("RC_submissions", "submissions", {"rc"}),
        ("comments_submissions", "submissions", {"comments"}),
    ],
)
def test_a_name_tells_what_is_in_the_file(
    tmp_path: Path, name: str, kind: str, subreddits: set[str]
) -> None:
    dump = recognized(tmp_path / "deep" / name, tmp_path)
    assert dump
    assert (dump.name, str(dump.kind)) == (f"deep/{name}", kind)
    assert set(dump.subreddits) == subreddits
    assert (dump.month is None) == bool(subreddits)


@pytest.mark.parametrize("name", ["notes.txt", "RS_2015-13.zst", "RS_0000-01", "x.zst", "posts"])
def test_another_name_tells_nothing(tmp_path: Path, name: str) -> None:
    assert recognized(tmp_path / name, tmp_path) is None


def test_what_a_dump_covers_ends_with_its_month_or_its_last_item(tmp_path: Path) -> None:
    now, seen = datetime(2026, 1, 1, tzinfo=UTC), (1_426_000_000, 1_427_000_000)
    month, own = (recognized(tmp_path / n, tmp_path) for n in ("RS_2015-03", "Plants_posts"))
    assert month
    assert own
    start, end = (int(datetime(2015, m, 1, tzinfo=UTC).timestamp()) for m in (3, 4))
    assert stretch(month, None, now) == stretch(month, seen, now) == (start, end)
    assert stretch(own, seen, now) == (start, seen[1] + 1)
    assert stretch(own, None, now) is None
    early = datetime(2015, 3, 30, tzinfo=UTC)
    assert stretch(month, seen, early) == (start, seen[1] + 1)
    assert stretch(month, None, early) == (start, start)


@pytest.mark.parametrize("tail", [0, 1, 5000])
def test_a_frame_may_end_wherever_a_read_does(tmp_path: Path, tail: int) -> None:
    path = tmp_path / "RS_2015-03.zst"
    frame = b"".join(zstandard.compress(b"%d\n" % n) for n in range(3))
    # A skippable frame (RFC 8878, 3.1.2) fills the first read to its last byte.
    size = READ - len(frame) - 8
    skipped = (0x184D2A50).to_bytes(4, "little") + size.to_bytes(4, "little") + b"x" * size
    first = frame + skipped
    assert len(first) == READ
    path.write_bytes(first + zstandard.compress(b"y" * tail + b"\n"))
    assert list(lines(path)) == [b"0", b"1", b"2", b"y" * tail]


def test_a_frame_of_just_one_read_is_whole(tmp_path: Path) -> None:
    path, packer = tmp_path / "RS_2015-03.zst", zstandard.ZstdCompressor(level=0)
    size = READ
    while len(packed := packer.compress(noise(size) + b"\n")) > READ:
        size -= len(packed) - READ
    assert len(packed) == READ
    for whole in (packed, packed + packed, packed + packer.compress(b"end")):
        path.write_bytes(whole)
        assert next(lines(path)) == noise(size)
    path.write_bytes(packed + packed[:-1])
    with pytest.raises(FaultyInput, match="breaks off"):
        list(lines(path))


def noise(size: int) -> bytes:
    """Bytes that can't be compressed, without a line feed."""
    return random.Random(1).randbytes(2 * size).replace(b"\n", b"")[:size]
