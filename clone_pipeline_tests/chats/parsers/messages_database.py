"""A database like that of macOS Messages, with the columns that are read."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

COLUMNS = {
    "handle": "id",
    "chat": "guid chat_identifier display_name style",
    "chat_message_join": "chat_id message_id",
    "attachment": "mime_type transfer_name is_sticker",
    "message_attachment_join": "message_id attachment_id",
    "chat_recoverable_message_join": "chat_id message_id",
    "message": (
        "guid text attributedBody subject date date_edited date_retracted is_from_me handle_id"
        " destination_caller_id account item_type group_title associated_message_type"
        " balloon_bundle_id is_audio_message is_system_message thread_originator_guid"
    ),
}
OLDEST = {"handle": "id", "message": "guid text date is_from_me handle_id"}
MAY = 736_453_800  # 2024-05-03 18:30 UTC, in seconds since 2001
_NEW_OBJECT = b"\x84\x84\x84"


def archived(text: str, *, mutable: bool = False) -> bytes:
    """`text` as an archived NSAttributedString, as Messages writes it."""
    raw = text.encode()
    size = len(raw)
    length = bytes([size]) if size < 128 else b"\x82" + size.to_bytes(4, "little")
    if 128 <= size < 1 << 16:
        length = b"\x81" + size.to_bytes(2, "little")
    outer = b"\x12NSAttributedString\x00\x84\x84\x08NSObject\x00\x85\x92"
    inner = b"\x08NSString\x01\x94"
    if mutable:
        outer = b"\x19NSMutableAttributedString\x00\x84\x84" + outer
        inner = b"\x0fNSMutableString\x01\x84\x84\x08NSString\x01\x95"
    start = b"\x04\x0bstreamtyped\x81\xe8\x03\x84\x01@" + _NEW_OBJECT + outer
    attributes = b"\x86\x84\x02iI\x01\x01\x92" + _NEW_OBJECT + b"\x0cNSDictionary\x00\x94\x84\x01i"
    return start + _NEW_OBJECT + inner + b"\x84\x01+" + length + raw + attributes


def row(number: int = 1, text: str | None = "hi", **fields: Any) -> dict[str, Any]:
    return {
        "guid": f"G-{number}",
        "text": text,
        "date": (MAY + number) * 10**9,
        "is_from_me": 0,
        "handle_id": 1,
        **fields,
    }


def database(
    path: Path, *, columns: dict[str, str] | None = None, **tables: list[dict[str, Any]]
) -> Path:
    """A database with these rows; rows of `message` and `handle` are numbered from 1."""
    known = columns or COLUMNS
    with closing(sqlite3.connect(path)) as connection:
        for table, names in known.items():
            listed = ", ".join(names.split())
            connection.execute(f"CREATE TABLE {table} (ROWID INTEGER PRIMARY KEY, {listed})")
        for table, rows in {"handle": [{"id": "+15550100"}], **tables}.items():
            for fields in rows:
                signs = ", ".join("?" * len(fields))
                names = ", ".join(fields)
                connection.execute(
                    f"INSERT INTO {table} ({names}) VALUES ({signs})", tuple(fields.values())
                )
        connection.commit()
    return path
