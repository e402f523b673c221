"""Dumps of Reddit that lie among the chats: recognised, and refused with the way out.

They are read from raw_input/reddit (see clone_pipeline/reddit/dump_files.py), where their people
can be looked up again and what was deleted since is erased.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from clone_pipeline.chats.parsers.beside import Beside, nothing_beside
from clone_pipeline.records import Message
from clone_pipeline.settings import Fault, FaultyInput

NAME = "reddit"

_ZSTANDARD = b"\x28\xb5\x2f\xfd"
_COMMENT = frozenset({"author", "body", "link_id", "subreddit"})
_SUBMISSION = frozenset({"author", "title", "subreddit", "selftext"})
_KEY = re.compile(rb'"(author|body|link_id|subreddit|title|selftext)"\s*:')


def matches(path: Path, head: bytes) -> bool:
    """Whether it is packed as dumps are, or its first line is a submission or a comment."""
    if head.startswith(_ZSTANDARD):
        return True
    first, newline, _ = head.removeprefix(b"\xef\xbb\xbf").lstrip().partition(b"\n")
    if not first.startswith(b"{"):
        return False
    keys = {key.decode() for key in _KEY.findall(first)}
    if not (keys >= _COMMENT or keys >= _SUBMISSION):
        return False
    if not newline and len(head) >= 1 << 16:
        return True
    try:
        row = json.loads(first)
    except (ValueError, RecursionError):
        return False
    return isinstance(row, dict) and (row.keys() >= _COMMENT or row.keys() >= _SUBMISSION)


def parse(path: Path, *, source_file: str, beside: Beside = nothing_beside) -> Iterator[Message]:
    """Nothing.

    Raises:
        FaultyInput: always; it says where the file belongs.
    """
    name = PurePosixPath(source_file).name
    fix = (
        f"Move it to raw_input/reddit/{name} (named RS_2024-01.zst, RC_2024-01.zst, "
        "garden_submissions.ndjson or garden_comments.ndjson), or unpack it if it is something "
        "else."
    )
    raise FaultyInput([Fault(source_file, "a dump of Reddit", fix)])
