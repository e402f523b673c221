"""Signal, as exported by signal-export (sigexport): chat.md and data.json in a folder a chat.

Source of the format: github.com/carderne/signal-export, sigexport/models.py (`Message.to_md`,
`Message.dict_str`) and merge.py (the forms of date that it wrote over the years). Both files hold
the same messages: they get the same ids, and are merged. Signal Desktop's own export is read by
`signal_desktop`.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from sys import intern

from clone_pipeline.chats.parsers.beside import Beside
from clone_pipeline.chats.parsers.json_objects import AGAIN, json_lines, loaded
from clone_pipeline.chats.parsers.media import kind_of_file
from clone_pipeline.chats.parsers.signal_lines import HEAD, Said, said_by, said_in
from clone_pipeline.chats.parsers.text_lines import TextLines
from clone_pipeline.chats.partly import Losses, Numbered
from clone_pipeline.records import Kind, Message

NAME = "signal"
LOCAL_TIMES = True  # of the computer that exported

_KEYS = frozenset({"date", "sender", "body", "attachments"})
_ROW = re.compile(r'\{"date": "\d{4}-\d\d-[\dT:.-]+", "sender": "[^"]*", "body": "')
_CALL = re.compile(r"(?:incoming|outgoing|missed) (?:\w+ )?call(?: \([^()]*\))?", re.IGNORECASE)
_NOBODY = "No-Sender"
_FILES = frozenset({"chat", "index", "data"})


def matches(path: Path, head: bytes) -> bool:
    """Whether it begins like one of the two files.

    Dates in brackets are WhatsApp's too: without seconds and with a comma they are Signal's;
    otherwise each message must be followed by an empty line, as signal-export writes it.
    """
    start = head.decode("utf-8-sig", "replace")
    if start.lstrip().startswith("{"):
        return _is_row(start.lstrip().partition("\n")[0])
    first, _, rest = start.partition("\n")
    found = HEAD.match(first)
    if found is None:
        return False
    if found["comma"] and not found["second"]:
        return True
    lines = rest.split("\n")
    later = [number for number, line in enumerate(lines) if HEAD.match(line)]
    if not later:
        return first.rstrip("\r").endswith("  ")
    return all(number > 0 and not lines[number - 1].strip() for number in later)


def parse(path: Path, *, source_file: str, beside: Beside) -> Iterator[Message]:
    """Every message of the chat.

    Yields:
        Messages whose `author_id` is the author's name; the exporting account is "Me". The
        channel is the folder's name, or the file's. Times are those of a clock on the wall.

    Raises:
        PartlyRead: last of all, if a line can't be read.
    """
    losses = Losses(source_file)
    file = PurePosixPath(source_file)
    channel = (file.parent.name if file.stem in _FILES else "") or file.stem
    numbered, last = Numbered(NAME), None
    for said in _said(path, losses):
        time = _time(said.date)
        if time is None:
            losses.lose(f"a message of the impossible time {said.date[:40]}", AGAIN)
            continue
        if time != last:  # equal facts have equal times, so that nothing older is kept
            numbered, last = Numbered(NAME), time
        yield _message(said, time, channel, source_file, numbered)
    losses.tell()


def _message(
    said: Said, time: datetime, channel: str, source_file: str, numbered: Numbered
) -> Message:
    kind, words = _content(said)
    author = said.sender or _NOBODY
    return Message(
        message_id=numbered(channel, time.isoformat(), author, kind, words),
        platform=NAME,
        channel_id=channel,
        channel=channel,
        timestamp=time,
        author_id=intern(author),
        author=intern(author),
        persona=None,
        kind=kind,
        text=words,
        reply_to=None,
        source_file=source_file,
    )


def _content(said: Said) -> tuple[Kind, str]:
    if said.deleted:
        return "deleted", ""
    if said.call or _CALL.fullmatch(said.body):
        return "call", said.body
    if said.sender == _NOBODY:
        return "system", said.body
    if said.body:
        return "text", said.body
    if said.sticker:
        return "sticker", said.sticker
    return (kind_of_file(said.files[0]), "") if said.files else ("text", "")


def _said(path: Path, losses: Losses) -> Iterator[Said]:
    """The messages of either file, line by line."""
    lines = TextLines(path, losses)
    with path.open("rb") as file:
        is_json = file.read(1 << 10).removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{")
    if is_json:
        yield from map(said_by, json_lines(lines, losses))
    else:
        yield from said_in(lines, losses)
    lines.tell()


def _time(date: str) -> datetime | None:
    try:
        time = datetime.fromisoformat(date)
    except ValueError:
        return None
    return time.replace(microsecond=0, tzinfo=UTC)


def _is_row(line: str) -> bool:
    try:
        row = loaded(line.encode())
    except ValueError:
        return _ROW.match(line) is not None
    return isinstance(row, dict) and row.keys() >= _KEYS
