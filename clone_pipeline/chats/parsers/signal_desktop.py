"""Signal: main.jsonl of the app's own export of chat histories, and sigtop's JSON.

Sources: Signal-Desktop (github.com/signalapp/Signal-Desktop), whose "plaintext-export" in
ts/services/backups writes the frames of protos/Backups.proto in protobuf's JSON form; sigtop, which
writes the rows of the app's database as they are (github.com/tbvdm/sigtop, cmd/sigtop/fmt_json.go
and signal/message.go).
"""

import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from clone_pipeline.chats.parsers.beside import Beside
from clone_pipeline.chats.parsers.json_array import JsonArray
from clone_pipeline.chats.parsers.json_objects import (
    AGAIN,
    first_object,
    json_lines,
    loaded,
    mapping,
    rows_of,
)
from clone_pipeline.chats.parsers.signal_frames import NAME, Frames
from clone_pipeline.chats.parsers.signal_rows import message_of_row
from clone_pipeline.chats.parsers.text_lines import TextLines
from clone_pipeline.chats.partly import Losses
from clone_pipeline.records import Message

__all__ = ["NAME", "matches", "parse"]

_INFO = frozenset({"version", "backupTimeMs"})
_FRAME = re.compile(r'\s*\{"(?:account|recipient|chat|chatItem|stickerPack)":\{')
_ROW = frozenset({"id", "conversationId", "type"})
_TIMES = frozenset({"sent_at", "received_at", "timestamp"})
_METADATA = re.compile(rb'\s*\{"version":\d+\}\s*')


def matches(path: Path, head: bytes) -> bool:
    """Whether it begins with the frames of a backup, or with a row of the app's database."""
    start = head.removeprefix(b"\xef\xbb\xbf")
    if start.lstrip().startswith(b"["):
        row = first_object(start) or {}
        return row.keys() >= _ROW and bool(_TIMES & row.keys())
    if _METADATA.fullmatch(start):
        return True
    lines = start.decode("utf-8", "replace").split("\n", 2)
    return _is_info(lines[0]) or bool(_FRAME.match(lines[0]) and _is_frame(lines[0]))


def parse(path: Path, *, source_file: str, beside: Beside) -> Iterator[Message]:
    """Every message, in the order in which the app received them.

    Yields:
        Messages with the account's ACI as `author_id`; the exporting account is "me". main.jsonl
        names everybody; sigtop's rows name nobody, so that ids stand for names there, and the
        file's name for the chat.

    Raises:
        PartlyRead: last of all, if a line or row can't be read.
    """
    losses = Losses(source_file)
    with path.open("rb") as file:
        is_array = file.read(1 << 10).removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"[")
    if is_array:
        channel = PurePosixPath(source_file).stem
        others: set[str] = set()
        for row in rows_of(JsonArray(path, key=None), losses):
            message = message_of_row(row, channel, source_file, others)
            if message is None:
                losses.lose("a message without a time", AGAIN)
            else:
                yield message
    else:
        frames = Frames(source_file, losses)
        lines = TextLines(path, losses)
        for frame in json_lines(lines, losses):
            if (found := frames.take(frame)) is not None:
                yield found
        lines.tell()
    losses.tell()


def _is_info(line: str) -> bool:
    try:
        return mapping(loaded(line.encode())).keys() >= _INFO
    except ValueError:
        return False


def _is_frame(line: str) -> bool:
    try:
        return len(mapping(loaded(line.encode()))) == 1
    except ValueError:
        return '"chatId":' in line or '"givenName":' in line
