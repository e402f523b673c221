"""Dumps of our own, and what is read and fetched of them."""

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import zstandard

from clone_pipeline.reddit.dumps import Imported, import_dumps
from clone_pipeline.reddit.fetching import Fetched
from clone_pipeline.reddit.shelf import Shelf
from clone_pipeline_tests.reddit import nights
from clone_pipeline_tests.reddit.nights import unreachable

ZONE, DAY = ZoneInfo("UTC"), date(2015, 3, 10)
NOON = int(datetime(2015, 3, 10, 12, tzinfo=UTC).timestamp())
LATE = NOON + 5 * 86_400
NOW = datetime(2026, 1, 1, tzinfo=UTC)


def post(item: str = "aa", **given: Any) -> dict[str, Any]:
    plain = {
        "id": item, "subreddit": "Plants", "author": "anna", "title": "Basil", "selftext": "wilts",
        "is_self": True, "score": 7, "created_utc": str(NOON), "edited": False,
    }  # fmt: skip
    return plain | given


def answer(item: str = "c1", **given: Any) -> dict[str, Any]:
    plain = {
        "id": item, "subreddit": "Plants", "author": "ben", "body": "water it", "link_id": "t3_aa",
        "parent_id": "t3_aa", "score": 2, "created_utc": NOON + 60,
    }  # fmt: skip
    return plain | given


def write(path: Path, *things: dict[str, Any] | str) -> Path:
    lines = [t if isinstance(t, str) else json.dumps(t, separators=(",", ":")) for t in things]
    text = "".join(f"{line}\n" for line in lines).encode()
    if path.suffix == ".zst":
        parameters = zstandard.ZstdCompressionParameters(window_log=31, enable_ldm=True)
        packer = zstandard.ZstdCompressor(compression_params=parameters)
        half = len(text) // 2
        text = packer.compress(text[:half]) + packer.compress(text[half:])  # two frames
    path.write_bytes(text)
    return path


def read(shelf: Shelf, folder: Path, **given: Any) -> Imported:
    settings: dict[str, Any] = {
        "subreddits": ["plants"], "zone": ZONE, "opted_out": (), "clock": lambda: NOW,
        "progress": lambda done, total: None,
    } | given  # fmt: skip
    return import_dumps(shelf, folder, **settings)


def fetch(shelf: Shelf, day: date = DAY, **given: Any) -> Fetched:
    settings = {"zone": ZONE, "connect": unreachable} | given
    return nights.fetch(shelf, "Plants", day, now=int(NOW.timestamp()), **settings)
