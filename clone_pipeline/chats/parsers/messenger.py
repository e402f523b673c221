"""Facebook Messenger: "Download your information" as JSON, and the storage of encrypted chats.

Source of the format: see `meta_messages`.
"""

from collections.abc import Iterator
from pathlib import Path

from clone_pipeline.chats.parsers.beside import Beside
from clone_pipeline.chats.parsers.meta_messages import messages_of
from clone_pipeline.chats.parsers.meta_thread import is_instagram, is_thread
from clone_pipeline.records import Message

NAME = "messenger"


def matches(path: Path, head: bytes) -> bool:
    """Whether it is a chat of Meta's exports, and not one of Instagram's for sure."""
    return is_thread(head) and not is_instagram(head)


def parse(path: Path, *, source_file: str, beside: Beside) -> Iterator[Message]:
    """Every message of the chat, oldest first; of platform "instagram" if the file's name says so.

    Raises:
        PartlyRead: last of all, if the file is cut short or a message can't be read.
    """
    return messages_of(path, name=NAME, source_file=source_file)
