"""Discord, as exported by DiscordChatExporter in its JSON format, whole or in parts.

Source of the format: DiscordChatExporter's JsonMessageWriter. Versions differ, so every field
but a message's id, type, timestamp and author may be missing.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from clone_pipeline.chats import columns
from clone_pipeline.chats.columns import Columns
from clone_pipeline.chats.parsers.beside import Beside
from clone_pipeline.chats.parsers.discord_parts import AGAIN, Parts
from clone_pipeline.chats.partly import Losses
from clone_pipeline.records import Message
from clone_pipeline.scale.mapping import Map, in_process

NAME = "discord"

_MINIMAL = re.compile(rb'"messages"\s*:\s*\[\s*\{.*"author"\s*:\s*\{', re.DOTALL)
_PREAMBLE = re.compile(rb'"guild"\s*:\s*\{.*"channel"\s*:\s*\{', re.DOTALL)


def matches(path: Path, head: bytes) -> bool:
    """Whether it is JSON with a guild and a channel, or messages with authors."""
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    return start == b"{" and bool(_PREAMBLE.search(head) or _MINIMAL.search(head))


def parse(path: Path, *, source_file: str, beside: Beside) -> Iterator[Message]:
    """Every message of the export; memory stays constant.

    Yields:
        Messages with the nickname, else the login name, as `author`; times in UTC.

    Raises:
        PartlyRead: last of all, if the file is cut short or a message can't be read.
    """
    for batch in batches(path, source_file=source_file, beside=beside, mapped=in_process):
        yield from columns.messages_of(batch, source_file=source_file)


def batches(path: Path, *, source_file: str, beside: Beside, mapped: Map) -> Iterator[Columns]:
    """The same as columns; `mapped` may decode slices of the file in other processes.

    Raises:
        PartlyRead: as `parse`.
    """
    losses = Losses(source_file)
    parts = Parts(path, source_file, losses)
    count = 0
    for found, lost, _ in parts.decoded(mapped):
        count += len(found)
        for why in lost:
            losses.lose(why, AGAIN)
        if found:
            yield found
    if not parts.closed:
        losses.note(f"an export that is cut short after {count} whole messages", AGAIN)
    if (stated := parts.stated_count()) >= count:
        if stated > count + losses.lost:
            losses.note(f"{count} messages where messageCount says {stated}", AGAIN)
        # Of what is broken nobody else can say how many messages it was.
        losses.lost = stated - count
    losses.tell()
