"""Telegram Desktop's older exports, whose times are the wall clock's of the computer they ran on.

JSON without `date_unixtime` (before 2021), HTML without an offset in the titles of its dates.
All else is as in `telegram`.
"""

from collections.abc import Iterator
from pathlib import Path

from clone_pipeline.chats.parsers import telegram
from clone_pipeline.chats.parsers.beside import Beside, nothing_beside
from clone_pipeline.records import Message

NAME = telegram.NAME
LOCAL_TIMES = True


def matches(path: Path, head: bytes) -> bool:
    """Whether it is a file of Telegram Desktop's whose times bear no zone."""
    return telegram.is_export(head) and telegram.has_local_times(path, head)


def parse(path: Path, *, source_file: str, beside: Beside = nothing_beside) -> Iterator[Message]:
    """Every message of the file; times are the wall clock's, marked as UTC.

    Raises:
        PartlyRead: last of all, if the file is cut short or a message can't be read.
    """
    yield from telegram.parse(path, source_file=source_file, beside=beside)
