import json
from pathlib import Path

import pytest

from clone_pipeline.chats.parsers import reddit_dump
from clone_pipeline.settings import FaultyInput

COMMENT = {"author": "anna", "body": "beans", "link_id": "t3_1", "subreddit": "garden"}
SUBMISSION = {"author": "anna", "title": "beans", "selftext": "", "subreddit": "garden"}


@pytest.mark.parametrize(
    "content",
    [
        json.dumps(COMMENT).encode() + b"\n",
        json.dumps(SUBMISSION).encode(),
        b"\x28\xb5\x2f\xfd\x04\x00",
    ],
)
def test_a_dump_is_refused_and_sent_to_its_folder(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "1"
    path.write_bytes(content)
    assert reddit_dump.matches(path, content)
    with pytest.raises(
        FaultyInput, match=r"x/RC_2024-01\.zst: .*Move it to raw_input/reddit/RC_2024"
    ):
        list(reddit_dump.parse(path, source_file="x/RC_2024-01.zst"))


@pytest.mark.parametrize(
    "content", [b"", b"{}", b'{"author": "a", "text": "b"}\n', b"[]", b'{"author":']
)
def test_other_files_are_not_claimed(content: bytes) -> None:
    assert not reddit_dump.matches(Path("x"), content)
