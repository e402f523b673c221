"""The table of chat formats: one module a format, with the same three names in each."""

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol, cast

from clone_pipeline.chats.parsers import discord_chat_exporter, neutral, whatsapp
from clone_pipeline.records import Message

HEAD_BYTES = 1 << 16


class Format(Protocol):
    """What a parser's module offers."""

    NAME: str

    def matches(self, path: Path, head: bytes) -> bool:
        """Whether the file is of this format, by its first `HEAD_BYTES` bytes."""

    def parse(self, path: Path, *, source_file: str) -> Iterator[Message]:
        """Every message of the file, in the file's order, `persona` None.

        Raises:
            FaultyInput: the file can't be read at all.
            PartlyRead: raised last, after every message that could be read was given.
        """


FORMATS = tuple(cast(Format, module) for module in (discord_chat_exporter, whatsapp, neutral))


def find(path: Path) -> Format | None:
    """The format of the file at `path`, by its content; None if no parser knows it."""
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    return next((known for known in FORMATS if known.matches(path, head)), None)
