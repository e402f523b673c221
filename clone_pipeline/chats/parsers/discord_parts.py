"""A DiscordChatExporter file -> columns, slice by slice.

Slices are cut where messages seem to begin or end. One that is no JSON was cut wrongly, or the
file is faulty there: from its beginning on, messages are read one by one, then cut again.
"""

import re
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path, PurePosixPath

from clone_pipeline.chats.columns import Where
from clone_pipeline.chats.parsers.discord_frame import channel_of, names_channel, stated_count
from clone_pipeline.chats.parsers.discord_runs import decoded_run, runs
from clone_pipeline.chats.parsers.discord_slices import Decoded, Slice, decoded, unread
from clone_pipeline.chats.parsers.json_array import JsonArray
from clone_pipeline.chats.parsers.json_faulty import stretch
from clone_pipeline.chats.partly import Losses
from clone_pipeline.scale.mapping import Map, in_process

AGAIN = "Export the channel again, or leave it: what could be read is used."

_BEGIN = rb'\{\s*"id"\s*:\s*"\d+"\s*,\s*"type"\s*:\s*"\w+"\s*,\s*"timestamp"\s*:'
_BEGINS = re.compile(_BEGIN)
_STARTS = re.compile(rb",\s*(?=" + _BEGIN + rb")")


class Parts:
    """The messages of one file, in order.

    Args:
        path: the file.
        source_file: its name, by which a channel without an id is called.
        losses: gets what can't be read.

    Attributes:
        closed: whether the end of the messages was found; only known after `decoded` has ended.
    """

    def __init__(self, path: Path, source_file: str, losses: Losses) -> None:
        self._path = path
        self._stem = PurePosixPath(source_file).stem
        self._losses = losses
        self._array = JsonArray(path, key="messages", starts=_STARTS)
        self._footer = b""
        self.closed = False

    def decoded(self, mapped: Map) -> Iterator[Decoded]:
        """The decoded slices, some together; `mapped` may decode them in other processes."""
        start: int | None = None
        while True:
            faulty: int | None = None
            for part in mapped(decoded_run, runs(self._path, self._slices(start))):
                yield part
                if part.faulty is not None:
                    faulty = part.faulty
                    break
            if faulty is None:
                self.closed, self._footer = self._array.closed, self._array.footer
                if self.closed or not self._array.found:
                    return
                faulty = self._array.stopped
            part, start = self._one_by_one(faulty)
            yield part
            if start is None:
                return
            # What other processes decode ahead is lost at the next faulty slice.
            mapped = in_process

    def stated_count(self) -> int:
        """How many messages the export says it has, 0 if it does not; after `decoded`."""
        return stated_count(self._path, self._footer)

    def _slices(self, start: int | None) -> Iterator[Slice]:
        for place, piece in self._array.placed(start):
            yield Slice(piece, self._where, place)

    def _one_by_one(self, place: int) -> tuple[Decoded, int | None]:
        """What can be read from `place` on, and where to go on; None at the end."""
        indent = self._array.indent
        starts = _BEGINS if indent is None else re.compile(rb"(?<=\n" + indent + rb")\{")
        found = stretch(self._path, place, starts)
        if found.place is None:
            self.closed, self._footer = found.closed, found.footer
        broken = [piece for piece in found.faulty if _is_message(piece)]
        if len(broken) < len(found.faulty):
            self._losses.note("something between messages that is none", AGAIN)
        part = decoded(Slice(b"[" + b",".join(found.spans) + b"]", self._where))
        lost = part.lost + [unread(piece, "no JSON") for piece in broken]
        return part._replace(lost=lost), found.place

    @cached_property
    def _where(self) -> Where:
        head = self._array.head
        where = channel_of(head, self._path)
        if where is None and names_channel(head):
            self._losses.note("a channel that can't be read; the file's name is used", AGAIN)
        return where or Where(self._stem, self._stem)


def _is_message(faulty: bytes) -> bool:
    """Whether it is (part of) a message of its own: not what is behind a brace too many."""
    return faulty.startswith(b"{") or b'"timestamp"' in faulty
