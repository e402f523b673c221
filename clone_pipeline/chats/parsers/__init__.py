"""The table of chat formats: one module a format, with the same three names in each."""

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol, cast

from clone_pipeline.chats.parsers import (
    discord_chat_exporter,
    discord_csv,
    discord_package,
    essay,
    imessage,
    instagram,
    irc,
    irc_zoned,
    matrix_json,
    messenger,
    neutral,
    reddit_dump,
    signal,
    signal_desktop,
    slack,
    telegram,
    telegram_local,
    wechat,
    whatsapp,
)
from clone_pipeline.chats.parsers.beside import Beside
from clone_pipeline.records import Message

HEAD_BYTES = 1 << 16


class Format(Protocol):
    """What a parser's module offers."""

    NAME: str

    def matches(self, path: Path, head: bytes) -> bool:
        """Whether the file is of this format, by its first `HEAD_BYTES` bytes."""

    def parse(self, path: Path, *, source_file: str, beside: Beside) -> Iterator[Message]:
        """Every message of the file, in the file's order, `persona` None.

        `source_file` is the file's name in the folder of exports, as parsers know it: `path` may
        be a copy under another name. `beside` gives the other files of its folder.

        Raises:
            FaultyInput: the file can't be read at all.
            PartlyRead: raised last, after every message that could be read was given.
        """


# Asked in this order: where a file could be of two, the stricter comes first; any text is an essay.
_MODULES = (
    discord_chat_exporter,
    discord_package,
    discord_csv,
    telegram,
    telegram_local,
    slack,
    messenger,
    instagram,
    signal_desktop,
    signal,
    imessage,
    matrix_json,
    wechat,
    neutral,
    irc,
    irc_zoned,
    whatsapp,
    reddit_dump,
    essay,
)
FORMATS = tuple(cast(Format, module) for module in _MODULES)


def find(path: Path) -> Format | None:
    """The format of the file at `path`, by its content; None if no parser knows it."""
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    return next((known for known in FORMATS if known.matches(path, head)), None)
