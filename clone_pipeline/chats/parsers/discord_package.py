"""Discord's own data package, which Discord sends to whoever asks for their data.

It holds what the account's owner wrote and nothing of anybody else, so by itself it gives no
dialogues; merged by message id with other exports of a channel it fills their gaps. Its folders'
names are in the language of the account, so files are known by what is in them.

Sources of the format: the readers Androz2091/discord-data-package-explorer
(src/app/extractor.js: messages.csv, channel.json, index.json, user.json) and, for messages.json,
the package's description by Memoria (its "Discord Schema").
"""

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from clone_pipeline.chats.parsers.beside import Beside, nothing_beside
from clone_pipeline.chats.parsers.csv_rows import columns_of, csv_rows
from clone_pipeline.chats.parsers.discord_csv import kind_of
from clone_pipeline.chats.parsers.discord_place import Place, place_of
from clone_pipeline.chats.parsers.json_array import JsonArray
from clone_pipeline.chats.parsers.json_objects import number, rows_of, text
from clone_pipeline.chats.parsers.times import in_utc
from clone_pipeline.chats.partly import Losses
from clone_pipeline.records import Message

NAME = "discord"

_ID = rb'"?\d{15,21}"?'
_MESSAGES = re.compile(rb'\A\s*\[\s*\{\s*"ID"\s*:\s*' + _ID + rb'\s*,\s*"Timestamp"\s*:\s*"')
_MERE = tuple(
    re.compile(pattern)
    for pattern in (
        rb'\A\s*\{\s*"id"\s*:\s*' + _ID + rb'\s*,\s*"type"\s*:\s*(?:"[A-Z_]+"|\d+)\s*[,}]',
        rb'\A\s*\{\s*"id"\s*:\s*' + _ID + rb'\s*,\s*"username"\s*:\s*"',
        rb'\A\s*\{\s*"id"\s*:\s*' + _ID + rb'\s*,\s*"name"\s*:\s*"(?:[^"\\]|\\.)*"\s*\}\s*\Z',
        rb'\A\s*\{\s*"\d{15,21}"\s*:\s*(?:"|null)',
        rb'\A\s*\{\s*"event_type"\s*:\s*"',
    )
)
_README = b"Welcome to your Discord Data Package"
_COLUMNS = ["id", "timestamp", "contents", "attachments"]
_FIX = "Ask Discord for the package again, or leave it: what could be read is used."
_HEAD = 1 << 16


Row = tuple[str, str, str, str]


def matches(path: Path, head: bytes) -> bool:
    """Whether it is a messages file of a package, or another of its files."""
    if _MESSAGES.match(head) or _is_mere(head):
        return True
    return columns_of(head) == _COLUMNS


def parse(path: Path, *, source_file: str, beside: Beside = nothing_beside) -> Iterator[Message]:
    """Every message of a messages file; nothing for the other files of a package.

    Yields:
        Messages of the account's owner: the id of account/user.json if that is there, else "me".

    Raises:
        PartlyRead: last of all, if a message can't be read or the file is cut short.
    """
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if _is_mere(head):
        return
    losses = Losses(source_file)
    place = place_of(source_file, beside)
    rows = _json_rows if head.lstrip()[:1] == b"[" else _csv_rows
    for row in rows(path, losses):
        try:
            message = _message(row, place, source_file)
        except (ValueError, OverflowError) as error:
            losses.lose(f"a message with {error}", _FIX)
            continue
        yield message
    losses.tell()


def _is_mere(head: bytes) -> bool:
    """Whether the file belongs to a package and holds no messages."""
    return _README in head[:8192] or any(mere.match(head) for mere in _MERE)


def _json_rows(path: Path, losses: Losses) -> Iterator[Row]:
    for row in rows_of(JsonArray(path, key=None), losses):
        own = number(row.get("ID"))
        words = (text(row.get(key)) for key in ("Timestamp", "Contents", "Attachments"))
        yield (str(own) if own else "", *words)  # type: ignore[misc]


def _csv_rows(path: Path, losses: Losses) -> Iterator[Row]:
    for _, row in csv_rows(path, losses, fix=_FIX):
        yield tuple(row.get(key, "").strip("\r") for key in _COLUMNS)  # type: ignore[misc]


def _message(row: Row, place: Place, source_file: str) -> Message:
    own, written, contents, attachments = row
    if not (own.isascii() and own.isdecimal()):
        raise ValueError("an id that is no number")
    time = datetime.fromisoformat(written.strip())
    return Message(
        message_id=f"{NAME}:{own}",
        platform=NAME,
        channel_id=place.channel_id,
        channel=place.channel,
        timestamp=in_utc(time),
        author_id=place.author_id,
        author=place.author,
        persona=None,
        kind=kind_of(contents, attachments),
        text=contents,
        reply_to=None,
        source_file=source_file,
        login=place.login,
    )
