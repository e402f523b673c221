"""What stands around the messages of a DiscordChatExporter file: their channel and their number.

Exporters other than DiscordChatExporter write the channel behind the messages.
"""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import msgspec

from clone_pipeline.chats.columns import Where
from clone_pipeline.chats.parsers.discord_fields import Channel, Preamble
from clone_pipeline.chats.parsers.json_faulty import whole_objects

_TAIL_BYTES = 1 << 16
_CHANNEL = re.compile(rb'"channel"\s*+:\s*+(?=\{)')
_COUNT = re.compile(rb'"messageCount"\s*+:\s*+(\d{1,12})(?!\d)')
_LAST_COUNT = re.compile(_COUNT.pattern + rb"\s*+\}\s*+\Z")
_FAULTS = (msgspec.DecodeError, ValueError, RecursionError)


def channel_of(head: bytes, path: Path) -> Where | None:
    """The channel, by what stands before the messages, or else behind them; None if nowhere."""
    for channel in _channels(head, path):
        if channel is not None and channel.id is not None:
            return Where(str(channel.id), channel.name or str(channel.id))
    return None


def names_channel(head: bytes) -> bool:
    """Whether there is a channel before the messages, readable or not."""
    return bool(_CHANNEL.search(head))


def stated_count(path: Path, footer: bytes) -> int:
    """How many messages the export says it has, by what stands behind them; 0 if it does not."""
    match = _COUNT.search(footer) or _LAST_COUNT.search(_tail(path))
    return int(match.group(1)) if match else 0


def _channels(head: bytes, path: Path) -> Iterator[Channel | None]:
    yield _preamble(head)
    if match := _CHANNEL.search(head):
        spans, *_ = whole_objects(head[match.end() :])
        yield (
            _preamble(b'{"channel":' + head[match.end() :][: spans[0][1]] + b"}") if spans else None
        )
    tail = _tail(path)
    for match in _CHANNEL.finditer(tail):
        # Only if the key is the file's own, the rest of the file closes what is opened here.
        yield _preamble(b"{" + tail[match.start() :])


def _preamble(raw: bytes) -> Channel | None:
    try:
        return msgspec.json.decode(raw, type=Preamble).channel
    except _FAULTS:
        return None


def _tail(path: Path) -> bytes:
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - _TAIL_BYTES))
        return file.read()
