"""Slack, as exported by a workspace's owner: a folder a channel, a JSON file a day.

Source of the format: "How to read Slack data exports" (slack.com/help/articles/220556107) and the
reference of message events (docs.slack.dev/reference/events/message). People are named in
users.json (org_users.json of an Enterprise Grid), conversations in channels.json, groups.json,
mpims.json and dms.json beside the folders; folders of direct messages are named by their id.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path, PurePosixPath
from sys import intern
from typing import Any, NamedTuple

from clone_pipeline.chats.parsers.beside import Beside
from clone_pipeline.chats.parsers.json_array import JsonArray
from clone_pipeline.chats.parsers.json_objects import (
    AGAIN,
    first_object,
    mapping,
    moment,
    rows_of,
    text,
)
from clone_pipeline.chats.parsers.slack_content import content_of
from clone_pipeline.chats.parsers.slack_people import Directory, directory_of
from clone_pipeline.chats.partly import Losses
from clone_pipeline.records import Message

NAME = "slack"

_TS = re.compile(r"(\d{1,12})(?:\.(\d{1,6})\d*)?", re.ASCII)
_DAY = re.compile(
    rb'\A\s*\[\s*\{(?=.*"type"\s*:\s*"message")(?=.*"ts"\s*:\s*"\d{10}\.\d{6}")', re.S
)
_ACCOMPANYING = (
    ("id", "team_id", "profile"),
    ("id", "created", "members"),
    ("user_id", "change_type", "date"),
)
_EMPTY = re.compile(rb"(?:\xef\xbb\xbf)?\s*\[\s*\]\s*")


class _Where(NamedTuple):
    """The conversation of a file, and whom its ids mean."""

    channel_id: str
    channel: str
    directory: Directory
    source_file: str


def matches(path: Path, head: bytes) -> bool:
    """Whether it is a day of a channel, or a file that names people, channels or apps."""
    if _EMPTY.fullmatch(head):
        return True
    first = first_object(head)
    if first is None:
        return bool(_DAY.match(head.removeprefix(b"\xef\xbb\xbf")))
    if first.get("type") == "message":
        return _TS.fullmatch(text(first.get("ts"))) is not None
    return any(all(key in first for key in keys) for keys in _ACCOMPANYING)


def parse(path: Path, *, source_file: str, beside: Beside) -> Iterator[Message]:
    """Every message of a day; none of the files that name people, channels or apps.

    Yields:
        Messages with the display name, else the real name, as `author`, and the user name as
        `login`. An edit or a deletion that is logged as an event of its own gives the message it
        is about once more, `edited` at that time.

    Raises:
        PartlyRead: last of all, if the file is cut short or a message can't be read.
    """
    losses = Losses(source_file)
    where: _Where | None = None
    for row in rows_of(JsonArray(path, key=None), losses):
        if row.get("type") != "message":
            if "ts" in row:
                losses.lose("an entry that is no message", AGAIN)
            continue
        where = where or _where(source_file, beside)
        message = _message(row, where)
        if message is None:
            losses.lose("a message without a time", AGAIN)
        else:
            yield message
    losses.tell()


def _where(source_file: str, beside: Beside) -> _Where:
    file = PurePosixPath(source_file)
    folder = file.parent.name or file.stem
    directory = directory_of(beside)
    channel_id, channel = directory.channels.get(folder, (folder, folder))
    return _Where(channel_id, channel, directory, source_file)


def _message(row: Mapping[str, Any], where: _Where) -> Message | None:
    subtype = text(row.get("subtype"))
    if subtype == "message_changed" and isinstance(row.get("message"), dict):
        changed = _message(row["message"], where) if "message" not in row["message"] else None
        return changed and replace(changed, edited=changed.edited or _time(row.get("ts")))
    own = text(row.get("deleted_ts")) if subtype == "message_deleted" else ""
    ts = own or text(row.get("ts"))
    time = _time(ts)
    if time is None:
        return None
    kind, words, author = content_of(row, where.directory)
    thread = text(row.get("thread_ts"))
    place = f"{NAME}:{where.channel_id}/"
    return Message(
        message_id=place + ts,
        platform=NAME,
        channel_id=where.channel_id,
        channel=where.channel,
        timestamp=time,
        author_id=intern(author.id),
        author=intern(author.name),
        persona=None,
        kind=kind,
        text=words,
        reply_to=place + thread if thread and thread != ts else None,
        source_file=where.source_file,
        login=intern(author.login),
        edited=_time(row.get("ts")) if own else _time(mapping(row.get("edited")).get("ts")),
    )


def _time(ts: Any) -> datetime | None:
    match = _TS.fullmatch(text(ts))
    if match is None:
        return None
    fraction = (match.group(2) or "").ljust(6, "0")
    return moment(int(match.group(1) + fraction), per_second=1_000_000)
