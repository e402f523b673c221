"""One chat of Meta's exports: how it is told apart from other JSON, and its messages oldest first.

Two forms: "Download your information" of Facebook and Instagram (sender_name, timestamp_ms,
content; newest first, parts of 10,000 messages, UTF-8 read as Latin-1), and the "secure storage"
of end-to-end encrypted chats of Messenger (senderName, timestamp, text; whole, proper UTF-8).
"""

import re
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from clone_pipeline.chats.parsers.json_array import JsonArray
from clone_pipeline.chats.parsers.json_objects import (
    AGAIN,
    loaded,
    mapping,
    number,
    slice_rows,
    text,
)
from clone_pipeline.chats.partly import Losses

_BATCH_BYTES = 1 << 20
_OLD = re.compile(rb'"sender_name"\s*:|"(?:thread_path|is_still_participant)"\s*:')
_NEW = re.compile(rb'"senderName"\s*:|"threadName"\s*:')
_MESSAGES = re.compile(rb'"messages"\s*:\s*\[')
_INSTAGRAM = re.compile(
    rb'your_instagram_activity/|"original_content_owner"\s*:|"Liked a message"|"Instagram User"'
)
_FACEBOOK = re.compile(rb'your_facebook_activity/|"Facebook [Uu]ser"')
_ACCOMPANYING = re.compile(rb'\A\s*\{\s*"(?:autofill_information|secret_conversations)\w*"\s*:')


class Thread(NamedTuple):
    """What stands about the chat as a whole."""

    path: str
    title: str
    people: list[str]
    encrypted: bool


def is_thread(head: bytes) -> bool:
    """Whether it is a chat of either form, or a file that the exports put beside the chats."""
    start = head.removeprefix(b"\xef\xbb\xbf")
    if not start.lstrip().startswith(b"{"):
        return False
    if _ACCOMPANYING.match(start):
        return True
    return bool(_MESSAGES.search(start) and (_OLD.search(start) or _NEW.search(start)))


def is_instagram(head: bytes) -> bool:
    """Whether the beginning of a chat speaks for Instagram, and nothing in it for Facebook."""
    return bool(_INSTAGRAM.search(head)) and not _FACEBOOK.search(head)


class Chat:
    """The chat in a file. Its messages are kept packed: the title stands behind them."""

    def __init__(self, path: Path, losses: Losses) -> None:
        self._losses = losses
        self._array = JsonArray(path, key="messages")
        self._packed = [zlib.compress(batch, 1) for batch in _batches(self._array.slices())]
        if self._array.found and not self._array.closed:
            losses.note("an export that is cut short", AGAIN)

    def thread(self) -> Thread:
        """Names and participants."""
        fields = {**_fields(self._array.head), **_fields(b"{" + self._footer())}
        people = fields.get("participants")
        listed = people if isinstance(people, list) else []
        names = [text(each) or text(mapping(each).get("name")) for each in listed]
        return Thread(
            path=text(fields.get("thread_path")) or text(fields.get("threadName")),
            title=text(fields.get("title")) or text(fields.get("threadName")),
            people=[name for name in names if name],
            encrypted="threadName" in fields,
        )

    def rows(self) -> Iterator[dict[str, Any]]:
        """The messages, oldest first."""
        if not self._newest_first():
            for packed in self._packed:
                yield from slice_rows(zlib.decompress(packed), self._losses)
            return
        for packed in reversed(self._packed):
            yield from reversed(list(slice_rows(zlib.decompress(packed), self._losses)))

    def _newest_first(self) -> bool:
        if not self._packed:
            return False
        first, last = self._times(self._packed[0]), self._times(self._packed[-1])
        return bool(first and last) and first[0] > last[-1]

    def _times(self, packed: bytes) -> list[int]:
        rows = slice_rows(zlib.decompress(packed), Losses(""))
        return [time for row in rows if (time := milliseconds(row)) is not None]

    def _footer(self) -> bytes:
        return self._array.footer.strip().removeprefix(b",")


def milliseconds(row: dict[str, Any]) -> int | None:
    """When it was sent, since 1970; older exports have seconds, all others milliseconds."""
    time = number(row.get("timestamp_ms"))
    if time is None:
        time = number(row.get("timestamp"))
    return time * 1000 if time is not None and 0 < time < 100_000_000_000 else time


def _fields(raw: bytes) -> dict[str, Any]:
    try:
        return mapping(loaded(raw))
    except ValueError:
        return {}


def _batches(slices: Iterator[bytes]) -> Iterator[bytes]:
    """The slices joined to arrays of about a megabyte, so that they pack well."""
    batch: list[bytes] = []
    size = 0
    for piece in slices:
        batch.append(piece[1:-1])
        size += len(piece)
        if size >= _BATCH_BYTES:
            yield b"[" + b",".join(batch) + b"]"
            batch, size = [], 0
    if batch:
        yield b"[" + b",".join(batch) + b"]"
