"""WeChat, as the CSV files that PyWxDump writes and WeClone reads.

Source of the format: PyWxDump's pywxdump/db/export/exportCSV.py (the columns, and users.json
beside them), WeClone's weclone/data/models.py. A message's time is the exporter's local time.
"""

import json
import re
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from clone_pipeline.chats.parsers.beside import Beside, nothing_beside
from clone_pipeline.chats.parsers.csv_rows import columns_of, csv_rows
from clone_pipeline.chats.parsers.wechat_kinds import kind_and_text, quote_of
from clone_pipeline.chats.partly import Losses, digest
from clone_pipeline.records import Message

NAME = "wechat"
LOCAL_TIMES = True
ME = "me"

_COLUMNS = frozenset({"msgsvrid", "type_name", "is_sender", "talker", "msg", "createtime"})
_USERS = re.compile(rb'\A\s*\{\s*"[^"\n]{1,80}"\s*:\s*\{')
_USER_KEYS = (b'"wxid"', b'"nickname"', b'"remark"')
_FIX = "Export the chat again with PyWxDump; do not save the file from a spreadsheet."
_MINE = frozenset({"1", "true", "1.0"})
_THEIRS = frozenset({"0", "false", "0.0"})
_OWN_NAMES = frozenset({"", "我"})
_REMEMBERED = 5000
_LONGEST_QUOTED = 1000
_LARGEST_USERS = 64 << 20

Row = Mapping[str, str]


def matches(path: Path, head: bytes) -> bool:
    """Whether it is a CSV with PyWxDump's columns, or the users.json that it writes beside."""
    return _is_users(head) or set(columns_of(head)) >= _COLUMNS


def parse(path: Path, *, source_file: str, beside: Beside = nothing_beside) -> Iterator[Message]:
    """Every row as a message; whoever exported is "me".

    A quoting reply is a text that answers the last message of those words, if that is near.

    Yields:
        Messages in the file's order, their `login` what the column `talker` says. A message that
        was taken back is kind "deleted".

    Raises:
        PartlyRead: last of all, if a row has no time, or bytes that are no UTF-8 (they are read
            as GB 18030).
    """
    with path.open("rb") as file:
        if _is_users(file.read(1 << 16)):
            return
    losses = Losses(source_file)
    repeated = _repeated_ids(path, source_file)
    users = _users(beside("users.json"))
    recent: OrderedDict[str, str] = OrderedDict()
    for number, row in csv_rows(path, losses, fix=_FIX, other="gb18030"):
        try:
            message, quoted = _message(row, repeated, users, source_file)
        except (ValueError, OverflowError) as error:
            losses.lose(f"row {number} with {error}", _FIX)
            continue
        if quoted and (answered := recent.get(quoted)):
            message = replace(message, reply_to=answered)
        _remember(recent, message)
        yield message
    losses.tell()


def _is_users(head: bytes) -> bool:
    """Whether it is the table of people that the exporter writes beside its CSV files."""
    return _USERS.match(head) is not None and all(key in head[:4096] for key in _USER_KEYS)


def _remember(recent: OrderedDict[str, str], message: Message) -> None:
    if len(message.text) > _LONGEST_QUOTED:
        return
    recent[message.text] = message.message_id
    recent.move_to_end(message.text)
    if len(recent) > _REMEMBERED:
        recent.popitem(last=False)


def _repeated_ids(path: Path, source_file: str) -> frozenset[int]:
    """Ids that stand on several rows, as where a spreadsheet rounded them."""
    rows = csv_rows(path, Losses(source_file), fix=_FIX, other="gb18030")
    known = (_own_id(row) or 0 for _, row in rows)
    ids, counts = np.unique(np.fromiter(known, dtype=np.uint64), return_counts=True)
    return frozenset(ids[counts > 1].tolist())


def _own_id(row: Row) -> int | None:
    text = (row.get("msgsvrid") or "").strip()
    if not (text.isascii() and text.isdecimal() and len(text) < 20):
        return None
    return int(text) or None


def _message(
    row: Row, repeated: frozenset[int], users: Mapping[str, str], source_file: str
) -> tuple[Message, str]:
    """A row's message and the text that it quotes, "" if none."""
    sender = (row.get("is_sender") or "").strip().lower()
    if sender not in _MINE | _THEIRS:
        raise ValueError(f"is_sender {sender[:20]!r}")
    talker = (row.get("talker") or "").strip()
    room = (row.get("room_name") or "").strip() or talker
    time = _time((row.get("createtime") or "").strip())
    msg = row.get("msg") or ""
    quote = quote_of(msg) if row.get("type_name") == "引用回复" else None
    kind, text = kind_and_text((row.get("type_name") or "").strip(), quote[0] if quote else msg)
    mine = sender in _MINE
    shown = users.get(talker) or ("" if talker in _OWN_NAMES else talker)
    message = Message(
        message_id=_message_id(row, repeated),
        platform=NAME,
        channel_id=room,
        channel=users.get(room) or room,
        timestamp=time,
        author_id=ME if mine else talker or room,
        author=shown or (ME if mine else room),
        persona=None,
        kind=kind,
        text=text,
        reply_to=None,
        source_file=source_file,
        login="" if talker in _OWN_NAMES else talker,
    )
    return message, quote[1] if quote else ""


def _message_id(row: Row, repeated: frozenset[int]) -> str:
    """The server's id; a digest of the row where that is missing or stands on other rows too."""
    own = _own_id(row)
    if own is None or own in repeated:
        columns = ("is_sender", "talker", "room_name", "createtime", "type_name", "msg")
        return f"{NAME}:{digest(str(own), *(row.get(name) or '' for name in columns))}"
    return f"{NAME}:{own}"


def _time(text: str) -> datetime:
    """The row's time as it stands on the clock, marked UTC.

    Raises:
        ValueError: it is none.
    """
    for form in ("%Y-%m-%d %H:%M:%S", "%Y/%m/%d %H:%M", "%Y/%m/%d %H:%M:%S", "%Y-%m-%d %H:%M"):
        try:
            return datetime.strptime(text, form).replace(tzinfo=UTC)
        except ValueError:
            continue
    raise ValueError(f"the time {text[:40]!r}")


def _users(path: Path | None) -> dict[str, str]:
    """The shown names by WeChat id, from the export's users.json: the remark, else the nick."""
    if path is None or path.stat().st_size > _LARGEST_USERS:
        return {}
    try:
        told: Any = json.loads(path.read_bytes().decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return {}
    people = told.items() if isinstance(told, dict) else ()
    shown = {}
    for wxid, person in people:
        if isinstance(person, dict):
            name = person.get("remark") or person.get("nickname")
            if isinstance(name, str) and name.strip():
                shown[wxid] = name.encode("utf-8", "replace").decode().strip()
    return shown
