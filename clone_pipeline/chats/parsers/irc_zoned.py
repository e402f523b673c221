"""Logs of IRC whose stamps bear their zone, as those of The Lounge and of Textual do.

Sources of the forms: thelounge/thelounge, server/plugins/messageStorage/text.ts; Codeux-Software/
Textual, TLOFileLogger.m. All else is as in `irc`.
"""

from collections.abc import Iterator
from pathlib import Path

from clone_pipeline.chats.parsers import irc
from clone_pipeline.chats.parsers.beside import Beside, nothing_beside
from clone_pipeline.chats.parsers.irc_head import is_log, tells_zone
from clone_pipeline.records import Message

NAME = irc.NAME


def matches(path: Path, head: bytes) -> bool:
    """Whether it is a log of an IRC client whose stamps bear their zone."""
    return is_log(head) and tells_zone(head)


def parse(path: Path, *, source_file: str, beside: Beside = nothing_beside) -> Iterator[Message]:
    """Every line in which something happened, at its time in UTC.

    Raises:
        PartlyRead: last of all, if a stamp is no time, or a line is no UTF-8.
    """
    yield from irc.messages_of(path, source_file=source_file, zoned=True)
