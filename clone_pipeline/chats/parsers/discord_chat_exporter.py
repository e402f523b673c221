"""Discord, as exported by DiscordChatExporter in its JSON format, whole or in parts.

Source of the format: DiscordChatExporter's JsonMessageWriter. Versions differ, so every field
but a message's id, type, timestamp and author may be missing.
"""

import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import msgspec

from clone_pipeline.chats import columns
from clone_pipeline.chats.columns import Columns, Where
from clone_pipeline.chats.parsers.beside import Beside
from clone_pipeline.chats.parsers.discord_fields import Preamble
from clone_pipeline.chats.parsers.discord_slices import Slice, decoded
from clone_pipeline.chats.parsers.json_array import JsonArray
from clone_pipeline.chats.partly import Losses
from clone_pipeline.records import Message
from clone_pipeline.scale.mapping import Map, in_process

NAME = "discord"

_MINIMAL = re.compile(rb'"messages"\s*:\s*\[\s*\{.*"author"\s*:\s*\{', re.DOTALL)
_PREAMBLE = re.compile(rb'"guild"\s*:\s*\{.*"channel"\s*:\s*\{', re.DOTALL)
_STARTS = re.compile(
    rb',\s*(?=\{\s*"id"\s*:\s*"\d+"\s*,\s*"type"\s*:\s*"\w+"\s*,\s*"timestamp"\s*:)'
)
_AGAIN = "Export the channel again, or leave it: what could be read is used."


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
    array = JsonArray(path, key="messages", starts=_STARTS)
    count = 0
    for found, lost, _ in _parts(array, path, source_file, losses, mapped):
        count += len(found)
        for why in lost:
            losses.lose(why, _AGAIN)
        if found:
            yield found
    if not array.closed:
        losses.note(f"an export that is cut short after {count} whole messages", _AGAIN)
    stated = stated_count(path, array.footer)
    if stated > count + losses.lost:
        losses.note(f"{count} messages where messageCount says {stated}", _AGAIN)
        losses.lost = stated - count
    losses.tell()


def _parts(
    array: JsonArray, path: Path, source_file: str, losses: Losses, mapped: Map
) -> Iterator[Decoded]:
    """The slices decoded; a faulty one is read object by object, then slices are cut again."""
    where: Where | None = None

    def slices(start: int | None) -> Iterator[Slice]:
        nonlocal where
        for place, piece in array.placed(start):
            where = where or channel_of(array.head, path, source_file, losses)
            yield Slice(piece, where, place)

    start: int | None = None
    while True:
        faulty: int | None = None
        for part in mapped(decoded, slices(start)):
            if part.faulty is not None:
                faulty = part.faulty
                break
            yield part
        if faulty is None:
            if array.closed or not array.found:
                return
            faulty = array.stopped
        where = where or channel_of(array.head, path, source_file, losses)
        found = stretch(path, faulty, _starts(array.indent))
        ...
