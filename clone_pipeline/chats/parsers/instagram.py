"""Instagram: "Download your information" as JSON.

Source of the format: see `meta_messages`.
"""

from collections.abc import Iterator
from pathlib import Path

from clone_pipeline.chats.parsers.beside import Beside
from clone_pipeline.chats.parsers.meta_messages import messages_of
from clone_pipeline.chats.parsers.meta_thread import is_instagram, is_thread
from clone_pipeline.records import Message

NAME = "instagram"


def matches(path: Path, head: bytes) -> bool:
    """Whether it is a chat of Meta's exports, and something in it speaks for Instagram."""
    return is_thread(head) and is_instagram(head)


def parse(path: Path, *, source_file: str, beside: Beside) -> Iterator[Message]:
    """Every message of the chat, oldest first; of platform "messenger" if the file's name says so.

    Raises:
        PartlyRead: last of all, if the file is cut short or a message can't be read.
    """
    return messages_of(path, name=NAME, source_file=source_file)
